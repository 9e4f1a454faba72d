/* SPDX-License-Identifier: MIT */
/*
 * Lost records: see losses.h. Counted by reason as well, for the summary that is printed at the
 * end.
 */
#include <string.h>

#include "losses.h"

void losses__init(struct losses *losses, struct chunk_pool *pool, struct block_writer *writer)
{
	memset(losses, 0, sizeof(*losses));
	losses->writer = writer;
	block__init(&losses->block, pool, OFFCUT_BLOCK_TYPE_LOST, OFFCUT_CPU_NONE,
		    OFFCUT_LOST_COLUMNS);
}

static void losses__keep(struct losses *losses, const struct loss *loss)
{
	struct loss *kept = &losses->kept[loss->reason][loss->stream];
	uint64_t count = kept->count + loss->count;

	if (!kept->count)
		*kept = *loss;
	if (kept->cpu != loss->cpu)
		kept->cpu = OFFCUT_CPU_NONE;
	if (loss->from_ns < kept->from_ns)
		kept->from_ns = loss->from_ns;
	if (loss->to_ns > kept->to_ns)
		kept->to_ns = loss->to_ns;
	kept->count = count;
}

static void losses__add_record(struct losses *losses, const struct loss *loss)
{
	struct block *block = &losses->block;
	uint64_t to_ns = loss->to_ns > loss->from_ns ? loss->to_ns : loss->from_ns;

	if (block__is_full(block, 1)) {
		block_writer__write(losses->writer, block);
		block__reset(block);
	}
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

void losses__add(struct losses *losses, const struct loss *loss)
{
	if (!loss->count || loss->reason >= LOST_REASONS || loss->stream >= BLOCK_TYPES)
		return;
	losses->by_reason[loss->reason] += loss->count;
	if (block_writer__refuses(losses->writer))
		losses__keep(losses, loss);
	else
		losses__add_record(losses, loss);
}

void losses__write(struct losses *losses)
{
	if (block_writer__refuses(losses->writer))
		return;
	for (uint32_t reason = 0; reason < LOST_REASONS; reason++) {
		for (uint32_t type = 0; type < BLOCK_TYPES; type++) {
			if (losses->kept[reason][type].count)
				losses__add_record(losses, &losses->kept[reason][type]);
			losses->kept[reason][type].count = 0;
		}
	}
	if (losses->block.records && block_writer__write(losses->writer, &losses->block))
		block__reset(&losses->block);
}
