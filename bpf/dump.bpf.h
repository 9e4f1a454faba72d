/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/*
 * Whole user stacks: registers and the bytes above the stack pointer, from which a reader unwinds
 * frames, whether or not the program has frame pointers. Copied a page at a time, because the page
 * above may not be there; the first KB alone, and the rest only of a stack that is new.
 *
 *   user memory   sp [ 1 KB ]---------------- page |------- page |---- ... up to --stack-bytes
 *                      |                      \______ if not seen and within the budget ______/
 *                      hash of what in it looks like an address: seen?
 *
 * What a stack costs the first time is bounded per cpu and second; beyond that, and where there is no
 * such stack, the frame pointers are walked. What was refused is counted.
 */
#ifndef OFFCUT_DUMP_BPF_H
#define OFFCUT_DUMP_BPF_H

#include "stack.bpf.h"

#define COPY_BYTES 4096u /* at most at once: no page is smaller */
#define COPY_STEPS (DUMP_BYTES_MAX / COPY_BYTES + 2)
#define BUDGET_SPAN_NS 1000000000ull /* what was not used in it is gone */

const volatile __u32 stack_bytes = 8192;       /* of a user stack; 0: frame pointers only */
const volatile bool user_stacks = true;        /* take any */
const volatile bool preempted_stacks;          /* whole ones of threads that were preempted, too */
const volatile bool exact_stacks;              /* every byte tells stacks apart */
const volatile __u64 dump_ns_each = 500000;    /* 2,000 a second on each cpu, */
const volatile __u64 dump_ns_per_kb = 125000;  /* and 8 MB */

struct dump_message {
	struct message_header header;
	struct dump_record record;
};

struct dump_scratch {
	struct dump_message message;
	/* The verifier knows bounds of an offset and of a length, and not that their sum has one. */
	__u8 bytes[DUMP_BYTES_MAX + COPY_BYTES];
};

/* By cpu: it is too large for a per-cpu map. The two programs that use it, sched_switch and sys_exit,
 * run with preemption off and never inside each other. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* user space sets it to the number of possible cpus */
	__type(key, __u32);
	__type(value, struct dump_scratch);
} dump_scratches SEC(".maps");

struct copy {
	struct dump_scratch *scratch;
	__u64 from;
	__u64 limit;
	__u64 length; /* that is there */
};

static long copy__step(__u32 index, void *context)
{
	struct copy *copy = context;
	__u64 offset = copy->length, left = copy->limit - offset, bytes;

	if (offset >= copy->limit || offset >= DUMP_BYTES_MAX)
		return 1;
	bytes = COPY_BYTES - ((copy->from + offset) & (COPY_BYTES - 1));
	if (bytes > left)
		bytes = left;
	barrier_var(bytes); /* one comparison by itself, which the verifier follows */
	if (bytes > COPY_BYTES)
		return 1;
	if (bpf_probe_read_user(copy->scratch->bytes + offset, bytes,
				(const void *)(copy->from + offset)))
		return 1;
	copy->length = offset + bytes;
	return 0;
}

/* Up to `limit` bytes of the stack. */
static __always_inline void copy__up_to(struct copy *copy, __u64 limit)
{
	copy->limit = limit;
	bpf_loop(COPY_STEPS, copy__step, copy, 0);
}

/* The hash takes whole steps: behind the stack come zeros. */
static __always_inline __u64 copy__hash(const struct copy *copy, const struct task_struct *task)
{
	__u64 end = copy->length;

	barrier_var(end);
	if (end > DUMP_BYTES_MAX)
		return 0;
	__builtin_memset(copy->scratch->bytes + end, 0, 8 * (WORDS_PER_STEP - 1));
	return dump__hash(task, &copy->scratch->message.record, (const __u64 *)copy->scratch->bytes,
			  end, exact_stacks);
}

/* A bucket as the time at which it is full again: no rate has to be added up. The last stack may take
 * more bytes than there were left. */
