/* SPDX-License-Identifier: MIT */
/*
 * Perf rings: see perf_ring.h. The kernel moves data_head, we move data_tail; both only ever grow
 * and are taken modulo the ring's size.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "perf_ring.h"

/*
 * With its control page just what the kernel lets every user lock per CPU (perf_event_mlock_kb, 516
 * KB): room for four thousand mmap2 records. An exec writes about 800 bytes, so a CPU that does
 * nothing but execute programs, 2,000 a second, fills it in a third of a second. User space is woken
 * when an eighth is taken: not for every exec, yet early enough to lose none.
 */
#define RING_BYTES (512u << 10)
#define RING_WAKEUP_BYTES (RING_BYTES / 8)

static int perf_ring__open_event(uint32_t cpu, bool with_build_id)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_DUMMY,
		.sample_type = PERF_SAMPLE_TIME,
		.sample_id_all = 1,
		.mmap = 1,
		.mmap2 = 1,
		.comm = 1,
		.comm_exec = 1,
		.task = 1,
		.use_clockid = 1,
		.clockid = CLOCK_MONOTONIC,
		.build_id = with_build_id,
		.watermark = 1,
		.wakeup_watermark = RING_WAKEUP_BYTES,
	};

	return (int)syscall(SYS_perf_event_open, &attr, -1, (int)cpu, -1, PERF_FLAG_FD_CLOEXEC);
}

int perf_ring__open(struct perf_ring *ring, uint32_t cpu)
{
	size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);
	void *memory;

	memset(ring, 0, sizeof(*ring));
	ring->fd = perf_ring__open_event(cpu, true);
	if (ring->fd < 0 && errno == EINVAL)
		ring->fd = perf_ring__open_event(cpu, false); /* before Linux 5.12 */
	if (ring->fd < 0)
		return -errno;
	ring->bytes = RING_BYTES > page_bytes ? RING_BYTES : page_bytes;
	memory = mmap(NULL, page_bytes + ring->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd,
		      0);
	if (memory == MAP_FAILED) {
		int error = -errno;

		close(ring->fd);
		ring->fd = -1;
		return error;
	}
	ring->control = memory;
	ring->data = (uint8_t *)memory + page_bytes;
	return 0;
}

void perf_ring__close(struct perf_ring *ring)
{
	if (ring->control)
		munmap(ring->control,
		       (size_t)(ring->data - (uint8_t *)ring->control) + ring->bytes);
	if (ring->fd >= 0)
		close(ring->fd);
	memset(ring, 0, sizeof(*ring));
	ring->fd = -1;
}

/* Records are of whole 8 bytes and begin at such: neither header nor time is ever cut in two. */
static const void *perf_ring__at(const struct perf_ring *ring, uint64_t position)
{
	return ring->data + (position & (ring->bytes - 1));
}

uint64_t perf_ring__next_ns(const struct perf_ring *ring)
{
	const struct perf_event_header *header;
	uint64_t head, time_ns;

	if (ring->fd < 0)
		return UINT64_MAX;
	head = __atomic_load_n(&ring->control->data_head, __ATOMIC_ACQUIRE);
	if (head == ring->tail)
		return UINT64_MAX;
	header = perf_ring__at(ring, ring->tail);
	/* With sample_id_all and PERF_SAMPLE_TIME every record ends with its time. */
	memcpy(&time_ns, perf_ring__at(ring, ring->tail + header->size - sizeof(time_ns)),
	       sizeof(time_ns));
	return time_ns;
}

const struct perf_event_header *perf_ring__next(struct perf_ring *ring, void *scratch)
{
	const struct perf_event_header *header = perf_ring__at(ring, ring->tail);
	size_t before_end = ring->bytes - (ring->tail & (ring->bytes - 1));

	ring->tail += header->size;
	if (header->size <= before_end)
		return header;
	memcpy(scratch, header, before_end);
	memcpy((uint8_t *)scratch + before_end, ring->data, header->size - before_end);
	return scratch;
}

void perf_ring__release(struct perf_ring *ring)
{
	if (ring->fd >= 0)
		__atomic_store_n(&ring->control->data_tail, ring->tail, __ATOMIC_RELEASE);
}
