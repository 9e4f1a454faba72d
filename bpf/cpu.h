/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/*
 * What the programs keep per cpu, one element of the `cpus` map each: staging buffers, the system
 * call the running thread is in, exact counters. User space maps the whole array into its memory,
 * so that it sees who has records waiting, and reads every counter, without a system call.
 *
 * Only programs on that cpu write an element, and each staging buffer has one writer, the program
 * of its stream, so nothing here needs a lock or an atomic. (The exception, the wake buffer while
 * it is being flushed, is explained in staging.bpf.h.)
 */
#ifndef OFFCUT_CPU_H
#define OFFCUT_CPU_H

#include "events.h"

struct switch_batch {
	struct message_header header; /* count: records waiting; seq + count: events seen */
	struct switch_record records[BATCH_RECORDS_MAX];
};

struct wake_batch {
	struct message_header header;
	struct wake_record records[BATCH_RECORDS_MAX];
};

struct syscall_batch {
	struct message_header header;
	struct syscall_record records[BATCH_RECORDS_MAX];
};

struct arguments_batch {
	struct message_header header;
	struct arguments_record records[BATCH_RECORDS_MAX];
};

/* A system call in progress. It follows its thread: sched_switch saves and restores it. */
struct call {
	__u64 enter_ns; /* 0: none */
	__u64 offcpu_ns;
	__s32 nr;
	bool compat;
	bool stack_due; /* a period over the threshold happened in it: take the stack at its exit */
	__u8 strings_due; /* enum argument_want: those that could not be read when it began */
	__u8 reserved;
};

enum syscall_abi { ABI_NATIVE = 0, ABI_COMPAT = 1, ABIS = 2 };

struct argument_wants {
	__u8 of[ABIS][SYSCALL_NR_MAX]; /* enum argument_want of each call */
};

struct cpu {
	/* Set first thing in a program, before it reads the clock, and cleared last: while it is 0,
	 * every record older than now has been staged. */
	__u32 busy[STREAMS];
	__u32 admitted;              /* are events of the owner recorded? */
	__u64 owner;                 /* task whose turn it is here, as far as it was seen */
	__u64 owner_regs;            /* its saved registers, once it entered a call here; 0 unknown */
	__u32 owner_tid;
	__u32 reserved;
	__u64 preempt_count;         /* address, see in_interrupt() */
	__u64 threads_refused;       /* no memory for a thread's state */
	__u64 stacks_refused;        /* a stack was due and could not be taken or delivered */
	__u64 strings_refused;       /* by the ring */
	__u64 dumps_refused;         /* by the ring */
	__u64 dumps_over_budget;     /* see dump.bpf.h */
	__u64 dump_count_due_ns;     /* dumps that were sent have used up the budget until then */
	__u64 dump_bytes_due_ns;     /* and their bytes */
	struct call call;            /* of the owner */
	struct offcpu_count offcpu[OFFCPU_CLASSES];
	struct switch_batch switches;
	struct wake_batch wakes;
	struct syscall_batch syscalls;
	struct arguments_batch arguments;
	struct syscall_count calls[ABIS][SYSCALL_NR_MAX + 1];
} __attribute__((aligned(64)));

_Static_assert(sizeof(struct call) == 24, "call");
_Static_assert(sizeof(struct cpu) % 64 == 0, "elements of the cpus map must not share cache lines");

#endif
