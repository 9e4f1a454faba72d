/* SPDX-License-Identifier: MIT */
/*
 * Exact counters into blocks: see counts.h. A row is written for each call and each class whose
 * count has moved since the block before.
 */
#include <string.h>

#include "counts.h"

_Static_assert(OFFCPU_CLASSES == OFFCUT_OFFCPU_CLASS_OTHER + 1, "classes");

void counts__init(struct counts *counts, struct chunk_pool *pool, struct block_writer *writer,
		  uint64_t start_ns)
{
	memset(counts, 0, sizeof(*counts));
	counts->writer = writer;
	counts->latest_ns = counts->written_ns = start_ns;
	block__init(&counts->syscalls, pool, OFFCUT_BLOCK_TYPE_SYSCALL_COUNT, OFFCUT_CPU_NONE,
		    OFFCUT_SYSCALL_COUNT_COLUMNS);
	block__init(&counts->offcpu, pool, OFFCUT_BLOCK_TYPE_OFFCPU_COUNT, OFFCUT_CPU_NONE,
		    OFFCUT_OFFCPU_COUNT_COLUMNS);
}

void counts__set(struct counts *counts, const struct syscall_count (*syscalls)[SYSCALL_NR_MAX + 1],
		 const struct offcpu_count *offcpu, uint64_t now_ns)
{
	memcpy(counts->latest.syscalls, syscalls, sizeof(counts->latest.syscalls));
	memcpy(counts->latest.offcpu, offcpu, sizeof(counts->latest.offcpu));
	counts->latest_ns = now_ns;
}

/* The block spans what it counts: from the block before it to now. */
static void counts__add_record(const struct counts *counts, struct block *block)
{
	block__add_record(block, counts->written_ns);
	if (counts->latest_ns > block->last_ns)
		block->last_ns = counts->latest_ns;
}

static void counts__add_syscall(struct counts *counts, uint32_t compat, uint32_t nr)
{
	const struct syscall_count *latest = &counts->latest.syscalls[compat][nr];
	const struct syscall_count *written = &counts->written.syscalls[compat][nr];
	struct block *block = &counts->syscalls;

	if (latest->count == written->count)
		return;
	block__signed(block, OFFCUT_SYSCALL_COUNT_COLUMN_NR, nr == SYSCALL_NR_MAX ? -1 : (int)nr);
	block__unsigned(block, OFFCUT_SYSCALL_COUNT_COLUMN_FLAGS,
			compat ? OFFCUT_SYSCALL_FLAG_COMPAT : 0);
	block__unsigned(block, OFFCUT_SYSCALL_COUNT_COLUMN_COUNT, latest->count - written->count);
	block__unsigned(block, OFFCUT_SYSCALL_COUNT_COLUMN_ERRORS,
			latest->errors - written->errors);
	block__unsigned(block, OFFCUT_SYSCALL_COUNT_COLUMN_TIME,
			latest->time_ns - written->time_ns);
	counts__add_record(counts, block);
}

static void counts__add_offcpu(struct counts *counts, uint32_t class)
{
	const struct offcpu_count *latest = &counts->latest.offcpu[class];
	const struct offcpu_count *written = &counts->written.offcpu[class];
	struct block *block = &counts->offcpu;

	if (latest->periods == written->periods)
		return;
	block__unsigned(block, OFFCUT_OFFCPU_COUNT_COLUMN_CLASS, class);
	block__unsigned(block, OFFCUT_OFFCPU_COUNT_COLUMN_PERIODS,
			latest->periods - written->periods);
	block__unsigned(block, OFFCUT_OFFCPU_COUNT_COLUMN_TIME, latest->time_ns - written->time_ns);
	counts__add_record(counts, block);
}

void counts__write(struct counts *counts)
{
	if (block_writer__refuses(counts->writer))
		return;
	for (uint32_t compat = 0; compat < 2; compat++)
		for (uint32_t nr = 0; nr <= SYSCALL_NR_MAX; nr++)
			counts__add_syscall(counts, compat, nr);
	for (uint32_t class = 0; class < OFFCPU_CLASSES; class ++)
		counts__add_offcpu(counts, class);
	if (!counts->syscalls.records || block_writer__write(counts->writer, &counts->syscalls))
		memcpy(counts->written.syscalls, counts->latest.syscalls,
		       sizeof(counts->written.syscalls));
	if (!counts->offcpu.records || block_writer__write(counts->writer, &counts->offcpu))
		memcpy(counts->written.offcpu, counts->latest.offcpu,
		       sizeof(counts->written.offcpu));
	counts->written_ns = counts->latest_ns;
	block__reset(&counts->syscalls);
	block__reset(&counts->offcpu);
}
