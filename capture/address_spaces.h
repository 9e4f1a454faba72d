/* SPDX-License-Identifier: MIT */
/*
 * Where the code of each process lies, now: its executable mappings, told one by one as perf and
 * /proc know them, handed down by fork and forgotten by exec. Answers what an address of a process
 * is: code, and of which object, or a part of the stack. Memory is bounded: who was not asked for
 * longest is forgotten, and must be read from /proc again before it is asked for.
 */
#ifndef OFFCUT_ADDRESS_SPACES_H
#define OFFCUT_ADDRESS_SPACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "entities.h"

/* Of all processes: 8 MB. A host of a thousand processes of fifty each has 50,000. */
#define ADDRESS_RANGES_MAX (1u << 18)
#define STACKS_KEPT 16u /* of a process, whose ends are remembered */

struct address_range {
	uint64_t start, end, file_offset;
	uint32_t object; /* object id */
};

struct stack_range {
	uint64_t start, end;
};

struct address_space {
	uint32_t pid;
	bool is_whole;      /* nothing is missing of what was mapped before we looked */
	uint64_t exited_ns; /* 0: lives */
	struct address_range *ranges; /* by address; none overlaps another */
	uint32_t count, capacity;
	struct stack_range stacks[STACKS_KEPT];
	uint32_t stacks_next;
	struct address_space *newer, *older; /* in the order of use */
};

struct address_spaces {
	struct address_space **by_pid;
	struct address_space *newest, *oldest;
	uint32_t ranges; /* of all */
};

int address_spaces__open(struct address_spaces *); /* 0 or -ENOMEM */
void address_spaces__close(struct address_spaces *);

void address_spaces__map(struct address_spaces *, const struct mapping *);
/* A new process: it begins with what its parent has. */
void address_spaces__fork(struct address_spaces *, uint32_t pid, uint32_t parent_pid);
void address_spaces__exec(struct address_spaces *, uint32_t pid);
/* Its last stacks may still be on their way: it is kept for a while. */
void address_spaces__exit(struct address_spaces *, uint32_t pid, uint64_t time_ns);
void address_spaces__sweep(struct address_spaces *, uint64_t now_ns);

/* False: what is known of it is not all, read /proc. */
bool address_spaces__is_whole(const struct address_spaces *, uint32_t pid);
/* /proc has been read, or there was nothing to read. */
void address_spaces__set_whole(struct address_spaces *, uint32_t pid);

/* NULL: not known. Valid until something is mapped or forked. */
struct address_space *address_spaces__find(struct address_spaces *, uint32_t pid);

/* NULL: no code. */
const struct address_range *address_space__range(const struct address_space *, uint64_t address);

/* The end of the mapping that the stack pointer is in, asked of /proc; 0: not known. */
uint64_t address_space__stack_end(struct address_space *, uint64_t stack_pointer);

#endif
