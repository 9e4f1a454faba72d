/* SPDX-License-Identifier: MIT */
/* Lines of /proc/PID/maps: see maps_line.h. (sscanf would cost the recorder 12 KB.) */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "maps_line.h"

/* A number and the character behind it. */
static bool take(const char **at, int base, char separator, uint64_t *value)
{
	char *end;

	*value = strtoull(*at, &end, base);
	if (end == *at || *end != separator)
		return false;
	*at = end + 1;
	return true;
}

/* "7f0c3a000000-7f0c3a028000 r-xp 00028000 fe:01 1317      /usr/lib/libc.so.6" */
bool maps_line__parse(struct maps_line *parsed, const char *line)
{
	uint64_t device_major, device_minor;

	if (!take(&line, 16, '-', &parsed->start) || !take(&line, 16, ' ', &parsed->end) ||
	    strnlen(line, 5) < 5)
		return false;
	parsed->is_executable = line[2] == 'x';
	line += 5;
	if (!take(&line, 16, ' ', &parsed->file_offset) || !take(&line, 16, ':', &device_major) ||
	    !take(&line, 16, ' ', &device_minor) || !take(&line, 10, ' ', &parsed->inode))
		return false;
	parsed->device = device_major << 20 | device_minor;
	parsed->name = line + strspn(line, " ");
	return true;
}
