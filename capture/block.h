/* SPDX-License-Identifier: MIT */
/*
 * A block that is not written yet: its type, its columns so far, its time span. Whoever fills it
 * puts one value into every column per record and then counts the record.
 */
#ifndef OFFCUT_BLOCK_H
#define OFFCUT_BLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "columns.h"
#include "format.h"

#define BLOCK_COLUMNS_MAX 12 /* of the types this writer knows */
#define BLOCK_TYPES (OFFCUT_BLOCK_TYPE_PROCESS_SYMBOL + 1)

/*
 * An open block is written at this size at the latest. Longer ones compress no better (LZ4 looks
 * back 64 KB), and the format's own limit leaves room for the records that one message may add.
 */
#define BLOCK_OPEN_BYTES_MAX (1u << 20)

struct block {
	struct column columns[BLOCK_COLUMNS_MAX];
	struct chunk_pool *pool;
	uint32_t columns_count;
	uint8_t type; /* enum offcut_block_type */
	uint16_t cpu;
	uint32_t records;
	uint64_t first_seq;
	uint64_t first_ns, last_ns;
};

void block__init(struct block *, struct chunk_pool *, enum offcut_block_type, uint32_t cpu,
		 uint32_t columns_count);
void block__reset(struct block *);

/* Counts a record whose values are in the columns; the block's span grows to hold its time. */
void block__add_record(struct block *, uint64_t time_ns);

/* The payload, at most block__payload_max bytes; returns its length. */
size_t block__payload_max(const struct block *);
size_t block__payload(const struct block *, uint8_t *out);

/* No room for `records` more. */
bool block__is_full(const struct block *, uint32_t records);

static inline void block__unsigned(struct block *block, uint32_t column, uint64_t value)
{
	column__unsigned(&block->columns[column], block->pool, value);
}

static inline void block__signed(struct block *block, uint32_t column, int64_t value)
{
	column__signed(&block->columns[column], block->pool, value);
}

static inline void block__delta(struct block *block, uint32_t column, uint64_t value)
{
	column__delta(&block->columns[column], block->pool, value);
}

static inline void block__time(struct block *block, uint32_t column, uint64_t time)
{
	column__time(&block->columns[column], block->pool, time);
}

static inline void block__bytes(struct block *block, uint32_t column, const void *bytes,
				size_t length)
{
	column__bytes(&block->columns[column], block->pool, bytes, length);
}

#endif
