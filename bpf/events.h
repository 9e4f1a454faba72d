/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/*
 * What crosses the ring buffer: the ABI between the two halves of one build, which may change any
 * day. It is not the file format (capture/FORMAT.md is). Included by the BPF programs and by
 * capture/, so it needs __u8 .. __u64 and __s64 to be defined before it.
 *
 * A message is a header and then `count` records of one kind, all from one cpu:
 *
 *   +----------------+----------+----------+-----
 *   | message_header | record 0 | record 1 | ...
 *   +----------------+----------+----------+-----
 *
 * Switch, wake, syscall and arguments records come in batches from a per-cpu staging buffer; a
 * stack, a task or a string comes alone, and always before the first record on that cpu that refers
 * to it or that it belongs to. What a snapshot finds does not cross the ring, but is laid out alike.
 */
#ifndef OFFCUT_EVENTS_H
#define OFFCUT_EVENTS_H

#define BATCH_RECORDS_MAX 64   /* staging: one ring operation per 64 events */
#define FRAMES_MAX 127         /* frames of one stack; StackDepthMax of the format */
#define DUMP_BYTES_MAX 65536   /* of one user stack; --stack-bytes, DumpBytesMax of the format */
#define COMM_BYTES 16
#define CALL_ARGUMENTS 6       /* registers a system call's arguments come in */
#define STRING_BYTES_MAX 256   /* of a string argument; --strings */
#define ADDRESS_BYTES_MAX 128  /* of a socket address: sockaddr_storage */
#define SYSCALL_NR_MAX 512     /* counted numbers per ABI; larger ones share the last counter */
#define OFFCPU_CLASSES 7       /* OffcpuClass of the format, Preempted .. Other */
#define TID_OTHER 0xffffffffu  /* a thread outside the filters */

enum message_kind {
	MESSAGE_SWITCH = 1,
	MESSAGE_WAKE = 2,
	MESSAGE_SYSCALL = 3,
	MESSAGE_ARGUMENTS = 4,
	MESSAGE_STACK = 5,
	MESSAGE_TASK = 6,
	MESSAGE_STRING = 7,
	MESSAGE_DUMP = 8,
	MESSAGE_SNAPSHOT = 9,
};

/* The four programs that write records: index of their staging buffers and counters. */
enum stream {
	STREAM_SWITCH = 0,
	STREAM_WAKE = 1,
	STREAM_SYSCALL = 2,
	STREAM_ARGUMENTS = 3,
	STREAMS = 4,
};

struct message_header {
	__u16 kind;  /* enum message_kind */
	__u16 cpu;
	__u32 count; /* records that follow */
	__u64 seq;   /* ordinal of the first record among all events this program saw on this cpu,
		      * delivered or not; 0 for what comes alone */
};

enum switch_flag { SWITCH_PREEMPTED = 1, SWITCH_COMPAT = 2 };

struct switch_record {
	__u64 time_ns;
	__u64 kernel_stack; /* hash of the stack `next` was off the cpu on, 0 none */
	__u64 user_stack;   /* hash of next's user stack if it was taken when it left, 0 none */
	__u32 prev_tid;     /* or TID_OTHER */
	__u32 next_tid;
	__u32 prev_state;   /* raw task->__state */
	__s16 prev_nr;      /* system call prev is in, -1 none */
	__u16 flags;        /* enum switch_flag */
};

enum wake_flag { WAKE_INTERRUPT = 1 };

struct wake_record {
	__u64 time_ns;
	__u32 waker_tid;
	__u32 wakee_tid;
	__u32 target_cpu;
	__u32 flags; /* enum wake_flag */
};

enum syscall_flag { SYSCALL_COMPAT = 1, SYSCALL_NO_ENTER = 2 };

struct syscall_record {
	__u64 time_ns;     /* of the exit */
	__u64 duration_ns; /* 0 with SYSCALL_NO_ENTER */
	__u64 offcpu_ns;   /* of it off the cpu */
	__s64 result;
	__u64 user_stack;  /* hash, 0 none: of the periods inside this call over the threshold */
	__u32 tid;
	__s16 nr;
	__u16 flags; /* enum syscall_flag */
};

struct arguments_record {
	__u64 time_ns; /* of the enter */
	__u64 arguments[CALL_ARGUMENTS];
	__u32 tid;
	__s16 nr;
	__u16 flags; /* SYSCALL_COMPAT or 0 */
};

/* What is recorded of a call when it begins, one byte for each number of an ABI. Which arguments
 * point to strings or socket addresses is in capture/string_arguments.c. */
