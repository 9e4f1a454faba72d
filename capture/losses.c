/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "losses.h"

void losses__init(struct losses *losses, struct chunk_pool *pool, struct block_writer *writer)
{
	memset(losses, 0, sizeof(*losses));
	losses->writer = writer;
	block__init(&losses->block, pool, OFFCUT_BLOCK_TYPE_LOST, OFFCUT_CPU_NONE,
		    OFFCUT_LOST_COLUMNS);
}

void losses__add(struct losses *losses, const struct loss *loss)
{
	struct block *block = &losses->block;
	uint64_t to_ns = loss->to_ns > loss->from_ns ? loss->to_ns : loss->from_ns;

	if (!loss->count)
		return;
	if (loss->reason < LOST_REASONS)
		losses->by_reason[loss->reason] += loss->count;
	if (block__is_full(block, 1))
		losses__write(losses);
	if (block__is_full(block, 1))
		return; /* a full disk and 65,536 losses since: these are in the totals only */
	block__unsigned(block, OFFCUT_LOST_COLUMN_CPU, loss->cpu);
	block__unsigned(block, OFFCUT_LOST_COLUMN_STREAM, loss->stream);
	block__unsigned(block, OFFCUT_LOST_COLUMN_REASON, loss->reason);
	block__delta(block, OFFCUT_LOST_COLUMN_FROM, loss->from_ns);
	block__unsigned(block, OFFCUT_LOST_COLUMN_SPAN, to_ns - loss->from_ns);
	block__unsigned(block, OFFCUT_LOST_COLUMN_COUNT, loss->count);
	block__add_record(block, loss->from_ns);
	if (to_ns > block->last_ns)
		block->last_ns = to_ns;
}

void losses__write(struct losses *losses)
{
	if (losses->block.records && block_writer__write(losses->writer, &losses->block))
		block__reset(&losses->block);
}
