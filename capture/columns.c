/* SPDX-License-Identifier: MIT */
/*
 * Columns of open blocks: see columns.h. Here are the rare halves of appending (the first value,
 * the first that differs, the next chunk), the arena of chunks, and writing a column out.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "columns.h"

_Static_assert(sizeof(struct chunk) <= CHUNK_BYTES, "a chunk fits its place in the arena");

int chunk_pool__open(struct chunk_pool *pool, size_t bytes)
{
	/* Pages become resident when first used: the bound costs nothing until it is needed. */
	void *arena = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	memset(pool, 0, sizeof(*pool));
	if (arena == MAP_FAILED)
		return -errno;
	pool->arena = arena;
	pool->chunks_max = (uint32_t)(bytes / CHUNK_BYTES);
	return 0;
}

void chunk_pool__close(struct chunk_pool *pool)
{
	if (pool->arena)
		munmap(pool->arena, (size_t)pool->chunks_max * CHUNK_BYTES);
	memset(pool, 0, sizeof(*pool));
}

static struct chunk *chunk_pool__take(struct chunk_pool *pool)
{
	struct chunk *chunk = pool->free;

	if (chunk) {
		pool->free = chunk->next;
	} else {
		/* Owners write their blocks long before: running out is a bug, never a load. */
		if (pool->chunks_touched == pool->chunks_max)
			__builtin_trap();
		chunk = (struct chunk *)(pool->arena +
					 (size_t)pool->chunks_touched++ * CHUNK_BYTES);
	}
	pool->chunks_used++;
	chunk->next = NULL;
	chunk->used = 0;
	return chunk;
}

static void column__seal_last(struct column *column)
{
	if (column->last)
		column->last->used = (uint32_t)(column->cursor - column->last->bytes);
}

void column__grow(struct column *column, struct chunk_pool *pool)
{
	struct chunk *chunk = chunk_pool__take(pool);

	column__seal_last(column);
	if (column->last) {
		column->bytes_before += column->last->used;
		column->last->next = chunk;
	} else {
		column->first = chunk;
	}
	column->last = chunk;
	column->cursor = chunk->bytes;
	column->end = chunk->bytes + sizeof(chunk->bytes);
}

void column__first_or_vary(struct column *column, struct chunk_pool *pool, uint64_t value)
{
	uint8_t constant[VARINT_BYTES_MAX];
	size_t constant_bytes;

	if (!column->values) {
		column->constant = value;
		column->values = 1;
		return;
	}
	constant_bytes = (size_t)(varint__write(constant, column->constant) - constant);
	for (uint32_t i = 0; i < column->values; i++) {
		if (column->end - column->cursor < VARINT_BYTES_MAX)
			column__grow(column, pool);
		memcpy(column->cursor, constant, constant_bytes);
		column->cursor += constant_bytes;
	}
	column->varies = true;
	column__put(column, pool, value);
}

void column__bytes(struct column *column, struct chunk_pool *pool, const void *bytes, size_t length)
{
	const uint8_t *from = bytes;

	column->varies = true; /* encoding Bytes is never constant */
	column->values += (uint32_t)length;
	while (length) {
		size_t room = (size_t)(column->end - column->cursor);
		size_t part = length < room ? length : room;

		if (!room) {
			column__grow(column, pool);
			continue;
		}
		memcpy(column->cursor, from, part);
		column->cursor += part;
		from += part;
		length -= part;
	}
}

static size_t column__length(const struct column *column)
{
	if (!column->last)
		return 0;
	return column->bytes_before + (size_t)(column->cursor - column->last->bytes);
}

size_t column__stored_max(const struct column *column)
{
	return 3 * VARINT_BYTES_MAX + column__length(column);
}

uint8_t *column__store(const struct column *column, uint8_t *out)
{
	uint8_t constant[VARINT_BYTES_MAX];
	size_t length;

	out = varint__write(out, column->values);
	if (!column->varies) {
		length = column->values
				 ? (size_t)(varint__write(constant, column->constant) - constant)
				 : 0;
		out = varint__write(out, length << 1 | (length != 0));
		memcpy(out, constant, length);
		return out + length;
	}
	out = varint__write(out, column__length(column) << 1);
	for (const struct chunk *chunk = column->first; chunk; chunk = chunk->next) {
		length = chunk == column->last ? (size_t)(column->cursor - chunk->bytes)
					       : chunk->used;
		memcpy(out, chunk->bytes, length);
		out += length;
	}
	return out;
}

void column__reset(struct column *column, struct chunk_pool *pool)
{
	for (struct chunk *chunk = column->first, *next; chunk; chunk = next) {
		next = chunk->next;
		chunk->next = pool->free;
		pool->free = chunk;
		pool->chunks_used--;
	}
	memset(column, 0, sizeof(*column));
}
