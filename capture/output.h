/* SPDX-License-Identifier: MIT */
/*
 * Where the recording goes. Recordings are private (they tell what every process of a host waits
 * for), and are often written by root into a directory that others can write to: so mode 0600,
 * never through a symbolic link, never over something that exists unless told to.
 */
#ifndef OFFCUT_OUTPUT_H
#define OFFCUT_OUTPUT_H

#include <stdbool.h>

#include "error.h"

/* "-" is stdout. */
bool output__is_stdout(const char *path);
/* For sentences. */
const char *output__name(const char *path);

/* Returns a file descriptor, or -errno. */
int output__open(const char *path, bool force, struct capture_error *);
void output__close(int fd);

/* Removes what output__open made, where nothing came of the recording. */
void output__discard(const char *path);

#endif
