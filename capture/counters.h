/* SPDX-License-Identifier: MIT */
/*
 * The programs' counters, from the cpus' memory to the encoder: exact sums per system call and
 * off-CPU class, and losses that leave no gap in a stream. Reads memory the programs go on writing
 * to; every number is a single aligned word that only grows.
 */
#ifndef OFFCUT_COUNTERS_H
#define OFFCUT_COUNTERS_H

#include <stdint.h>

#include "encoder.h"
#include "error.h"
#include "programs.h"

struct counters;

int counters__open(struct counters **out, uint32_t cpus, struct capture_error *);
void counters__start(struct counters *, uint64_t now_ns);
void counters__close(struct counters *); /* NULL is fine */

/* Sums so far to the encoder, and what was lost since the last report. */
void counters__report(struct counters *, struct programs *, struct encoder *, uint64_t now_ns);

/* Events each program has seen, by [cpu * STREAMS + stream]. Valid until the next call. */
const uint64_t *counters__seen(struct counters *, struct programs *);

#endif
