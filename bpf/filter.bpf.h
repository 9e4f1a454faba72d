/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/*
 * Whose events are recorded, and what is remembered of each thread. A thread's state lives in task
 * storage: it cannot be mistaken for that of a later thread of the same number, and nothing has to
 * clean it up. It is made when the thread is first met; then the filters are asked, once, and the
 * thread is introduced to user space.
 *
 * The process that records is never recorded: writing about its own writing would not end.
 */
#ifndef OFFCUT_FILTER_BPF_H
#define OFFCUT_FILTER_BPF_H

#include "asked_for.bpf.h"
#include "staging.bpf.h"

#define SYSCALL_SET_WORDS ((SYSCALL_NR_MAX + 63) / 64)

const volatile bool filter_calls;  /* only the system calls of the set */
const volatile __u64 call_set[ABIS][SYSCALL_SET_WORDS];

__u32 capture_pid; /* set before the first program is attached, by the program `identify` */

enum verdict { VERDICT_NONE = 0, VERDICT_ADMITTED = 1, VERDICT_REFUSED = 2 };

struct thread {
	__u64 off_ns;     /* left the cpu at this time, 0: runs, or was not seen leaving */
	__u64 user_stack; /* taken when it left, 0 none */
	struct call call; /* the system call it left in; while it runs, that is on its cpu */
	__u8 class;       /* how it left: OffcpuClass of the format */
	__u8 verdict;     /* enum verdict: by pid, tid and descent */
	__u8 introduced;  /* user space knows it */
	__u8 reserved[5];
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct thread);
} threads SEC(".maps");

static __always_inline bool thread__introduce(const struct task_struct *task)
{
	struct {
		struct message_header header;
		struct task_record record;
	} message = {};

	message.header.kind = MESSAGE_TASK;
	message.header.cpu = bpf_get_smp_processor_id();
	message.header.count = 1;
	message.record.time_ns = bpf_ktime_get_ns();
	message.record.start_ns = task->start_time;
	message.record.cgroup = task__cgroup(task);
	message.record.tid = task->pid;
	message.record.pid = task->tgid;
	message.record.parent_pid = task->real_parent->tgid;
	message.record.flags = task__is_kernel_thread(task) ? TASK_KERNEL_THREAD : 0;
	bpf_probe_read_kernel(message.record.comm, COMM_BYTES, task->comm);
	return ring__send(&message, sizeof(message));
}

/* The first meeting, or one after user space could not be told. Out of line: it is rare. */
static __noinline int thread__meet(struct task_struct *task, struct thread *thread)
{
	if (!task || !thread)
		return 0;
	if (filter__by_id() && thread->verdict == VERDICT_NONE)
		thread->verdict = filter__decide(task) ? VERDICT_ADMITTED : VERDICT_REFUSED;
	if (thread->verdict != VERDICT_REFUSED)
		thread->introduced = thread__introduce(task);
	return 0;
}

static __always_inline bool filter__any(void)
{
	return filter__by_id() || filter_user || filter_kernel;
}

/* What can be told from the task alone. */
static __always_inline bool filter__excludes(const struct task_struct *task)
{
	return task->tgid == capture_pid || filter__of_other_kind(task);
}

/* State of a thread, made if need be. NULL where there is no memory for it: counted. */
static __always_inline struct thread *thread__of(struct task_struct *task, struct cpu *cpu)
{
	struct thread *thread =
		bpf_task_storage_get(&threads, task, NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (!thread)
		cpu->threads_refused++;
	else if (!thread->introduced && thread->verdict != VERDICT_REFUSED)
		thread__meet(task, thread);
	return thread;
}

/* Are events of this thread recorded? `thread` is its state; without one it is not known to be
 * asked for. */
static __always_inline bool filter__admits(const struct task_struct *task,
					   const struct thread *thread)
{
	if (filter__excludes(task))
		return false;
	return !filter__by_id() || (thread && thread->verdict == VERDICT_ADMITTED);
}

/* The same where the state is not needed otherwise. */
static __always_inline bool filter__admits_task(struct task_struct *task, struct cpu *cpu)
{
	if (filter__excludes(task))
		return false;
	return !filter__by_id() || filter__admits(task, thread__of(task, cpu));
}

/* From now on the cpu is the task's: so is the call on it. */
static __always_inline void cpu__give(struct cpu *cpu, const struct task_struct *task,
				      struct thread *thread, bool admitted)
{
	cpu->owner = (__u64)task;
	cpu->owner_regs = 0;
	cpu->owner_tid = task->pid;
	cpu->admitted = admitted;
	cpu->call.enter_ns = 0;
	if (!thread || !admitted)
		return;
	cpu->call = thread->call;
	thread->call.enter_ns = 0;
}

/* The current thread came on this cpu unseen: before recording began, or because the kernel did not
 * tell (patched kernels exist that do not always). Out of line: it is rare. */
static __noinline int cpu__find_owner(struct cpu *cpu, struct task_struct *task)
{
	struct thread *thread = NULL;
	bool admitted = false;

	if (!cpu || !task)
		return 0;
	if (!filter__excludes(task)) {
		thread = thread__of(task, cpu);
		admitted = filter__admits(task, thread);
	}
	cpu__give(cpu, task, thread, admitted);
	return 0;
}

/* Are events of the current thread recorded? sched_switch has left the answer on the cpu. */
static __always_inline bool filter__admits_current(struct task_struct *task, struct cpu *cpu)
{
	if (cpu->owner != (__u64)task)
		cpu__find_owner(cpu, task);
	return cpu->admitted;
}

#endif
