/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/*
 * Where sleeping threads are, at one moment: an iterator over all threads that user space runs when
 * recording begins and before it ends. A thread that sleeps all the while meets no other program.
 * For each that was asked for and sleeps: its kernel stack, its user stack, its state, laid out as
 * ring messages (events.h), each behind its length. A program of its own, because kernels that lack
 * what it needs can record all the rest.
 *
 *   thread  asleep? --- stacks --- has it left the cpu since? then say nothing: it will tell itself
 */
#define HASHED_BYTES_MAX SNAPSHOT_STACK_BYTES_MAX
#include "asked_for.bpf.h"
#include "hash.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define COPY_BYTES 4096u
#define COPY_STEPS (SNAPSHOT_STACK_BYTES_MAX / COPY_BYTES + 2)

const volatile bool stacks = true;
const volatile __u32 stack_bytes = 8192; /* at most SNAPSHOT_STACK_BYTES_MAX; 0: no user stacks */
const volatile bool exact_stacks;
const volatile __u64 threads_max = 4096; /* asked in one run: the others are refused, and counted */

__u64 threads_asked, threads_refused; /* user space sets them to 0 before a run */

/* What is said of a thread. One reader at a time: one of it. */
struct thread_parts {
	struct {
		struct snapshot_part part;
		struct message_header header;
		struct stack_record record;
	} kernel;
	struct {
		struct snapshot_part part;
		struct message_header header;
		struct snapshot_record record;
	} snapshot;
	struct {
		struct snapshot_part part;
		struct message_header header;
		struct dump_record record;
		__u8 bytes[SNAPSHOT_STACK_BYTES_MAX + COPY_BYTES]; /* as in dump.bpf.h */
	} dump;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct thread_parts);
} thread_parts SEC(".maps");

struct iterated {
	struct bpf_iter_meta *meta;
	struct task_struct *task; /* NULL at the end */
};

static __always_inline void message__begin(struct message_header *header, enum message_kind kind)
{
	header->kind = kind;
	header->cpu = 0;
	header->count = 1;
	header->seq = 0;
}

/* Asleep, and not merely about to be. */
static __always_inline bool task__sleeps(const struct task_struct *task, __u32 state)
{
	return state != 0 && !(state & (TASK_DEAD | EXIT_ZOMBIE_OR_DEAD)) && !task->on_cpu;
}

/* Returns the hash, 0 if there is none. */
static __always_inline __u64 snapshot__kernel_stack(struct thread_parts *parts,
						    struct task_struct *task, __u64 now)
{
	struct stack_record *record = &parts->kernel.record;
	long bytes = bpf_get_task_stack(task, record->frames, sizeof(record->frames), 0);

	if (bytes <= 0)
		return 0;
	record->pid = 0;
	record->kind = STACK_KERNEL;
	record->depth = (__u32)bytes / sizeof(__u64);
	record->flags = record->depth >= FRAMES_MAX ? STACK_TRUNCATED : 0;
	record->time_ns = now;
	record->reserved = 0;
	record->hash = frames__hash(record, 0);
	message__begin(&parts->kernel.header, MESSAGE_STACK);
	return record->hash;
}

struct copy {
	struct thread_parts *parts;
	struct task_struct *task;
	__u64 from;
	__u64 length;
};

static long copy__step(__u32 index, void *context)
{
	struct copy *copy = context;
	__u64 offset = copy->length, left = stack_bytes - offset, bytes;

	if (offset >= stack_bytes || offset >= SNAPSHOT_STACK_BYTES_MAX)
		return 1;
	bytes = COPY_BYTES - ((copy->from + offset) & (COPY_BYTES - 1));
	if (bytes > left)
		bytes = left;
	barrier_var(bytes);
	if (bytes > COPY_BYTES)
		return 1;
	if (bpf_copy_from_user_task(copy->parts->dump.bytes + offset, bytes,
				    (const void *)(copy->from + offset), copy->task, 0))
		return 1;
	copy->length = offset + bytes;
	return 0;
}

static __always_inline __u64 snapshot__user_stack(struct thread_parts *parts,
						  struct task_struct *task, __u64 now)
{
	struct dump_record *record = &parts->dump.record;
	const struct pt_regs *regs = (void *)bpf_task_pt_regs(task);
	struct copy copy = { .parts = parts, .task = task };
	__u64 length;

