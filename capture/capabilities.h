/* SPDX-License-Identifier: MIT */
/*
 * Which capabilities this process has of those that recording uses, so that a refusal can name the
 * missing one and the command that mends it. Full root is never needed.
 */
#ifndef OFFCUT_CAPABILITIES_H
#define OFFCUT_CAPABILITIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CAPABILITY_TEXT_BYTES 640

struct capability {
	const char *name; /* as setcap wants it */
	unsigned number;
	const char *purpose;
	bool required; /* nothing can be recorded without it */
};

#define CAPABILITY_COUNT 6
extern const struct capability capability_table[CAPABILITY_COUNT];

/* Effective in this process? CAP_SYS_ADMIN stands in for those that were split off from it. */
bool capability__held(const struct capability *);

/*
 * Writes a sentence that names what is missing, among those recording cannot do without or among
 * the others, and what mends it. False if nothing is missing.
 */
bool capabilities__missing(bool required, char *text, size_t bytes);

/* The line that gives this program all of them, once and for all. */
void capabilities__setcap_line(char *text, size_t bytes);

#endif
