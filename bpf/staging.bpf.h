/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/*
 * From records to the ring. Each program collects its records in a buffer of its own per cpu and
 * copies 64 of them at a time into the ring: the ring's lock is taken once per 64 events, and user
 * space is woken only when the ring fills faster than it polls.
 *
 *   record, record, ... -> cpu->switches -+
 *   record, record, ... -> cpu->wakes    -+-> ring -> user space
 *   record, record, ... -> cpu->syscalls -+
 *   record, record, ... -> cpu->arguments +
 *            stacks, threads and strings -'   (alone, before the records that need them)
 *
 * What waits in the buffers is fetched by the `flush` program, which user space runs on that very
 * cpu. It may interrupt a program there; it then finds `busy` set and asks to be run again.
 */
#ifndef OFFCUT_STAGING_BPF_H
#define OFFCUT_STAGING_BPF_H

#include "kernel.bpf.h"
#include "cpu.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16 << 20); /* user space sets it before loading */
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* user space sets it to the number of possible cpus */
	__type(key, __u32);
	__type(value, struct cpu);
} cpus SEC(".maps");

/* Bytes waiting in the ring above which user space is woken; then again for each step more. */
const volatile __u64 ring_wakeup_bytes = 4 << 20;
const volatile __u64 ring_wakeup_step = 1 << 20; /* a power of two */

static __always_inline struct cpu *cpu__this(void)
{
	__u32 key = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&cpus, &key);
}

/* BPF_RB_NO_WAKEUP but for the batch that carries the ring over the next step: a wakeup costs as
 * much as dozens of records. A step that two cpus take at once may be missed, the next is not. */
static __always_inline __u64 ring__flags(__u64 bytes)
{
	__u64 waiting = bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA) + bytes;

	if (waiting >= ring_wakeup_bytes && (waiting & (ring_wakeup_step - 1)) < bytes)
		return BPF_RB_FORCE_WAKEUP;
	return BPF_RB_NO_WAKEUP;
}

/* Sends a message that stands alone. Most lone messages are rare and never wake user space. */
static __always_inline bool ring__send(void *message, __u64 bytes)
{
	return bpf_ringbuf_output(&ring, message, bytes, BPF_RB_NO_WAKEUP) == 0;
}

static __always_inline void program__begin(struct cpu *cpu, enum stream stream)
{
	WRITE_ONCE(cpu->busy[stream], 1);
	barrier();
}

static __always_inline void program__end(struct cpu *cpu, enum stream stream)
{
	barrier();
	WRITE_ONCE(cpu->busy[stream], 0);
}

/* Whether the ring took the batch or not, its numbers are used up: a gap is loss, and counted. */
#define batch__send(batch, message)                                                                \
	({                                                                                         \
		__u64 bytes = sizeof(*(batch));                                                    \
		(batch)->header.kind = (message);                                                  \
		(batch)->header.cpu = bpf_get_smp_processor_id();                                  \
		bpf_ringbuf_output(&ring, (batch), bytes, ring__flags(bytes));                     \
		(batch)->header.seq += BATCH_RECORDS_MAX;                                          \
		(batch)->header.count = 0;                                                         \
	})

/* The next free record of a batch. A full batch is sent at once, so the mask is for the verifier. */
#define batch__next(batch)                                                                         \
	(&(batch)->records[READ_ONCE((batch)->header.count) & (BATCH_RECORDS_MAX - 1)])

#define batch__commit(batch, message)                                                              \
	({                                                                                         \
		if (++(batch)->header.count >= BATCH_RECORDS_MAX)                                  \
			batch__send(batch, message);                                               \
	})

/* Where a message is put together. One program at a time has a cpu's: `flush`, sys_enter and sys_exit
 * run with preemption off, and none of them in an interrupt. */
struct outbox {
	struct message_header header;
	union {
		__u8 records[BATCH_RECORDS_MAX * sizeof(struct arguments_record)]; /* the largest kind */
		struct string_record string;
	};
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct outbox);
} outboxes SEC(".maps");

/*
 * Empties a batch that is not full. Where user space flushes the cpu it runs on itself, interrupts
 * are on, and one of them may stage a wakeup right here: so the records are copied aside, and taken
 * only if their number is still the same. Returns false if it must be tried again.
 */
#define batch__flush(batch, message, outbox)                                                       \
	({                                                                                         \
		__u64 count = READ_ONCE((batch)->header.count), bytes;                             \
		bool done = count == 0;                                                            \
		barrier_var(count); /* one comparison by itself, which the verifier follows */     \
		if (!done && count <= BATCH_RECORDS_MAX) {                                         \
			bytes = count * sizeof((batch)->records[0]);                               \
			barrier_var(bytes); /* or clang adds the header by `or` */           \
			(outbox)->header.kind = (message);                                         \
			(outbox)->header.cpu = bpf_get_smp_processor_id();                         \
			(outbox)->header.count = count;                                            \
			(outbox)->header.seq = (batch)->header.seq;                                \
			bpf_probe_read_kernel((outbox)->records, bytes, (batch)->records);         \
			if (__sync_val_compare_and_swap(&(batch)->header.count, (__u32)count, 0) ==\
			    count) {                                                               \
				(batch)->header.seq += count;                                      \
				bpf_ringbuf_output(&ring, outbox, sizeof((outbox)->header) + bytes,\
						   BPF_RB_NO_WAKEUP);                              \
				done = true;                                                       \
			}                                                                          \
		}                                                                                  \
		done;                                                                              \
	})

#endif
