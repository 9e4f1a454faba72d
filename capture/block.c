/* SPDX-License-Identifier: MIT */
/*
 * Open blocks: see block.h. What is done per value is inline there; here is what is done once per
 * record or once per block: its time span, and its payload, the columns in the order of the format.
 */
#include <string.h>

#include "block.h"

void block__init(struct block *block, struct chunk_pool *pool, enum offcut_block_type type,
		 uint32_t cpu, uint32_t columns_count)
{
	memset(block, 0, sizeof(*block));
	block->pool = pool;
	block->type = (uint8_t)type;
	block->cpu = (uint16_t)cpu;
	block->columns_count = columns_count;
}

void block__reset(struct block *block)
{
	for (uint32_t i = 0; i < block->columns_count; i++)
		column__reset(&block->columns[i], block->pool);
	block->records = 0;
	block->first_seq = 0;
	block->first_ns = block->last_ns = 0;
}

void block__add_record(struct block *block, uint64_t time_ns)
{
	if (!block->records || time_ns < block->first_ns)
		block->first_ns = time_ns;
	if (!block->records || time_ns > block->last_ns)
		block->last_ns = time_ns;
	block->records++;
}

size_t block__payload_max(const struct block *block)
{
	size_t bytes = VARINT_BYTES_MAX;

	for (uint32_t i = 0; i < block->columns_count; i++)
		bytes += column__stored_max(&block->columns[i]);
	return bytes;
}

size_t block__payload(const struct block *block, uint8_t *out)
{
	uint8_t *end = varint__write(out, block->columns_count);

	for (uint32_t i = 0; i < block->columns_count; i++)
		end = column__store(&block->columns[i], end);
	return (size_t)(end - out);
}

bool block__is_full(const struct block *block, uint32_t records)
{
	return block->records + records > OFFCUT_BLOCK_RECORDS_MAX ||
	       block__payload_max(block) > BLOCK_OPEN_BYTES_MAX;
}
