/* SPDX-License-Identifier: MIT */
/*
 * Task records between being learned and being written. They come from /proc, from the perf rings
 * of all CPUs and from the BPF programs, in no order; a block has them by time. On the way every
 * living thread's name is kept, because a fork is told without one and the child has its parent's.
 */
#ifndef OFFCUT_TASKS_H
#define OFFCUT_TASKS_H

#include <stddef.h>
#include <stdint.h>

#include "block.h"
#include "block_writer.h"
#include "entities.h"

struct comm_slot {
	uint32_t tid; /* 0: free */
	uint32_t comm;
};

#define PARENTS 4096u /* the latest forks; a process whose file must be found is a young one */

struct parent_slot {
	uint32_t pid, parent_pid;
};

struct tasks {
	struct task *pending;
	uint32_t pending_count, pending_capacity;
	struct comm_slot *comms; /* open addressing */
	uint32_t comms_count, comms_log2;
	struct parent_slot *parents; /* by pid % PARENTS */
	struct block block;
	struct block_writer *writer;
};

int tasks__open(struct tasks *, struct chunk_pool *, struct block_writer *); /* 0 or -ENOMEM */
void tasks__close(struct tasks *);

/* Room for one more, or else write first. */
bool tasks__has_room(const struct tasks *);
void tasks__add(struct tasks *, const struct task *);
/* Who forked a process of late; 0: not known. */
uint32_t tasks__parent(const struct tasks *, uint32_t pid);
/* All pending, sorted. The strings they name must be written already. */
void tasks__write(struct tasks *);

#endif
