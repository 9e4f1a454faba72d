/* SPDX-License-Identifier: MIT */
/*
 * The kernel half, seen from user space: load it for a configuration, attach what is asked for,
 * fetch what waits in its buffers, read its counters. The only file that knows the generated
 * skeleton. Nothing is pinned: however this process ends, the kernel lets go of everything.
 */
#ifndef OFFCUT_PROGRAMS_H
#define OFFCUT_PROGRAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/types.h>

#include "../bpf/cpu.h"
#include "config.h"
#include "error.h"
#include "ring.h"

struct programs;

/* Loads everything and attaches nothing. */
int programs__open(struct programs **out, const struct capture_config *, uint32_t cpus,
		   struct capture_error *);
void programs__close(struct programs *); /* NULL is fine */

/* One more thread whose events are recorded, or all of a process. Before or after attaching. */
int programs__add_pid(struct programs *, uint32_t pid);

int programs__attach(struct programs *, struct capture_error *);
/* Afterwards no program runs any more. */
void programs__detach(struct programs *);

int programs__ring_fd(const struct programs *);
size_t programs__ring_bytes(const struct programs *);

/*
 * Moves what waits in the buffers of all cpus into the ring. Cpus where nothing waits, idle ones
 * above all, are not disturbed. True if afterwards nothing staged before the call still waits.
 */
bool programs__flush(struct programs *);

/* Once nothing writes to them any more: what the buffers still hold, as messages. */
void programs__deliver_rest(struct programs *, ring_message_fn, void *context);

/* What a cpu keeps; live memory, written by the programs all the time. */
struct cpu *programs__cpu(struct programs *, uint32_t cpu);

/* Times a program was not run because it was running already on that cpu. */
uint64_t programs__recursions(const struct programs *, enum stream);

#endif
