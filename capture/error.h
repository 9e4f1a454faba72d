/* SPDX-License-Identifier: MIT */
/*
 * How capture/ reports a failure: `code` for programs (a positive errno, 0 none), `text` for
 * people. The text is one or two whole sentences: what happened, why, what to do about it. Nothing
 * in this directory but main.c prints.
 */
#ifndef OFFCUT_ERROR_H
#define OFFCUT_ERROR_H

#define ERROR_TEXT_BYTES 512

struct capture_error {
	int code;
	char text[ERROR_TEXT_BYTES];
};

/* Fills `error` and returns -code, so that a failing function can end with `return error__set(...)`. */
int error__set(struct capture_error *error, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
