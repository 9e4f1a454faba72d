/* SPDX-License-Identifier: MIT */
/*
 * User stacks on their way into the file, and what of them may go there: of registers and stack words
 * only addresses of code and of the stack itself, unless everything is to be kept. What a program
 * computes with is dropped word by word where the kernel left it, and copied nowhere. Tells
 * sealing, too, which code the stacks lead through.
 */
#ifndef OFFCUT_USER_DUMPS_H
#define OFFCUT_USER_DUMPS_H

#include <stdbool.h>
#include <stdint.h>
#include <linux/types.h>

#include "../bpf/events.h"
#include "address_spaces.h"
#include "definitions.h"

struct user_dumps {
	struct block block;
	struct block_writer *writer;
	struct definitions *definitions;
	struct address_spaces spaces;
	bool keep_all;
};

/* 0 or -ENOMEM. */
int user_dumps__open(struct user_dumps *, struct chunk_pool *, struct block_writer *,
		     struct definitions *, bool keep_all);
void user_dumps__close(struct user_dumps *);

/* `words` are the record's length / 8 of the stack. A stack that is defined already is passed over. */
void user_dumps__add(struct user_dumps *, const struct dump_record *, const uint64_t *words);

/*
 * How many frames of a user stack by frame pointers may go into the file: up to the first that is no
 * code. Programs without frame pointers keep anything in that register, and on the stack it seems to
 * point to.
 */
uint32_t user_dumps__frames(struct user_dumps *, const struct stack_record *);

void user_dumps__write(struct user_dumps *);

#endif
