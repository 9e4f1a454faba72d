/* SPDX-License-Identifier: MIT */
/*
 * A line of /proc/PID/maps. In: its text. Out: the mapping it tells of.
 */
#ifndef OFFCUT_MAPS_LINE_H
#define OFFCUT_MAPS_LINE_H

#include <stdbool.h>
#include <stdint.h>

struct maps_line {
	uint64_t start, end, file_offset, device, inode; /* device: major << 20 | minor */
	bool is_executable;
	const char *name; /* into the text */
};

bool maps_line__parse(struct maps_line *, const char *text);

#endif
