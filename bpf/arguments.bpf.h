/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/*
 * What a call was asked to do: its six argument registers, and the strings and socket addresses that
 * some of them point to, taken at sys_enter where both are certain to be the caller's. What is
 * wanted of which call is a table that user space fills in; a call whose byte is 0 costs one load,
 * and recordings that ask for no arguments have none of this.
 *
 *   enter -> string, string -> ring          (alone, each refused one counted)
 *         -> arguments_record -> cpu->arguments
 *
 * User memory is read without faulting it in: a string on a page that is not there (yet) is marked
 * unreadable.
 */
#ifndef OFFCUT_ARGUMENTS_BPF_H
#define OFFCUT_ARGUMENTS_BPF_H

#include "sched.bpf.h"

#define STRING_ARGUMENTS_MAX 4 /* bits of WANT_STRINGS */

const volatile bool record_arguments;
const volatile __u32 string_bytes; /* 0: no strings */

/* A map and not a constant like the options: as one it would be twice in the capture program. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct argument_wants);
} wants SEC(".maps");

/* Into the outbox: one byte more than asked for and the NUL, so that a longer one shows. Returns the
 * bytes to send. */
static __always_inline __u32 string__read(struct string_record *string, __u64 pointer)
{
	long bytes = bpf_probe_read_user_str(string->bytes, string_bytes + 2, (const void *)pointer);

	if (bytes < 0)
		string->flags = STRING_UNREADABLE;
	else if (bytes > string_bytes + 1)
		string->flags = STRING_TRUNCATED;
	return bytes < 1 ? 0 : bytes > string_bytes ? string_bytes : bytes - 1;
}

/* A socket address as it is in user memory: only user space has the room to print it. */
static __always_inline __u32 address__read(struct string_record *string, __u64 pointer,
					   __u32 bytes)
{
	barrier_var(bytes);
	if (bytes > ADDRESS_BYTES_MAX)
		bytes = ADDRESS_BYTES_MAX;
	string->flags = STRING_ADDRESS;
	if (!bpf_probe_read_user(string->bytes, bytes, (const void *)pointer))
		return bytes;
	string->flags |= STRING_UNREADABLE;
	return 0;
}

/* What argument `argument` points to; `address_bytes` where that is a socket address. Out of line:
 * it is called once for each argument that may be one. */
static __noinline int string__take(struct outbox *outbox, struct cpu *cpu, __u32 argument,
				   __u64 pointer, __u64 address_bytes)
{
	__u64 head = sizeof(outbox->header) + offsetof(struct string_record, bytes);
	struct string_record *string;
	__u32 bytes;

	if (!outbox || !cpu || !pointer)
		return 0;
	string = &outbox->string;
	string->argument = argument;
	string->flags = 0;
	bytes = address_bytes ? address__read(string, pointer, address_bytes)
			      : string__read(string, pointer);
	barrier_var(bytes); /* one comparison by itself, which the verifier follows */
	if (bytes > STRING_BYTES_MAX)
		return 0;
	string->length = bytes;
	if (bpf_ringbuf_output(&ring, outbox, head + bytes, ring__flags(head + bytes)))
		cpu->strings_refused++;
	return 0;
}

static __always_inline void strings__take(struct outbox *outbox, struct cpu *cpu, __u32 wanted,
					  const struct arguments_record *record)
{
	outbox->header.kind = MESSAGE_STRING;
	outbox->header.cpu = bpf_get_smp_processor_id();
	outbox->header.count = 1;
	outbox->header.seq = 0;
	outbox->string.time_ns = record->time_ns;
	outbox->string.tid = record->tid;
#pragma unroll
	for (int i = 0; i < STRING_ARGUMENTS_MAX; i++)
		if (wanted & 1u << i)
			string__take(outbox, cpu, i, record->arguments[i], 0);
	if (wanted & WANT_ADDRESS_1 && record->arguments[2])
		string__take(outbox, cpu, 1, record->arguments[1], record->arguments[2]);
	if (wanted & WANT_ADDRESS_4 && record->arguments[5])
		string__take(outbox, cpu, 4, record->arguments[4], record->arguments[5]);
}

/* The call that has just begun on this cpu. */
static __always_inline void arguments__take(const struct pt_regs *regs, struct cpu *cpu)
{
	struct arguments_record *record = batch__next(&cpu->arguments);
	__u32 nr = cpu->call.nr, abi = cpu->call.compat, key = 0, wanted;
	const struct argument_wants *table = bpf_map_lookup_elem(&wants, &key);
	struct outbox *outbox;

	barrier_var(abi); /* the verifier does not know that a bool is 0 or 1: the mask must stay */
	if (!table || nr >= SYSCALL_NR_MAX)
		return;
	wanted = table->of[abi & 1][nr];
	if (!wanted)
		return;
	record->time_ns = cpu->call.enter_ns;
	regs__arguments(regs, cpu->call.compat, record->arguments);
	record->tid = cpu->owner_tid;
	record->nr = nr;
	record->flags = cpu->call.compat ? SYSCALL_COMPAT : 0;
	if (string_bytes && wanted & ~WANT_ARGUMENTS) {
		outbox = bpf_map_lookup_elem(&outboxes, &key);
		if (outbox)
			strings__take(outbox, cpu, wanted, record);
	}
	batch__commit(&cpu->arguments, MESSAGE_ARGUMENTS);
}

#endif
