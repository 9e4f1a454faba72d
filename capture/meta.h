/* SPDX-License-Identifier: MIT */
/*
 * The first blocks of a recording: what was recorded, where, with which options, and the file
 * header's facts about the host. Read from the host once, at the start.
 */
#ifndef OFFCUT_META_H
#define OFFCUT_META_H

#include <stddef.h>

#include "block.h"
#include "block_writer.h"

struct meta_entry {
	const char *key, *value; /* value NULL: left out */
};

/* The Meta block: `entries` and what is known of the host. False when it was not written. */
bool meta__write(struct block_writer *, struct chunk_pool *, const struct meta_entry *entries,
		 size_t count, uint64_t time_ns);

/* Fills what the host knows: arch, page size, boot id, and the constants. */
void meta__file_header(struct offcut_file_header *);

#endif
