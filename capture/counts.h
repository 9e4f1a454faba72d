/* SPDX-License-Identifier: MIT */
/*
 * The exact counters: cumulative from the kernel, increments in the file. The increment is taken
 * against what the file already has, so that after a full disk the last block still brings the
 * totals up to date.
 */
#ifndef OFFCUT_COUNTS_H
#define OFFCUT_COUNTS_H

#include <stdint.h>
#include <linux/types.h>

#include "../bpf/events.h"
#include "block.h"
#include "block_writer.h"

struct counter_values {
	struct syscall_count syscalls[2][SYSCALL_NR_MAX + 1]; /* native, compat */
	struct offcpu_count offcpu[OFFCPU_CLASSES];
};

struct counts {
	struct counter_values latest, written;
	uint64_t latest_ns, written_ns;
	struct block syscalls, offcpu;
	struct block_writer *writer;
};

void counts__init(struct counts *, struct chunk_pool *, struct block_writer *, uint64_t start_ns);
void counts__set(struct counts *, const struct syscall_count (*syscalls)[SYSCALL_NR_MAX + 1],
		 const struct offcpu_count *offcpu, uint64_t now_ns);
void counts__write(struct counts *);

#endif
