/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/*
 * Context switches and wakeups. One record per switch tells both sides of it, and user space pairs
 * them into off-CPU periods; here a period is only timed, for three things that must be decided in
 * the kernel: is it long enough for a stack, what does it add to the exact counters, how much of a
 * system call was it.
 *
 *   thread:   ...on cpu | leaves                      arrives | on cpu...
 *   here:               save call, user stack?        count, kernel stack?, restore call
 *   record:             prev of one switch            next of another
 */
#ifndef OFFCUT_SCHED_BPF_H
#define OFFCUT_SCHED_BPF_H

#include "dump.bpf.h"

const volatile bool record_switches;
const volatile bool record_syscalls;

/* OffcpuClass of the format: the table is in FORMAT.md, and user space checks these numbers. */
enum class {
	CLASS_PREEMPTED = 0,
	CLASS_RUNNABLE = 1,
	CLASS_DEAD = 2,
	CLASS_IDLE_KERNEL = 3,
	CLASS_UNINTERRUPTIBLE = 4,
	CLASS_INTERRUPTIBLE = 5,
	CLASS_OTHER = 6,
};

static __always_inline enum class class__of(bool preempted, __u32 state)
{
	if (preempted)
		return CLASS_PREEMPTED;
	if (state == 0)
		return CLASS_RUNNABLE;
	if (state & (TASK_DEAD | EXIT_ZOMBIE_OR_DEAD))
		return CLASS_DEAD;
	if ((state & TASK_IDLE) == TASK_IDLE)
		return CLASS_IDLE_KERNEL;
	if (state & TASK_UNINTERRUPTIBLE)
		return CLASS_UNINTERRUPTIBLE;
	if (state & TASK_INTERRUPTIBLE)
		return CLASS_INTERRUPTIBLE;
	return CLASS_OTHER;
}

/* One side of a switch: a thread, its state, and whether it is recorded. */
struct side {
	struct task_struct *task;
	struct thread *thread; /* NULL: idle, excluded, or no memory */
	bool admitted;
};

static __always_inline void side__look_up(struct side *side, struct cpu *cpu)
{
	side->thread = NULL;
	if (side->task->pid == 0) {
		side->admitted = !filter__any();
		return;
	}
	if (filter__excludes(side->task)) {
		side->admitted = false;
		return;
	}
	side->thread = thread__of(side->task, cpu);
	side->admitted = filter__admits(side->task, side->thread);
}

/* A user stack is left to the exit of the call, if one is coming; else it must be taken now, before
 * it is known whether the period will be long. Of the many that are preempted, by frame pointers. */
static __always_inline __u64 side__user_stack(struct side *prev, struct cpu *cpu, enum class class)
{
	if (!stacks || !user_stacks || cpu->call.enter_ns || !task__has_user_stack(prev->task))
		return 0;
	return user_stack__take(prev->task, (void *)bpf_task_pt_regs(prev->task), cpu, SCRATCH_SWITCH,
				class != CLASS_PREEMPTED || preempted_stacks);
}

static __always_inline void side__leave(struct side *prev, struct cpu *cpu, enum class class,
					__u64 now)
{
	struct thread *thread = prev->thread;

	if (!thread || !prev->admitted || class == CLASS_DEAD)
		return;
	thread->off_ns = now;
	thread->class = class;
	if (record_syscalls)
		thread->call = cpu->call;
	if (record_switches)
		thread->user_stack = side__user_stack(prev, cpu, class);
}

static __always_inline void side__take_stacks(struct side *next, struct cpu *cpu,
					      struct switch_record *record)
{
	record->kernel_stack = kernel_stack__take(next->task);
	if (!record->kernel_stack)
		cpu->stacks_refused++;
	if (cpu->call.enter_ns)
		cpu->call.stack_due = true;
	else
		record->user_stack = next->thread->user_stack;
}

static __always_inline void side__arrive(struct side *next, struct cpu *cpu, __u64 now,
					 struct switch_record *record)
{
	struct thread *thread = next->thread;
	__u64 off_ns;
	__u32 class;

	cpu__give(cpu, next->task, thread, next->admitted);
	if (!thread || !next->admitted || !thread->off_ns)
		return;
	off_ns = now - thread->off_ns;
	thread->off_ns = 0;
	class = thread->class;
	if (record_switches && class < OFFCPU_CLASSES) {
		cpu->offcpu[class].periods++;
		cpu->offcpu[class].time_ns += off_ns;
	}
	if (cpu->call.enter_ns)
		cpu->call.offcpu_ns += off_ns;
	if (record_switches && stacks && off_ns >= stack_min_ns)
		side__take_stacks(next, cpu, record);
}

/* The system call prev is in. Where calls are followed it is known already. */
static __always_inline void switch__describe_call(const struct side *prev, const struct cpu *cpu,
						  struct switch_record *record)
{
	bool compat = false;

