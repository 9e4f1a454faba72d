/* SPDX-License-Identifier: MIT */
/*
 * User space's end of a BPF ring buffer: two counters and the data, mapped. The kernel publishes
 * by moving the producer's position and clearing a record's busy bit; we give room back by moving
 * ours. libbpf has the same in its run-time library, which this program does not carry.
 *
 *   consumer page (ours) | producer page | data | the same data again
 *
 * The data is mapped twice in a row, so a record that wraps around is still contiguous.
 */
#ifndef OFFCUT_RING_H
#define OFFCUT_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

struct ring {
	int fd;      /* readable for epoll; stays the caller's */
	size_t size; /* of the data, a power of two */
	size_t page_bytes;
	volatile uint64_t *consumer;
	const volatile uint64_t *producer;
	const uint8_t *data;
};

typedef void (*ring_message_fn)(void *context, const void *message, size_t bytes);

int ring__open(struct ring *, int fd, size_t size, struct capture_error *);
void ring__close(struct ring *);

/*
 * Hands out what was published when it was called, and no more, so that it ends under any load.
 * False if a record in the way is still being written by a cpu that does not get on with it: what
 * lies behind it is for the next time.
 */
bool ring__drain(struct ring *, ring_message_fn, void *context);

#endif
