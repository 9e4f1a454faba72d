/* SPDX-License-Identifier: MIT */
/*
 * From the addresses of user stacks to the code they need. Stacks come by another way than the
 * mappings of their processes, and often before them: so addresses wait here until all mappings up
 * to their time have been told, and are then looked up. In: frames with their process and time. Out:
 * what needed_code keeps.
 */
#ifndef OFFCUT_STACK_CODE_H
#define OFFCUT_STACK_CODE_H

#include <stdbool.h>
#include <stdint.h>

#include "address_spaces.h"
#include "mapped_objects.h"
#include "needed_code.h"

#define STACK_CODE_PENDING_MAX (1u << 16) /* addresses; those of 1,000 new stacks and more */

struct pending_address {
	uint64_t time_ns, address;
	uint32_t pid;
};

struct stack_code {
	struct pending_address *pending; /* a ring */
	uint32_t first, count;
	struct address_spaces *spaces; /* the encoder's */
	struct mapped_objects objects;
	struct needed_code needed;
	bool meets_all; /* few processes are recorded: whatever they map is likely to be needed */
};

/* `seals`: or nothing is kept. 0 or -ENOMEM. */
int stack_code__open(struct stack_code *, bool seals, uint64_t seed);
void stack_code__close(struct stack_code *);

/* After it was told to the address spaces. */
void stack_code__mapping(struct stack_code *, const struct mapping *);
void stack_code__add(struct stack_code *, uint32_t pid, uint64_t time_ns, uint64_t address);
/* All tasks and mappings before this time have been told. */
void stack_code__resolve(struct stack_code *, uint64_t until_ns);

#endif