enum argument_want {
	WANT_STRINGS = 0x0f, /* bits 0 to 3: that argument points to a string */
	WANT_ADDRESS_1 = 0x10, /* argument 1 points to a socket address of as many bytes as 2 says */
	WANT_ADDRESS_4 = 0x20, /* argument 4 and 5 likewise */
	WANT_ARGUMENTS = 0x80,
};

enum string_flag { STRING_TRUNCATED = 1, STRING_UNREADABLE = 2, STRING_ADDRESS = 0x100 };

struct string_record {
	__u64 time_ns; /* of the enter */
	__u32 tid;
	__u16 argument;
	__u16 flags; /* enum string_flag; STRING_ADDRESS: bytes are a struct sockaddr */
	__u32 length; /* bytes that cross the ring */
	__u8 bytes[STRING_BYTES_MAX + 4]; /* and the NUL that was read with them */
};

enum stack_kind { STACK_KERNEL = 1, STACK_USER = 2 };
enum stack_flag { STACK_TRUNCATED = 1, STACK_EXACT_IP = 2 };

struct stack_record {
	__u64 hash; /* of pid, the life of its address space, and the frames; never 0 */
	__u64 time_ns;
	__u32 pid;  /* 0 for kernel stacks */
	__u16 kind; /* enum stack_kind */
	__u16 flags;
	__u32 depth;
	__u32 reserved;
	__u64 frames[FRAMES_MAX]; /* leaf first; only `depth` of them cross the ring */
};

/* Numbered as DWARF does: the registers of a function's caller are found by those numbers. */
#if defined(__TARGET_ARCH_x86) || defined(__x86_64__)
#define DUMP_REGISTERS 17 /* rax rdx rcx rbx rsi rdi rbp rsp r8 .. r15, rip */
#define DUMP_SP 7
#else
#define DUMP_REGISTERS 33 /* x0 .. x30, sp, pc */
#define DUMP_SP 31
#endif

enum dump_flag { DUMP_TRUNCATED = 1, DUMP_EXACT_IP = 2 };

/* A user stack to be unwound by whoever reads the recording. What of it the file gets is decided in
 * user space: these are all the bytes there were. */
struct dump_record {
	__u64 hash; /* of pid, the life of its address space and what tells stacks apart; never 0 */
	__u64 time_ns;
	__u32 pid;
	__u32 flags;  /* enum dump_flag; truncated: as many bytes as were asked for, not the stack's end */
	__u32 length; /* of the bytes that follow the record: the stack from its pointer, rounded down to 8 */
	__u32 reserved;
	__u64 registers[DUMP_REGISTERS];
};

#define SNAPSHOT_STACK_BYTES_MAX 16384 /* what an iterator says of a thread must fit into 32 KB */

/* Before each message of a snapshot, which come one after the other from a file. */
struct snapshot_part {
	__u32 bytes; /* of the message */
	__u32 reserved;
};

/* A thread that was off the cpu when it was asked. */
struct snapshot_record {
	__u64 time_ns;
	__u64 kernel_stack; /* hashes, 0 none */
	__u64 user_stack;
	__u32 tid;
	__u32 state; /* raw task->__state */
	__s16 nr;    /* system call it is in, -1 none */
	__u16 flags; /* enum switch_flag */
	__u32 reserved;
};

enum task_flag { TASK_KERNEL_THREAD = 1 };

struct task_record { /* first sight of a thread by any program */
	__u64 time_ns;
	__u64 start_ns; /* CLOCK_MONOTONIC */
	__u64 cgroup;
	__u32 tid;
	__u32 pid;
	__u32 parent_pid;
	__u32 flags;
	char comm[COMM_BYTES];
};

/* Exact counters, per cpu; summed by user space. */
struct syscall_count {
	__u64 count;
	__u64 errors;
	__u64 time_ns;
};

struct offcpu_count {
	__u64 periods;
	__u64 time_ns;
};

_Static_assert(sizeof(struct message_header) == 16, "message_header");
_Static_assert(sizeof(struct switch_record) == 40, "switch_record");
_Static_assert(sizeof(struct wake_record) == 24, "wake_record");
_Static_assert(sizeof(struct syscall_record) == 48, "syscall_record");
_Static_assert(sizeof(struct arguments_record) == 64, "arguments_record");
_Static_assert(sizeof(struct string_record) == 280, "string_record");
_Static_assert(sizeof(struct stack_record) == 32 + 8 * FRAMES_MAX, "stack_record");
_Static_assert(sizeof(struct dump_record) == 32 + 8 * DUMP_REGISTERS, "dump_record");
_Static_assert(sizeof(struct snapshot_record) == 40, "snapshot_record");
_Static_assert(sizeof(struct task_record) == 56, "task_record");

#endif
