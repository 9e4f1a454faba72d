/* SPDX-License-Identifier: MIT */
/*
 * One CPU's ring of task and mapping events, from a perf event that counts nothing
 * (PERF_COUNT_SW_DUMMY) but is told of every mmap with execute permission, comm, fork and exit.
 * Hands out whole records in place where they lie; of what is in them it knows the time only.
 */
#ifndef OFFCUT_PERF_RING_H
#define OFFCUT_PERF_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/perf_event.h>

struct perf_ring {
	int fd; /* -1: the CPU is offline; readable (edge) when a part of the ring has filled */
	uint8_t *data;
	size_t bytes; /* of the data; a power of two */
	struct perf_event_mmap_page *control;
	uint64_t tail; /* of what was handed out; told to the kernel by perf_ring__release */
};

/* 0 or -errno; -ENODEV for a CPU that is offline. */
int perf_ring__open(struct perf_ring *, uint32_t cpu);
void perf_ring__close(struct perf_ring *);

/* The time of the next record; UINT64_MAX when there is none. */
uint64_t perf_ring__next_ns(const struct perf_ring *);
/* That record, valid until the next call; there must be one. `scratch` takes records that lie
 * around the ring's end: 64 KB, the longest there are. */
const struct perf_event_header *perf_ring__next(struct perf_ring *, void *scratch);
/* Gives back to the kernel what was handed out. */
void perf_ring__release(struct perf_ring *);

#endif
