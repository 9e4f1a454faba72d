/* SPDX-License-Identifier: MIT */
/*
 * Asks all sleeping threads, at one moment, where they are: loads the iterator that does it and hands
 * on what it says, message by message, as if it had come by the ring. The only file that knows its
 * skeleton.
 */
#ifndef OFFCUT_SNAPSHOTS_H
#define OFFCUT_SNAPSHOTS_H

#include <stddef.h>
#include <stdint.h>

#include "config.h"

struct snapshots;

typedef void (*snapshot_deliver_fn)(void *context, const void *message, size_t bytes);

/* 0 or -errno, where the kernel cannot: everything else can be recorded all the same. */
int snapshots__open(struct snapshots **out, const struct capture_config *);
void snapshots__close(struct snapshots *); /* NULL is fine */

int snapshots__add_pid(struct snapshots *, uint32_t pid);

/* Returns how many threads were not asked, because there are too many. */
uint64_t snapshots__take(struct snapshots *, snapshot_deliver_fn, void *context);

#endif
