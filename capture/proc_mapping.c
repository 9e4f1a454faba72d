/* SPDX-License-Identifier: MIT */
/* A mapping of a process, by an address in it: see proc_mapping.h. */
#define _GNU_SOURCE
#include "proc_mapping.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "maps_line.h"
#include "procmap_query.h"
#include "read_file.h"

static bool text__find(const char *path, uint64_t address, uint64_t *start, uint64_t *end)
{
	struct line_reader *reader = malloc(sizeof(*reader));
	struct maps_line parsed = { 0 };
	const char *line;
	bool found = false;

	if (reader && !line_reader__open(reader, AT_FDCWD, path)) {
		while (!found && (line = line_reader__next(reader)))
			found = maps_line__parse(&parsed, line) && address < parsed.end;
		line_reader__close(reader);
	}
	free(reader);
	*start = parsed.start;
	*end = parsed.end;
	return found && address >= parsed.start;
}

bool proc_mapping__find(uint32_t pid, uint64_t address, uint64_t *start, uint64_t *end)
{
	struct procmap_query query = { .size = sizeof(query), .query_addr = address };
	char path[32];
	int fd, result;

	snprintf(path, sizeof(path), "/proc/%u/maps", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	result = ioctl(fd, PROCMAP_QUERY_IOCTL, &query) ? errno : 0;
	close(fd);
	if (result == ENOTTY || result == EINVAL)
		return text__find(path, address, start, end);
	*start = query.vma_start;
	*end = query.vma_end;
	return !result;
}