	if (cpu->call.enter_ns) {
		record->prev_nr = cpu->call.nr;
		compat = cpu->call.compat;
	} else if (task__has_user_stack(prev->task)) {
		record->prev_nr = regs__nr((void *)bpf_task_pt_regs(prev->task));
		compat = record->prev_nr >= 0 && task__in_compat_call(prev->task);
	}
	record->flags |= compat ? SWITCH_COMPAT : 0;
}

/*
 * Did the scheduler take the cpu away? The tracepoint's own flag says so only for preemption inside
 * the kernel. A thread that is preempted on its way back to user space calls schedule() itself, and
 * differs from one that yields in nothing but the system call. (The kernel's involuntary switches
 * are these and the yields.)
 */
static __always_inline bool switch__preempted(const struct side *prev, bool preempt, __u32 state,
					      const struct switch_record *record)
{
	if (preempt)
		return true;
	return state == 0 && prev->task->pid != 0 &&
	       !nr__is_yield(record->prev_nr, record->flags & SWITCH_COMPAT);
}

static __always_inline void switch__on(__u64 *ctx, struct cpu *cpu)
{
	struct side prev = { .task = (void *)ctx[1] }, next = { .task = (void *)ctx[2] };
	struct switch_record *record = batch__next(&cpu->switches);
	__u32 state = switch__prev_state(ctx);
	__u64 now = bpf_ktime_get_ns();
	bool preempted = false;

	side__look_up(&prev, cpu);
	side__look_up(&next, cpu);
	if (cpu->owner != (__u64)prev.task)
		cpu__give(cpu, prev.task, prev.thread, prev.admitted);
	record->time_ns = now;
	record->kernel_stack = 0;
	record->user_stack = 0;
	record->prev_tid = TID_OTHER;
	record->next_tid = TID_OTHER;
	record->prev_state = 0;
	record->prev_nr = -1;
	record->flags = 0;
	if (prev.admitted && record_switches) {
		record->prev_tid = prev.task->pid;
		record->prev_state = state;
		if (record->prev_tid)
			switch__describe_call(&prev, cpu, record);
		preempted = switch__preempted(&prev, ctx[0], state, record);
		record->flags |= preempted ? SWITCH_PREEMPTED : 0;
	}
	if (next.admitted)
		record->next_tid = next.task->pid;
	side__leave(&prev, cpu, class__of(preempted, state), now);
	side__arrive(&next, cpu, now, record);
	if (record_switches && (prev.admitted || next.admitted))
		batch__commit(&cpu->switches, MESSAGE_SWITCH);
}

SEC("tp_btf/sched_switch")
int on_switch(__u64 *ctx)
{
	struct cpu *cpu = cpu__this();

	if (!cpu)
		return 0;
	program__begin(cpu, STREAM_SWITCH);
	switch__on(ctx, cpu);
	program__end(cpu, STREAM_SWITCH);
	return 0;
}

/* sched_waking and not sched_wakeup: only it is certain to run in the context of the waker. */
static __always_inline void wake__on(struct task_struct *wakee, struct cpu *cpu)
{
	struct task_struct *waker = bpf_get_current_task_btf();
	struct wake_record *record = batch__next(&cpu->wakes);
	__u64 now = bpf_ktime_get_ns();

	if (!filter__admits_task(wakee, cpu))
		return;
	record->time_ns = now;
	record->waker_tid = waker->tgid == capture_pid ? TID_OTHER : waker->pid;
	record->wakee_tid = wakee->pid;
	record->target_cpu = task__cpu(wakee);
	record->flags = in_interrupt(waker, &cpu->preempt_count) ? WAKE_INTERRUPT : 0;
	batch__commit(&cpu->wakes, MESSAGE_WAKE);
}

SEC("tp_btf/sched_waking")
int on_wake(__u64 *ctx)
{
	struct cpu *cpu = cpu__this();

	if (!cpu)
		return 0;
	program__begin(cpu, STREAM_WAKE);
	wake__on((void *)ctx[0], cpu);
	program__end(cpu, STREAM_WAKE);
	return 0;
}

/* --follow: what was asked for hands it on to its children. */
SEC("tp_btf/sched_process_fork")
int on_fork(__u64 *ctx)
{
	struct task_struct *parent = (void *)ctx[0], *child = (void *)ctx[1];
	struct thread *from = bpf_task_storage_get(&threads, parent, NULL, 0);
	struct thread *to;
	__u8 verdict = from ? from->verdict : VERDICT_NONE;

	if (verdict == VERDICT_NONE && filter__decide(parent))
		verdict = VERDICT_ADMITTED;
	if (verdict != VERDICT_ADMITTED)
		return 0;
	to = bpf_task_storage_get(&threads, child, NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (to)
		to->verdict = VERDICT_ADMITTED;
	return 0;
}

#endif
