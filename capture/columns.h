/* SPDX-License-Identifier: MIT */
/*
 * Columns of a block that is still open: values become varints the moment they come, so that an
 * open block costs what it will weigh, not the size of its records. A column in which all values
 * are equal keeps that one value only (the format's `constant`), which is most columns of most
 * blocks. Bytes live in chunks of one fixed arena, so the memory of all open blocks together has
 * one bound however many CPUs there are.
 *
 *   column -> chunk [ varint varint ... ] -> chunk [ varint ... | free ]
 */
#ifndef OFFCUT_COLUMNS_H
#define OFFCUT_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VARINT_BYTES_MAX 10
#define CHUNK_BYTES 1024 /* small: hundreds of columns are open on a big host, most of them short \
			  */

struct chunk {
	struct chunk *next;
	uint32_t used;
	uint8_t bytes[CHUNK_BYTES - sizeof(void *) - sizeof(uint32_t)];
};

struct chunk_pool {
	uint8_t *arena;
	struct chunk *free;
	uint32_t chunks_max, chunks_touched, chunks_used;
};

int chunk_pool__open(struct chunk_pool *, size_t bytes); /* 0 or -errno */
void chunk_pool__close(struct chunk_pool *);

struct column {
	uint8_t *cursor, *end; /* room in the last chunk */
	struct chunk *first, *last;
	uint64_t constant; /* the value that all so far are, while !varies */
	uint64_t previous; /* value before, for Delta and Time */
	uint32_t values;
	uint32_t bytes_before; /* in chunks before the last */
	bool varies;
};

static inline uint8_t *varint__write(uint8_t *out, uint64_t value)
{
	while (value >= 0x80) {
		*out++ = (uint8_t)value | 0x80;
		value >>= 7;
	}
	*out++ = (uint8_t)value;
	return out;
}

static inline uint64_t zigzag(int64_t value)
{
	return ((uint64_t)value << 1) ^ (uint64_t)(value >> 63);
}

/* The slow halves of column__put: the first value, the first other one, the next chunk. */
void column__first_or_vary(struct column *, struct chunk_pool *, uint64_t value);
void column__grow(struct column *, struct chunk_pool *);

static inline void column__put(struct column *column, struct chunk_pool *pool, uint64_t value)
{
	if (!column->varies) {
		if (value == column->constant && column->values)
			column->values++;
		else
			column__first_or_vary(column, pool, value);
		return;
	}
	if (column->end - column->cursor < VARINT_BYTES_MAX)
		column__grow(column, pool);
	column->cursor = varint__write(column->cursor, value);
	column->values++;
}

static inline void column__unsigned(struct column *column, struct chunk_pool *pool, uint64_t value)
{
	column__put(column, pool, value);
}

static inline void column__signed(struct column *column, struct chunk_pool *pool, int64_t value)
{
	column__put(column, pool, zigzag(value));
}

static inline void column__delta(struct column *column, struct chunk_pool *pool, uint64_t value)
{
	column__put(column, pool, zigzag((int64_t)(value - column->previous)));
	column->previous = value;
}

/* `time` is not below the one before; the first follows column__start_time. */
static inline void column__time(struct column *column, struct chunk_pool *pool, uint64_t time)
{
	column__put(column, pool, time - column->previous);
	column->previous = time;
}

static inline void column__start_time(struct column *column, uint64_t first_ns)
{
	column->previous = first_ns;
}

void column__bytes(struct column *, struct chunk_pool *, const void *bytes, size_t length);

/* Of the column as stored in a payload, its two leading varints at their longest. */
size_t column__stored_max(const struct column *);
/* Writes the column as a payload has it; returns the end. */
uint8_t *column__store(const struct column *, uint8_t *out);
/* Back to empty; its chunks go back to the pool. */
void column__reset(struct column *, struct chunk_pool *);

#endif
