/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/*
 * System calls, from enter to exit. The call in progress is kept per cpu, where both programs reach
 * it for next to nothing, and sched_switch carries it along when its thread leaves the cpu: the
 * call on a cpu is that of the cpu's owner, the thread which runs there.
 *
 *   sys_enter  cpu->call = {now, nr}
 *      sched_switch (out)  thread->call = cpu->call, moved
 *      sched_switch (in)   cpu->call = thread->call, moved; offcpu_ns += the time between
 *   sys_exit   record, count, cpu->call = none
 *
 * An exit whose enter was not seen is recorded with SYSCALL_NO_ENTER. A call without an exit (exit,
 * exit_group) leaves no record; nor does it leave anything behind, since its thread is gone.
 */
#ifndef OFFCUT_SYSCALL_BPF_H
#define OFFCUT_SYSCALL_BPF_H

#include "arguments.bpf.h"

#define ERROR_NR_MAX 4095 /* results -4095 .. -1 are errors */

/* Exits without an enter. A command's only one is not its own: it waited to be let go. */
const volatile bool record_unentered = true;

static __always_inline bool call__wanted(__s32 nr, bool compat)
{
	__u32 word = (__u32)nr / 64;

	if (!filter_calls)
		return true;
	if (word >= SYSCALL_SET_WORDS)
		return false;
	return call_set[compat ? ABI_COMPAT : ABI_NATIVE][word] >> (nr & 63) & 1;
}

/*
 * Are the current thread's calls recorded? Who saved its registers in the same place as the owner,
 * with no switch in between, is the owner: it is the same stack. So nobody has to be asked for the
 * thread, which costs as much as most of a clock.
 */
static __always_inline bool call__is_admitted(const __u64 *ctx, struct cpu *cpu)
{
	__u64 regs = ctx[0];

	barrier_var(regs); /* or the compiler goes on with the equal number, which is no pointer */
	if (cpu->owner_regs == regs)
		return true;
	return filter__admits_current(bpf_get_current_task_btf(), cpu);
}

static __always_inline void syscall__on_enter(__u64 *ctx, struct cpu *cpu)
{
	__s32 nr = nr__of((__s32)ctx[1]);
	bool compat;

	if (!call__is_admitted(ctx, cpu))
		return;
	compat = regs__in_compat_call((void *)ctx[0]);
	cpu->call.enter_ns = 0;
	if (!call__wanted(nr, compat))
		return;
	cpu->owner_regs = ctx[0];
	cpu->call.offcpu_ns = 0;
	cpu->call.nr = nr;
	cpu->call.compat = compat;
	cpu->call.stack_due = false;
	cpu->call.strings_due = 0;
	cpu->call.enter_ns = bpf_ktime_get_ns();
	if (record_arguments)
		arguments__take((void *)ctx[0], cpu);
}

/* It writes records, and so need be waited for, only where arguments are asked for. */
SEC("tp_btf/sys_enter")
int on_sys_enter(__u64 *ctx)
{
	struct cpu *cpu = cpu__this();

	if (!cpu)
		return 0;
	if (record_arguments)
		program__begin(cpu, STREAM_ARGUMENTS);
	syscall__on_enter(ctx, cpu);
	if (record_arguments)
		program__end(cpu, STREAM_ARGUMENTS);
	return 0;
}

static __always_inline void call__count(struct cpu *cpu, const struct syscall_record *record)
{
	__u32 abi = record->flags & SYSCALL_COMPAT ? ABI_COMPAT : ABI_NATIVE;
	__u32 nr = (__u32)record->nr;
	struct syscall_count *count;

	count = &cpu->calls[abi][nr < SYSCALL_NR_MAX ? nr : SYSCALL_NR_MAX];
	count->count++;
	count->time_ns += record->duration_ns;
	if (record->result < 0 && record->result >= -ERROR_NR_MAX)
		count->errors++;
}

/*
 * A call that was under way when recording began. A child that returns from the clone that made it
 * looks the same, but that call is its parent's.
 */
static __always_inline bool call__end_unentered(struct pt_regs *regs, struct syscall_record *record)
{
	bool compat = task__in_compat_call(bpf_get_current_task_btf());
	__s32 nr = regs__nr(regs);

	if (!record_unentered || (record->result == 0 && nr__is_clone(nr, compat)))
		return false;
	record->nr = nr;
	record->flags = SYSCALL_NO_ENTER | (compat ? SYSCALL_COMPAT : 0);
	record->duration_ns = 0;
	record->offcpu_ns = 0;
	return call__wanted(nr, compat);
}

/* An exec that went well: the stack it waited on is gone, and another program's is in its place. */
static __always_inline bool call__replaced_program(const struct syscall_record *record)
{
	return record->result == 0 && nr__is_exec(record->nr, record->flags & SYSCALL_COMPAT);
}

/* What is known of the call that ends. Returns false if it is not to be recorded. */
static __always_inline bool call__end(struct pt_regs *regs, struct cpu *cpu,
				      struct syscall_record *record)
{
	struct call *call = &cpu->call;

	record->user_stack = 0;
	if (!call->enter_ns)
		return call__end_unentered(regs, record);
	record->nr = call->nr;
	record->flags = call->compat ? SYSCALL_COMPAT : 0;
	record->duration_ns = record->time_ns - call->enter_ns;
	record->offcpu_ns = call->offcpu_ns;
	if (stacks && user_stacks && call->stack_due && !call__replaced_program(record))
		record->user_stack = user_stack__take(bpf_get_current_task_btf(), regs, cpu,
						      SCRATCH_SYSCALL, true);
	if (record_arguments)
		arguments__end(regs, cpu);
	call->enter_ns = 0;
	return true;
}

static __always_inline void syscall__on_exit(__u64 *ctx, struct cpu *cpu)
{
	struct syscall_record *record = batch__next(&cpu->syscalls);

	if (!call__is_admitted(ctx, cpu))
		return;
	record->time_ns = bpf_ktime_get_ns();
	record->tid = cpu->owner_tid;
	record->result = ctx[1];
	if (!call__end((void *)ctx[0], cpu, record))
		return;
	call__count(cpu, record);
	batch__commit(&cpu->syscalls, MESSAGE_SYSCALL);
}

SEC("tp_btf/sys_exit")
int on_sys_exit(__u64 *ctx)
{
	struct cpu *cpu = cpu__this();

	if (!cpu)
		return 0;
	program__begin(cpu, STREAM_SYSCALL);
	syscall__on_exit(ctx, cpu);
	program__end(cpu, STREAM_SYSCALL);
	return 0;
}

#endif
