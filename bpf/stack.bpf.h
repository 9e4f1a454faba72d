/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/*
 * Stacks of off-CPU periods as frames, named by a 64-bit hash and sent once. Kernel stacks come from
 * the kernel's own unwinder. User stacks by frame pointers, where whole ones (dump.bpf.h) are not to
 * be had, do not: bpf_get_stack() pays a checked user access per frame.
 * Here the stack is copied a window at a time, from a frame to the end of its page, and the frame
 * pointers are followed in the copy: one or two copies for most stacks, and never one that a frame
 * does not lie in, since touching what is not there costs a fault.
 *
 *   user memory    sp | frame -> frame ---> frame --> | page end |  frame ...
 *   window             [------------ copied ---------]           [----- next window
 */
#ifndef OFFCUT_STACK_BPF_H
#define OFFCUT_STACK_BPF_H

#include "filter.bpf.h"
#include "hash.bpf.h"

_Static_assert((FRAMES_MAX & (FRAMES_MAX + 1)) == 0, "FRAMES_MAX is used as a mask");

#define SEEN_SLOTS 65536u     /* 512 KB: stacks known to user space, direct-mapped */
#define WINDOW_BYTES 4096u         /* at most: a page's worth, so that it is there wholly or not */
#define WINDOWS_MAX 8              /* of one stack */
#define FRAME_BYTES 16u            /* caller's frame, return address */
#define FRAME_REACH_MAX (1u << 20) /* a caller's frame further up than this is no frame */

const volatile bool stacks;                    /* take stacks at all */
const volatile __u64 stack_min_ns = 100000;    /* of periods at least this long */

struct stack_message {
	struct message_header header;
	struct stack_record record;
};

struct stack_scratch {
	struct stack_message message;
	__u64 window[WINDOW_BYTES / sizeof(__u64)];
};

/* One per program that takes stacks. */
enum scratch_owner { SCRATCH_SWITCH = 0, SCRATCH_SYSCALL = 1, SCRATCHES = 2 };

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SCRATCHES);
	__type(key, __u32);
	__type(value, struct stack_scratch);
} scratches SEC(".maps");

/*
 * Lossy on purpose: a stack that shares its slot with another is sent again when it returns, which
 * costs bytes and never an answer. A hash table could be full.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SEEN_SLOTS);
	__type(key, __u32);
	__type(value, __u64);
} seen SEC(".maps");

static __always_inline __u64 *seen__slot(__u64 hash)
{
	__u32 slot = (__u32)hash & (SEEN_SLOTS - 1);

	return bpf_map_lookup_elem(&seen, &slot);
}

/* Sends the stack unless user space knows it. Returns its hash, 0 if user space could not be told. */
static __always_inline __u64 stack__send(struct stack_scratch *scratch, __u64 seed)
{
	struct stack_message *message = &scratch->message;
	__u64 hash = frames__hash(&message->record, seed);
	__u64 depth = message->record.depth;
	__u64 *known = seen__slot(hash);

	if (!known || *known == hash)
		return hash;
	barrier_var(depth);
	depth &= FRAMES_MAX; /* it is no larger: for the verifier */
	message->header.kind = MESSAGE_STACK;
	message->header.cpu = bpf_get_smp_processor_id();
	message->header.count = 1;
	message->header.seq = 0;
	message->record.hash = hash;
	message->record.time_ns = bpf_ktime_get_ns();
	message->record.reserved = 0;
	if (!ring__send(message, sizeof(*message) - sizeof(message->record.frames) +
					 depth * sizeof(__u64)))
		return 0;
	*known = hash;
	return hash;
}

static __always_inline struct stack_scratch *scratch__of(__u32 owner)
{
	return bpf_map_lookup_elem(&scratches, &owner);
}

