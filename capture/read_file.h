/* SPDX-License-Identifier: MIT */
/*
 * Small files of /proc and /sys, whole or line by line, without stdio: their sizes are unknown
 * before they are read and there may be 100,000 of them.
 */
#ifndef OFFCUT_READ_FILE_H
#define OFFCUT_READ_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Up to size - 1 bytes and a NUL. `directory` is a descriptor or AT_FDCWD. The length, which is
 * size - 1 if there may be more, or -errno.
 */
ssize_t read_file(int directory, const char *path, char *buffer, size_t size);

#define LINE_BYTES_MAX 8192 /* longer lines are cut; /proc/PID/maps escapes nothing but newlines \
			     */

struct line_reader {
	int fd;
	size_t used, next; /* bytes in the buffer; where the next line begins */
	bool at_end;
	char buffer[64 << 10];
};

/* 0 or -errno. */
int line_reader__open(struct line_reader *, int directory, const char *path);
/* The next line without its newline, NUL-terminated, valid until the next call; NULL at the end. */
char *line_reader__next(struct line_reader *);
void line_reader__close(struct line_reader *);

#endif
