/* SPDX-License-Identifier: MIT */
/*
 * Small files: see read_file.h. Files of /proc may change between two reads; one buffer and as few
 * reads as possible keep them nearly whole.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "read_file.h"

ssize_t read_file(int directory, const char *path, char *buffer, size_t size)
{
	int fd = openat(directory, path, O_RDONLY | O_CLOEXEC);
	size_t used = 0;
	ssize_t got;

	if (fd < 0)
		return -errno;
	do {
		got = read(fd, buffer + used, size - 1 - used);
		if (got > 0)
			used += (size_t)got;
	} while ((got > 0 && used < size - 1) || (got < 0 && errno == EINTR));
	got = got < 0 ? -errno : (ssize_t)used;
	close(fd);
	buffer[used] = '\0';
	return got;
}

int line_reader__open(struct line_reader *reader, int directory, const char *path)
{
	reader->used = reader->next = 0;
	reader->at_end = false;
	reader->fd = openat(directory, path, O_RDONLY | O_CLOEXEC);
	return reader->fd < 0 ? -errno : 0;
}

static void line_reader__fill(struct line_reader *reader)
{
	ssize_t got;

	memmove(reader->buffer, reader->buffer + reader->next, reader->used - reader->next);
	reader->used -= reader->next;
	reader->next = 0;
	do {
		got = read(reader->fd, reader->buffer + reader->used,
			   sizeof(reader->buffer) - 1 - reader->used);
	} while (got < 0 && errno == EINTR);
	if (got > 0)
		reader->used += (size_t)got;
	else
		reader->at_end = true;
}

char *line_reader__next(struct line_reader *reader)
{
	for (;;) {
		char *line = reader->buffer + reader->next;
		size_t left = reader->used - reader->next;
		char *end = memchr(line, '\n', left);

		if (!end && !reader->at_end && left < LINE_BYTES_MAX) {
			line_reader__fill(reader);
			continue;
		}
		if (!left)
			return NULL;
		if (!end)
			end = line + left; /* there is room for the NUL: fill leaves one byte */
		*end = '\0';
		reader->next = (size_t)(end - reader->buffer) + (end < line + left);
		return line;
	}
}

void line_reader__close(struct line_reader *reader)
{
	close(reader->fd);
}
