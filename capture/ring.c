/* SPDX-License-Identifier: MIT */
/* The ring's layout is kernel ABI: see include/uapi/linux/bpf.h, BPF_MAP_TYPE_RINGBUF. */
#define _GNU_SOURCE

#include "ring.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/bpf.h>

#define RECORD_ALIGN 8
#define AWAIT_TRIES 1000

/* Room is given back in steps this large, so that producers need not wait for a whole drain. */
#define RELEASE_BYTES (256u << 10)

int ring__open(struct ring *ring, int fd, size_t size, struct capture_error *error)
{
	void *consumer, *producer;

	memset(ring, 0, sizeof(*ring));
	ring->fd = fd;
	ring->size = size;
	ring->page_bytes = (size_t)sysconf(_SC_PAGESIZE);
	consumer = mmap(NULL, ring->page_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (consumer == MAP_FAILED)
		return error__set(error, errno, "The ring buffer could not be mapped: %s.",
				  strerror(errno));
	ring->consumer = consumer;
	producer = mmap(NULL, ring->page_bytes + 2 * size, PROT_READ, MAP_SHARED, fd,
			(off_t)ring->page_bytes);
	if (producer == MAP_FAILED) {
		int code = errno;

		ring__close(ring);
		return error__set(error, code,
				  "The ring buffer's %zu MB could not be mapped: %s. Ask for less with "
				  "--ring-size.", size >> 20, strerror(code));
	}
	ring->producer = producer;
	ring->data = (const uint8_t *)producer + ring->page_bytes;
	return 0;
}

void ring__close(struct ring *ring)
{
	if (ring->producer)
		munmap((void *)ring->producer, ring->page_bytes + 2 * ring->size);
	if (ring->consumer)
		munmap((void *)ring->consumer, ring->page_bytes);
	ring->producer = NULL;
	ring->consumer = NULL;
}

/* A program publishes its record within a microsecond, unless its (virtual) cpu is taken away. */
static bool record__await(const uint32_t *header)
{
	for (int i = 0; i < AWAIT_TRIES; i++) {
		if (!(__atomic_load_n(header, __ATOMIC_ACQUIRE) & BPF_RINGBUF_BUSY_BIT))
			return true;
		sched_yield();
	}
	return false;
}

bool ring__drain(struct ring *ring, ring_message_fn take, void *context)
{
	uint64_t position = *ring->consumer, released = position;
	uint64_t end = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);

	while (position < end) {
		const uint8_t *record = ring->data + (position & (ring->size - 1));
		uint32_t header, bytes;

		if (!record__await((const uint32_t *)record))
			break;
		header = *(const uint32_t *)record;
		bytes = header & ~BPF_RINGBUF_DISCARD_BIT;
		if (!(header & BPF_RINGBUF_DISCARD_BIT))
			take(context, record + BPF_RINGBUF_HDR_SZ, bytes);
		position += (bytes + BPF_RINGBUF_HDR_SZ + RECORD_ALIGN - 1) & ~(RECORD_ALIGN - 1ull);
		if (position - released >= RELEASE_BYTES) {
			__atomic_store_n(ring->consumer, position, __ATOMIC_RELEASE);
			released = position;
		}
	}
	__atomic_store_n(ring->consumer, position, __ATOMIC_RELEASE);
	return position >= end;
}
