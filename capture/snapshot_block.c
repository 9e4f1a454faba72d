/* SPDX-License-Identifier: MIT */
/* Snapshot records, row by row: see snapshot_block.h. */
#include "snapshot_block.h"

void snapshot_block__add(struct block *block, struct block_writer *writer,
			 struct definitions *definitions, const struct snapshot_record *record)
{
	if (block__is_full(block, 1))
		snapshot_block__write(block, writer);
	block__delta(block, OFFCUT_SNAPSHOT_COLUMN_TIME, record->time_ns);
	block__unsigned(block, OFFCUT_SNAPSHOT_COLUMN_THREAD, record->tid);
	block__unsigned(block, OFFCUT_SNAPSHOT_COLUMN_STATE, record->state);
	block__signed(block, OFFCUT_SNAPSHOT_COLUMN_NR, record->nr);
	block__unsigned(block, OFFCUT_SNAPSHOT_COLUMN_FLAGS, record->flags);
	block__unsigned(block, OFFCUT_SNAPSHOT_COLUMN_KERNEL_STACK,
			definitions__stack_id(definitions, record->kernel_stack));
	block__unsigned(block, OFFCUT_SNAPSHOT_COLUMN_USER_STACK,
			definitions__stack_id(definitions, record->user_stack));
	block__add_record(block, record->time_ns);
}

void snapshot_block__write(struct block *block, struct block_writer *writer)
{
	if (block->records)
		block_writer__write(writer, block);
	block__reset(block);
}