/* The kernel stack a thread that does not run waits on. Returns its hash, 0 if there is none. */
static __noinline __u64 kernel_stack__take(struct task_struct *task)
{
	struct stack_scratch *scratch = scratch__of(SCRATCH_SWITCH);
	struct stack_record *record;
	long bytes;

	if (!scratch || !task)
		return 0;
	record = &scratch->message.record;
	bytes = bpf_get_task_stack(task, record->frames, sizeof(record->frames), 0);
	if (bytes <= 0)
		return 0;
	record->pid = 0;
	record->kind = STACK_KERNEL;
	record->depth = (__u32)bytes / sizeof(__u64);
	record->flags = record->depth >= FRAMES_MAX ? STACK_TRUNCATED : 0;
	return stack__send(scratch, 0);
}

struct walk {
	struct stack_scratch *scratch;
	__u64 sp;    /* of the frame whose caller is looked for: stacks grow down, callers lie above */
	__u64 frame; /* of the caller, if it is one */
	__u64 window_start;
	__u32 window_bytes;
	__u32 windows; /* copied so far */
};

/* Makes the window hold the frame: copies from it to the end of its page unless that was done. */
static __always_inline bool walk__reach(struct walk *walk)
{
	__u32 bytes = WINDOW_BYTES - ((__u32)walk->frame & (WINDOW_BYTES - 1));

	if (walk->windows && walk->frame - walk->window_start + FRAME_BYTES <= walk->window_bytes)
		return true;
	if (++walk->windows > WINDOWS_MAX)
		return false;
	if (bytes < FRAME_BYTES)
		bytes = FRAME_BYTES;
	walk->window_start = walk->frame;
	walk->window_bytes = bytes;
	return bpf_probe_read_user(walk->scratch->window, bytes, (const void *)walk->frame) == 0;
}

/*
 * One caller up. Each frame pointer points at its caller's, with the return address above it.
 * Whatever does not look like that ends the walk: programs without frame pointers keep other things
 * in that register.
 */
static long walk__step(__u32 index, void *context)
{
	struct walk *walk = context;
	struct stack_scratch *scratch = walk->scratch;
	__u64 address, at;

	if (walk->frame < walk->sp || walk->frame - walk->sp >= FRAME_REACH_MAX ||
	    (walk->frame & 7) || !walk__reach(walk))
		return 1;
	at = (walk->frame - walk->window_start) / sizeof(__u64);
	if (at >= WINDOW_BYTES / sizeof(__u64) - 1 || index >= FRAMES_MAX - 1)
		return 1;
	address = user_address(scratch->window[at + 1]);
	if (address < WINDOW_BYTES)
		return 1;
	scratch->message.record.frames[index + 1] = address;
	scratch->message.record.depth = index + 2;
	walk->sp = walk->frame + FRAME_BYTES;
	walk->frame = scratch->window[at];
	return 0;
}

static __always_inline void user_stack__walk(struct stack_scratch *scratch,
					     const struct user_registers *user)
{
	struct stack_record *record = &scratch->message.record;
	struct walk walk = { .scratch = scratch, .sp = user->sp, .frame = user->frame };

	record->frames[0] = user->ip;
	record->depth = 1;
	bpf_loop(FRAMES_MAX - 1, walk__step, &walk, 0);
	record->flags = record->depth == FRAMES_MAX || walk.windows > WINDOWS_MAX ?
				STACK_TRUNCATED : 0;
}

/* The current thread's user stack by frame pointers. Returns its hash, 0 if it could not be
 * delivered. */
static __noinline __u64 user_frames__take(struct task_struct *task, struct pt_regs *regs,
					  __u32 owner)
{
	struct stack_scratch *scratch = scratch__of(owner);
	struct user_registers user;

	if (!scratch || !task || !regs)
		return 0;
	regs__user(regs, &user);
	user_stack__walk(scratch, &user);
	scratch->message.record.pid = task->tgid;
	scratch->message.record.kind = STACK_USER;
	if (regs__nr(regs) < 0)
		scratch->message.record.flags |= STACK_EXACT_IP;
	return stack__send(scratch, hash__of_process(task, HASH_FRAMES));
}

#endif
