/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/*
 * What a call was asked to do: its six argument registers, and the strings and socket addresses that
 * some of them point to, taken at sys_enter, when both are certain to be what the kernel will see.
 * What is wanted of which call is a table that user space fills in; a call whose byte is 0 costs one
 * load, and recordings that ask for no arguments have none of this.
 *
 *   enter  string, string -> ring          (alone, each refused one counted)
 *          arguments_record -> cpu->arguments
 *   exit   string -> ring                  (what could not be read before, or is marked unreadable)
 *
 * User memory is read without faulting it in. One in a hundred strings lies on a page which its
 * program has not touched yet, and which is there when the call ends.
 */
#ifndef OFFCUT_ARGUMENTS_BPF_H
#define OFFCUT_ARGUMENTS_BPF_H

#include "sched.bpf.h"

#define STRING_ARGUMENTS_MAX 4 /* bits of WANT_STRINGS */
#define IS_STRING 0xffffffffu

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

/*
 * What argument `argument` points to, a socket address unless address_bytes is IS_STRING. Returns 1
 * if it cannot be read but may be later: while the call begins, when strings_due is 0 yet. Null
 * pointers and addresses of no bytes are passed over. Out of line: it is called once for each
 * argument that may be one.
 */
static __noinline int string__take(struct outbox *outbox, struct cpu *cpu, __u32 argument,
				   __u64 pointer, __u32 address_bytes)
{
	__u64 head = sizeof(outbox->header) + offsetof(struct string_record, bytes);
	struct string_record *string;
	__u32 bytes;

	if (!outbox || !cpu || (!cpu->call.strings_due && (!pointer || !address_bytes)))
		return 0;
	string = &outbox->string;
	string->argument = argument;
	string->flags = 0;
	bytes = address_bytes == IS_STRING ? string__read(string, pointer)
					   : address__read(string, pointer, address_bytes);
	if (string->flags & STRING_UNREADABLE && !cpu->call.strings_due)
		return 1;
	barrier_var(bytes); /* one comparison by itself, which the verifier follows */
	if (bytes > STRING_BYTES_MAX)
		return 0;
	string->length = bytes;
	if (bpf_ringbuf_output(&ring, outbox, head + bytes, ring__flags(head + bytes)))
		cpu->strings_refused++;
	return 0;
}

/* Those of the call on this cpu that `wanted` names; returns those of them that are still due. */
static __always_inline __u32 strings__take(struct cpu *cpu, __u32 wanted,
					   const __u64 arguments[CALL_ARGUMENTS])
{
	__u32 key = 0, due = 0;
	struct outbox *outbox = bpf_map_lookup_elem(&outboxes, &key);

	if (!outbox)
		return 0;
	outbox->header.kind = MESSAGE_STRING;
	outbox->header.cpu = bpf_get_smp_processor_id();
	outbox->header.count = 1;
	outbox->header.seq = 0;
	outbox->string.time_ns = cpu->call.enter_ns;
	outbox->string.tid = cpu->owner_tid;
#pragma unroll
	for (int i = 0; i < STRING_ARGUMENTS_MAX; i++)
		if (wanted & 1u << i && string__take(outbox, cpu, i, arguments[i], IS_STRING))
			due |= 1u << i;
	if (wanted & WANT_ADDRESS_1 && string__take(outbox, cpu, 1, arguments[1], arguments[2]))
		due |= WANT_ADDRESS_1;
	if (wanted & WANT_ADDRESS_4 && string__take(outbox, cpu, 4, arguments[4], arguments[5]))
		due |= WANT_ADDRESS_4;
	return due;
}

/* The call that has just begun on this cpu. */
static __always_inline void arguments__take(const struct pt_regs *regs, struct cpu *cpu)
{
	struct arguments_record *record = batch__next(&cpu->arguments);
	__u32 nr = cpu->call.nr, abi = cpu->call.compat, key = 0, wanted;
	const struct argument_wants *table = bpf_map_lookup_elem(&wants, &key);

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
	if (string_bytes && wanted & ~WANT_ARGUMENTS)
		cpu->call.strings_due = strings__take(cpu, wanted, record->arguments);
	batch__commit(&cpu->arguments, MESSAGE_ARGUMENTS);
}

/* The call on this cpu ends: what its strings lie in, the kernel has fetched by now. (An exec that
 * went well has left them behind, and its registers are 0.) */
static __always_inline void arguments__end(const struct pt_regs *regs, struct cpu *cpu)
{
	__u64 arguments[CALL_ARGUMENTS];

	if (!string_bytes || !cpu->call.strings_due)
		return;
	regs__arguments(regs, cpu->call.compat, arguments);
	strings__take(cpu, cpu->call.strings_due, arguments);
}

#endif
