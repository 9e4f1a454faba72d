/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/*
 * The kernel half of offcut: small, bounded, never formats. Reading order: events.h (what leaves),
 * cpu.h (what is kept per cpu), staging (how it leaves), filter (whose), stack, dump, sched,
 * arguments, syscall.
 * Here are the two programs that user space runs itself, by BPF_PROG_TEST_RUN. (The iterator over
 * sleeping threads, snapshot.bpf.c, is loaded by itself.)
 */
#include "syscall.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* The recording process, as this kernel numbers it: inside a pid namespace getpid() differs. */
SEC("raw_tp/identify")
int identify(void *ctx)
{
	capture_pid = bpf_get_current_pid_tgid() >> 32;
	return 0;
}

/* Sends what waits in this cpu's buffers. Returns the streams, as bits, that must be tried again
 * because their program was interrupted half-way. */
SEC("raw_tp/flush")
int flush(void *ctx)
{
	struct cpu *cpu = cpu__this();
	__u32 key = 0, again = 0;
	struct outbox *outbox = bpf_map_lookup_elem(&outboxes, &key);

	if (!cpu || !outbox)
		return 0;
	if (cpu->busy[STREAM_SWITCH] || !batch__flush(&cpu->switches, MESSAGE_SWITCH, outbox))
		again |= 1u << STREAM_SWITCH;
	if (cpu->busy[STREAM_WAKE] || !batch__flush(&cpu->wakes, MESSAGE_WAKE, outbox))
		again |= 1u << STREAM_WAKE;
	if (cpu->busy[STREAM_SYSCALL] || !batch__flush(&cpu->syscalls, MESSAGE_SYSCALL, outbox))
		again |= 1u << STREAM_SYSCALL;
	if (record_arguments && (cpu->busy[STREAM_ARGUMENTS] ||
				 !batch__flush(&cpu->arguments, MESSAGE_ARGUMENTS, outbox)))
		again |= 1u << STREAM_ARGUMENTS;
	return again;
}
