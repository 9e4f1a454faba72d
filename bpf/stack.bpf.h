/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/*
 * Stacks of off-CPU periods, named by a 64-bit hash and sent once. Kernel stacks come from the
 * kernel's own unwinder. User stacks do not: bpf_get_stack() pays a checked user access per frame,
 * so instead one or two pages of the stack are copied at once and the frame pointers followed in
 * the copy, which costs the same for 60 frames as for 8.
 *
 *   user memory      sp ........ page end ........ +4 KB
 *                     |   head        |    tail      |
 *   scratch->bytes   [0 ......... <= 4096 ........ <= 8192]
 *
 * The copy is made page by page because the thread's stack may end within it.
 */
#ifndef OFFCUT_STACK_BPF_H
#define OFFCUT_STACK_BPF_H

#include "filter.bpf.h"

#define SEEN_SLOTS 65536u     /* 512 KB: stacks known to user space, direct-mapped */
#define COPY_PAGE_BYTES 4096u /* a read that stays within one page fails wholly or not at all */
#define FRAME_REACH_MAX (1u << 20) /* a caller's frame further up than this is no frame */

const volatile bool stacks;                    /* take stacks at all */
const volatile __u64 stack_min_ns = 100000;    /* of periods at least this long */

struct stack_message {
	struct message_header header;
	struct stack_record record;
};

struct stack_scratch {
	struct stack_message message;
	__u8 bytes[3 * COPY_PAGE_BYTES]; /* the third page is never filled: room for the verifier */
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

static __always_inline __u64 hash__add(__u64 hash, __u64 word)
{
	hash = (hash ^ word) * 0x9e3779b97f4a7c15ull;
	return hash ^ (hash >> 29);
}

/* Sends the stack unless user space knows it. Returns its hash, 0 if user space could not be told. */
static __always_inline __u64 stack__send(struct stack_scratch *scratch, __u64 hash)
{
	struct stack_message *message = &scratch->message;
	__u32 slot, depth = message->record.depth;
	__u64 *known;

	hash = hash ? hash : 1;
	slot = (__u32)hash & (SEEN_SLOTS - 1);
	known = bpf_map_lookup_elem(&seen, &slot);
	if (!known || *known == hash)
		return hash;
	if (depth > FRAMES_MAX)
		return 0;
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
	__u64 hash = 0;
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
	for (__u32 i = 0; i < FRAMES_MAX && i < record->depth; i++)
		hash = hash__add(hash, record->frames[i]);
	return stack__send(scratch, hash);
}

/* Copies the stack from sp on. Returns how many bytes there are. */
static __always_inline __u32 user_stack__copy(struct stack_scratch *scratch, __u64 sp)
{
	__u32 head = COPY_PAGE_BYTES - ((__u32)sp & (COPY_PAGE_BYTES - 1));

	if (bpf_probe_read_user(scratch->bytes, head, (const void *)sp))
		return 0;
	if (head > COPY_PAGE_BYTES)
		return 0;
	if (bpf_probe_read_user(scratch->bytes + head, COPY_PAGE_BYTES, (const void *)(sp + head)))
		return head;
	return head + COPY_PAGE_BYTES;
}

/*
 * Follows the frame pointers: each points at the caller's, with the return address above it.
 * Whatever does not look like that ends the walk: programs without frame pointers keep other
 * things in that register.
 */
static __always_inline __u64 user_stack__walk(struct stack_scratch *scratch, __u32 copied,
					      struct user_registers *user, __u64 hash)
{
	struct stack_record *record = &scratch->message.record;
	__u64 above = user->sp, frame = user->frame, address;
	__u32 depth = 1;

	record->frames[0] = user->ip;
	hash = hash__add(hash, user->ip);
	record->flags = STACK_TRUNCATED;
	while (depth < FRAMES_MAX) {
		__u64 offset = frame - user->sp;

		if (frame < above || (frame & 7) || offset >= FRAME_REACH_MAX) {
			record->flags = 0;
			break;
		}
		if (offset + 16 > copied || offset > 2 * COPY_PAGE_BYTES)
			break;
		address = user_address(*(__u64 *)&scratch->bytes[offset + 8]);
		if (address < COPY_PAGE_BYTES) {
			record->flags = 0;
			break;
		}
		record->frames[depth] = address;
		hash = hash__add(hash, address);
		depth++;
		above = frame + 16;
		frame = *(__u64 *)&scratch->bytes[offset];
	}
	record->depth = depth;
	return hash;
}

/*
 * The current thread's user stack. Between leaving the cpu inside a system call and that call's
 * exit no user code runs, so at the exit registers and stack are still those of the period.
 * Returns its hash, 0 if it could not be delivered.
 */
static __noinline __u64 user_stack__take(struct task_struct *task, struct pt_regs *regs,
					 __u32 owner)
{
	struct stack_scratch *scratch = scratch__of(owner);
	struct user_registers user;
	__u64 hash;
	__u32 copied;

	if (!scratch || !task || !regs)
		return 0;
	regs__user(regs, &user);
	/* The process, its program (exec starts it anew) and then the frames. */
	hash = hash__add(hash__add(hash__add(1, task->tgid), task->group_leader->start_time),
			 task->self_exec_id);
	copied = user_stack__copy(scratch, user.sp);
	hash = user_stack__walk(scratch, copied, &user, hash);
	scratch->message.record.pid = task->tgid;
	scratch->message.record.kind = STACK_USER;
	return stack__send(scratch, hash);
}

#endif
