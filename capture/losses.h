/* SPDX-License-Identifier: MIT */
/*
 * Lost records: what will never be in the recording, with CPU, stream, reason and time span. While
 * the disk is full they are kept until the end of the recording, as one record for all losses of
 * one stream and reason, because the room reserved for the end is small.
 */
#ifndef OFFCUT_LOSSES_H
#define OFFCUT_LOSSES_H

#include <stdint.h>

#include "block.h"
#include "block_writer.h"
#include "entities.h"

struct losses {
	struct block block;
	struct loss kept[LOST_REASONS][BLOCK_TYPES]; /* while nothing can be written */
	struct block_writer *writer;
	uint64_t by_reason[LOST_REASONS];
};

void losses__init(struct losses *, struct chunk_pool *, struct block_writer *);
void losses__add(struct losses *, const struct loss *);
void losses__write(struct losses *);

#endif