static __always_inline bool budget__allows(struct cpu *cpu, __u64 now)
{
	if (cpu->dump_count_due_ns < now)
		cpu->dump_count_due_ns = now;
	if (cpu->dump_bytes_due_ns < now)
		cpu->dump_bytes_due_ns = now;
	return cpu->dump_count_due_ns + dump_ns_each <= now + BUDGET_SPAN_NS &&
	       cpu->dump_bytes_due_ns < now + BUDGET_SPAN_NS;
}

static __always_inline void budget__spend(struct cpu *cpu, __u64 bytes)
{
	cpu->dump_count_due_ns += dump_ns_each;
	cpu->dump_bytes_due_ns += bytes / 1024 * dump_ns_per_kb;
}

static __always_inline bool dump__send(struct copy *copy, struct cpu *cpu)
{
	struct dump_message *message = &copy->scratch->message;
	__u64 bytes = copy->length;

	barrier_var(bytes);
	if (bytes > DUMP_BYTES_MAX)
		return false;
	message->header.kind = MESSAGE_DUMP;
	message->header.cpu = bpf_get_smp_processor_id();
	message->header.count = 1;
	message->header.seq = 0;
	message->record.length = bytes;
	message->record.reserved = 0;
	if (bytes >= stack_bytes)
		message->record.flags |= DUMP_TRUNCATED;
	bytes += sizeof(*message);
	if (!bpf_ringbuf_output(&ring, message, bytes, ring__flags(bytes)))
		return true;
	cpu->dumps_refused++;
	return false;
}

/* Copies what is missing and sends it, unless user space knows it. Returns its hash or 0. */
static __always_inline __u64 dump__deliver(struct copy *copy, struct task_struct *task,
					   struct cpu *cpu)
{
	__u64 hash = copy__hash(copy, task), now;
	__u64 *known = seen__slot(hash);

	if (!known || *known == hash)
		return hash;
	now = bpf_ktime_get_ns();
	if (!budget__allows(cpu, now)) {
		cpu->dumps_over_budget++;
		return 0;
	}
	if (!exact_stacks && copy->length >= KEY_BYTES)
		copy__up_to(copy, stack_bytes);
	budget__spend(cpu, copy->length);
	copy->scratch->message.record.hash = hash;
	copy->scratch->message.record.time_ns = now;
	if (!dump__send(copy, cpu))
		return 0;
	*known = hash;
	return hash;
}

/* The current thread's registers and stack. Returns its hash, 0 if there is none or it was not
 * delivered: that has been counted. */
static __noinline __u64 dump__take(struct task_struct *task, struct pt_regs *regs, struct cpu *cpu)
{
	__u32 key = bpf_get_smp_processor_id();
	struct copy copy = { .scratch = bpf_map_lookup_elem(&dump_scratches, &key) };
	struct dump_record *record;

	if (!copy.scratch || !task || !regs || !cpu)
		return 0;
	record = &copy.scratch->message.record;
	record->pid = task->tgid;
	record->flags = regs__nr(regs) < 0 ? DUMP_EXACT_IP : 0;
	regs__dump(regs, record->registers);
	copy.from = record->registers[DUMP_SP] & ~7ull;
	copy__up_to(&copy, exact_stacks ? stack_bytes : KEY_BYTES);
	if (!copy.length)
		return 0;
	return dump__deliver(&copy, task, cpu);
}

/*
 * The current thread's user stack, whole if `whole`, else by frame pointers. Between leaving the cpu
 * inside a system call and that call's exit no user code runs, so at the exit registers and stack
 * are still those of the period. Returns its hash, 0 if it could not be delivered.
 */
static __always_inline __u64 user_stack__take(struct task_struct *task, struct pt_regs *regs,
					      struct cpu *cpu, enum scratch_owner owner, bool whole)
{
	__u64 hash = 0;

	if (stack_bytes && whole && !regs__of_32_bits(regs))
		hash = dump__take(task, regs, cpu);
	if (!hash)
		hash = user_frames__take(task, regs, owner);
	if (!hash)
		cpu->stacks_refused++;
	return hash;
}

#endif