	if (regs__of_32_bits(regs))
		return 0;
	regs__dump(regs, record->registers);
	copy.from = record->registers[DUMP_SP] & ~7ull;
	bpf_loop(COPY_STEPS, copy__step, &copy, 0);
	length = copy.length;
	barrier_var(length);
	if (!length || length > SNAPSHOT_STACK_BYTES_MAX)
		return 0;
	__builtin_memset(parts->dump.bytes + length, 0, 8 * (WORDS_PER_STEP - 1));
	record->pid = task->tgid;
	record->time_ns = now;
	record->length = length;
	record->reserved = 0;
	record->flags = (regs__nr(regs) < 0 ? DUMP_EXACT_IP : 0) |
			(length >= stack_bytes ? DUMP_TRUNCATED : 0);
	record->hash = dump__hash(task, record, (const __u64 *)parts->dump.bytes,
				  exact_stacks || length < KEY_BYTES ? length : KEY_BYTES,
				  exact_stacks);
	message__begin(&parts->dump.header, MESSAGE_DUMP);
	return record->hash;
}

/* The stacks before the record that refers to them. */
static __always_inline void snapshot__write(struct seq_file *seq, struct thread_parts *parts)
{
	const __u64 stack_head = sizeof(parts->kernel) - sizeof(parts->kernel.record.frames);
	const __u64 dump_head = sizeof(parts->dump) - sizeof(parts->dump.bytes);
	__u64 depth = parts->kernel.record.depth & FRAMES_MAX, length = parts->dump.record.length;

	barrier_var(length);
	if (length > SNAPSHOT_STACK_BYTES_MAX)
		return;
	if (parts->snapshot.record.kernel_stack) {
		parts->kernel.part.bytes = stack_head + depth * 8 - sizeof(struct snapshot_part);
		bpf_seq_write(seq, &parts->kernel, stack_head + depth * 8);
	}
	if (parts->snapshot.record.user_stack) {
		parts->dump.part.bytes = dump_head + length - sizeof(struct snapshot_part);
		bpf_seq_write(seq, &parts->dump, dump_head + length);
	}
	parts->snapshot.part.bytes = sizeof(parts->snapshot) - sizeof(struct snapshot_part);
	bpf_seq_write(seq, &parts->snapshot, sizeof(parts->snapshot));
}

static __always_inline void snapshot__take(struct seq_file *seq, struct thread_parts *parts,
					   struct task_struct *task)
{
	struct snapshot_record *record = &parts->snapshot.record;
	__u64 switches = task__switches(task), now = bpf_ktime_get_ns();
	bool has_user_stack = task__has_user_stack(task);

	record->time_ns = now;
	record->tid = task->pid;
	record->state = task__state(task);
	record->nr = has_user_stack ? regs__nr((void *)bpf_task_pt_regs(task)) : -1;
	record->flags = record->nr >= 0 && task__in_compat_call(task) ? SWITCH_COMPAT : 0;
	record->reserved = 0;
	record->kernel_stack = stacks ? snapshot__kernel_stack(parts, task, now) : 0;
	record->user_stack =
		stack_bytes && has_user_stack ? snapshot__user_stack(parts, task, now) : 0;
	message__begin(&parts->snapshot.header, MESSAGE_SNAPSHOT);
	if (task__switches(task) == switches && task__sleeps(task, task__state(task)))
		snapshot__write(seq, parts);
}

SEC("iter.s/task")
int ask_thread(struct iterated *iterated)
{
	struct task_struct *task = iterated->task;
	struct thread_parts *parts;
	__u32 key = 0;

	if (!task || task->tgid == bpf_get_current_pid_tgid() >> 32 ||
	    !task__sleeps(task, task__state(task)) || filter__of_other_kind(task) ||
	    (filter__by_id() && !filter__decide(task)))
		return 0;
	if (threads_asked >= threads_max) {
		threads_refused++;
		return 0;
	}
	parts = bpf_map_lookup_elem(&thread_parts, &key);
	if (!parts)
		return 0;
	threads_asked++;
	snapshot__take(iterated->meta->seq, parts, task);
	return 0;
}
