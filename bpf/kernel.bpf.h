/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/*
 * The few kernel types the programs read, and every difference between kernels behind one accessor
 * with its reason. Only the fields used are listed: CO-RE finds their place on the running kernel,
 * so order and neighbours do not matter here. No other file may test for a field or an
 * architecture.
 */
#ifndef OFFCUT_KERNEL_BPF_H
#define OFFCUT_KERNEL_BPF_H

#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "events.h"

typedef _Bool bool;
#define true 1
#define false 0
#define NULL ((void *)0)

#define barrier() asm volatile("" ::: "memory")
#ifndef barrier_var
#define barrier_var(variable) asm volatile("" : "+r"(variable))
#endif
#define READ_ONCE(x) (*(volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, value) (*(volatile typeof(x) *)&(x) = (value))

/* include/linux/sched.h */
#define PF_IO_WORKER 0x00000010
#define PF_USER_WORKER 0x00004000
#define PF_KTHREAD 0x00200000
#define TASK_INTERRUPTIBLE 0x0001
#define TASK_UNINTERRUPTIBLE 0x0002
#define EXIT_ZOMBIE_OR_DEAD 0x0030
#define TASK_DEAD 0x0080
#define TASK_IDLE 0x0402

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct thread_info {
	unsigned long flags; /* arm64: TIF_32BIT */
	__u32 status;        /* x86: TS_COMPAT */
	__u32 cpu;
	__u64 preempt_count; /* arm64 */
};

struct kernfs_node {
	__u64 id;
};

struct cgroup {
	struct kernfs_node *kn;
};

struct css_set {
	struct cgroup *dfl_cgrp;
};

struct mm_struct {
	unsigned long start_code;
	unsigned long end_code;
};

struct rq {
	unsigned int nr_running;
};

struct cfs_rq {
	struct rq *rq; /* with CONFIG_FAIR_GROUP_SCHED */
};

struct sched_entity {
	struct cfs_rq *cfs_rq;
};

struct pcpu_hot { /* x86, 6.2 to 6.14 */
	int preempt_count;
};

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct task_struct {
	struct thread_info thread_info;
	struct sched_entity se;
	unsigned int __state;
	void *stack;
	unsigned int flags;
	unsigned int cpu;
	int on_cpu;
	unsigned long nvcsw, nivcsw;
	struct mm_struct *mm;
	__u32 pid;
	__u32 tgid;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	__u64 start_time;
	__u64 self_exec_id;
	char comm[16];
	struct css_set *cgroups;
};

/* Renamed to __state in 5.14 (and kept under the old name by some vendors' backports). */
struct task_struct___state {
	volatile long state;
};

#if defined(__TARGET_ARCH_x86)
struct pt_regs {
	unsigned long r15;
	unsigned long r14;
	unsigned long r13;
	unsigned long r12;
	unsigned long bp;
	unsigned long bx;
	unsigned long r11;
	unsigned long r10;
	unsigned long r9;
	unsigned long r8;
	unsigned long ax;
	unsigned long cx;
	unsigned long dx;
	unsigned long si;
	unsigned long di;
	unsigned long orig_ax;
	unsigned long ip;
	unsigned long cs;
	unsigned long flags;
	unsigned long sp;
};
#elif defined(__TARGET_ARCH_arm64)
struct user_pt_regs {
	__u64 regs[31];
	__u64 sp;
	__u64 pc;
	__u64 pstate;
};
struct pt_regs {
	struct user_pt_regs user_regs;
	__u64 orig_x0;
	__s32 syscallno;
};
#else
#error "offcut knows the registers of x86_64 and arm64 only"
#endif

#pragma clang attribute pop

static __always_inline __u32 task__state(const struct task_struct *task)
{
	if (bpf_core_field_exists(task->__state))
		return task->__state;
	return ((const struct task_struct___state *)task)->state;
}

/*
 * The fourth argument of sched_switch, prev_state, came with 5.18. Without it prev->__state must be
 * read, which races with a wakeup on another cpu: a thread that was blocked a moment ago may
 * already read as running. User space sets this from the kernel's BTF; the verifier then never
 * looks at the branch that does not fit.
 */
const volatile bool switch_has_state = true;

static __always_inline __u32 switch__prev_state(const __u64 *ctx)
{
	const struct task_struct *prev = (const void *)ctx[1];

	return switch_has_state ? (__u32)ctx[3] : task__state(prev);
}

/* How often it has left the cpu: who has not left it again still waits where it did. */
static __always_inline __u64 task__switches(const struct task_struct *task)
{
	return task->nvcsw + task->nivcsw;
}

/* task->cpu moved into thread_info in 5.16 (x86). */
static __always_inline __u32 task__cpu(const struct task_struct *task)
{
	if (bpf_core_field_exists(task->thread_info.cpu))
		return task->thread_info.cpu;
	return task->cpu;
}

/*
 * Has registers and a stack of a user-space thread. io_uring and vhost workers are threads of a
 * process but never were in user space: their registers mean nothing. An exiting thread has given
 * its memory back (mm is NULL).
 */
static __always_inline bool task__has_user_stack(const struct task_struct *task)
{
	return !(task->flags & (PF_KTHREAD | PF_IO_WORKER | PF_USER_WORKER)) && task->mm;
}

static __always_inline bool task__is_kernel_thread(const struct task_struct *task)
{
	return task->flags & PF_KTHREAD;
}

static __always_inline __u64 task__cgroup(const struct task_struct *task)
{
	return task->cgroups->dfl_cgrp->kn->id;
}

/*
 * Is the current system call one of the 32-bit ABI? This is a property of the call, not of the
 * program: a 64-bit x86 program may use int $0x80, which the code segment would not show.
 */
static __always_inline bool task__in_compat_call(const struct task_struct *task)
{
#if defined(__TARGET_ARCH_x86)
	const __u32 TS_COMPAT = 0x0002;

	return task->thread_info.status & TS_COMPAT;
#else
	const unsigned long TIF_32BIT = 1ul << 22;

	return task->thread_info.flags & TIF_32BIT;
#endif
}

/*
 * The same of the current thread's call, from the registers it entered with. The 64-bit syscall
 * instruction puts its return address into rcx and the flags into r11; who shows both there came by
 * it, and need not be looked up, which would cost as much as most of a clock. (Where it keeps the
 * user's registers instead, under FRED, everybody is looked up.)
 */
static __always_inline bool regs__in_compat_call(const struct pt_regs *regs)
{
#if defined(__TARGET_ARCH_x86)
	if (regs->cx == regs->ip && regs->r11 == regs->flags)
		return false;
#endif
	return task__in_compat_call(bpf_get_current_task_btf());
}

/* x32 calls carry a flag bit over numbers that are otherwise those of x86_64. */
static __always_inline __s32 nr__of(__s32 number)
{
#if defined(__TARGET_ARCH_x86)
	const __s32 X32_SYSCALL_BIT = 0x40000000;

	return number < 0 ? -1 : number & ~X32_SYSCALL_BIT;
#else
	return number < 0 ? -1 : number;
#endif
}

/* Number of the system call these user registers entered the kernel by, -1 for a fault or an
 * interrupt. */
static __always_inline __s32 regs__nr(const struct pt_regs *regs)
{
#if defined(__TARGET_ARCH_x86)
	return nr__of((__s32)regs->orig_ax);
#else
	return nr__of(regs->syscallno);
#endif
}

/*
 * The arguments of a call, from the registers it entered with. 32-bit calls have others, of which
 * the upper halves mean nothing: a 64-bit program may leave anything there.
 */
static __always_inline void regs__arguments(const struct pt_regs *regs, bool compat,
					    __u64 arguments[CALL_ARGUMENTS])
{
#if defined(__TARGET_ARCH_x86)
	arguments[0] = compat ? (__u32)regs->bx : regs->di;
	arguments[1] = compat ? (__u32)regs->cx : regs->si;
	arguments[2] = compat ? (__u32)regs->dx : regs->dx;
	arguments[3] = compat ? (__u32)regs->si : regs->r10;
	arguments[4] = compat ? (__u32)regs->di : regs->r8;
	arguments[5] = compat ? (__u32)regs->bp : regs->r9;
#else
	__u64 mask = compat ? 0xffffffffu : ~0ull;

	arguments[0] = regs->orig_x0 & mask; /* x0 is the result's place by the time of the exit */
	for (int i = 1; i < CALL_ARGUMENTS; i++)
		arguments[i] = regs->user_regs.regs[i] & mask;
#endif
}

/* System call numbers that mean something here: those of the native and of the 32-bit ABI. */
static __always_inline bool nr__is_yield(__s32 nr, bool compat)
{
#if defined(__TARGET_ARCH_x86)
	return nr == (compat ? 158 : 24);
#else
	return nr == (compat ? 158 : 124);
#endif
}

/* execve, execveat */
static __always_inline bool nr__is_exec(__s32 nr, bool compat)
{
#if defined(__TARGET_ARCH_x86)
	return compat ? nr == 11 || nr == 358 : nr == 59 || nr == 322;
#else
	return compat ? nr == 11 || nr == 387 : nr == 221 || nr == 281;
#endif
}

/* fork, vfork, clone, clone3: their child, too, returns from them. */
static __always_inline bool nr__is_clone(__s32 nr, bool compat)
{
	if (nr == 435)
		return true;
#if defined(__TARGET_ARCH_x86)
	return compat ? nr == 2 || nr == 120 || nr == 190 : nr >= 56 && nr <= 58;
#else
	return compat ? nr == 2 || nr == 120 || nr == 190 : nr == 220;
#endif
}

struct user_registers {
	__u64 ip;
	__u64 sp;
	__u64 frame; /* x86_64: rbp, arm64: x29. Both point at {caller's frame, return address} */
};

static __always_inline void regs__user(const struct pt_regs *regs, struct user_registers *user)
{
#if defined(__TARGET_ARCH_x86)
	user->ip = regs->ip;
	user->sp = regs->sp;
	user->frame = regs->bp;
#else
	user->ip = regs->user_regs.pc;
	user->sp = regs->user_regs.sp;
	user->frame = regs->user_regs.regs[29];
#endif
}

/* All of them, by their DWARF numbers. */
static __always_inline void regs__dump(const struct pt_regs *regs, __u64 registers[DUMP_REGISTERS])
{
#if defined(__TARGET_ARCH_x86)
	registers[0] = regs->ax;
	registers[1] = regs->dx;
	registers[2] = regs->cx;
	registers[3] = regs->bx;
	registers[4] = regs->si;
	registers[5] = regs->di;
	registers[6] = regs->bp;
	registers[7] = regs->sp;
	registers[8] = regs->r8;
	registers[9] = regs->r9;
	registers[10] = regs->r10;
	registers[11] = regs->r11;
	registers[12] = regs->r12;
	registers[13] = regs->r13;
	registers[14] = regs->r14;
	registers[15] = regs->r15;
	registers[16] = regs->ip;
#else
#pragma unroll
	for (int i = 0; i < 31; i++)
		registers[i] = regs->user_regs.regs[i];
	registers[31] = regs->user_regs.sp;
	registers[32] = regs->user_regs.pc;
#endif
}

/* The ones that every stack has, from a dump. */
static __always_inline void dump__user(const struct dump_record *record,
				       struct user_registers *user)
{
	user->ip = record->registers[DUMP_REGISTERS - 1];
	user->sp = record->registers[DUMP_SP];
#if defined(__TARGET_ARCH_x86)
	user->frame = record->registers[6];
#else
	user->frame = record->registers[29];
#endif
}

/* Of a 32-bit program? Its stack is not one of 8-byte words. (A 64-bit program that makes a 32-bit
 * call still has one.) */
static __always_inline bool regs__of_32_bits(const struct pt_regs *regs)
{
#if defined(__TARGET_ARCH_x86)
	return regs->cs == 0x23; /* __USER32_CS */
#else
	return regs->user_regs.pstate & 0x10; /* PSR_MODE32_BIT */
#endif
}

/* arm64 may sign return addresses in their unused upper bits. */
static __always_inline __u64 user_address(__u64 address)
{
#if defined(__TARGET_ARCH_x86)
	return address;
#else
	return address & 0x0000ffffffffffffull;
#endif
}

/*
 * Where programs and libraries are mapped that may lie anywhere, and stacks. Telling stacks apart by
 * the words in this range, and those in the code of a program that may not, is telling them apart by
 * their return addresses and frames, and not by what the program computes with.
 */
#if defined(__TARGET_ARCH_x86)
#define MAPPED_LOW 0x500000000000ull
#define MAPPED_BYTES 0x300000000000ull
#else
#define MAPPED_LOW 0x500000000000ull
#define MAPPED_BYTES 0xb00000000000ull
#endif

/*
 * Does this program run in an interrupt that merely borrowed the current thread's cpu? The preempt
 * count says so. arm64 keeps it in thread_info. On x86 it is a per-cpu variable, which BPF reaches
 * by name only on kernels with CONFIG_KALLSYMS_ALL; but its distance from another per-cpu variable,
 * the runqueue, is in the kernel's BTF, and the running thread leads to its cpu's runqueue.
 * `address` is memory per cpu: where the count was found. (A stack pointer outside the thread's
 * stack says the same only for interrupts of kernel code: those of user code stay on it.)
 */
const volatile bool has_preempt_count;
const volatile __s64 preempt_count_distance;

#define SERVING_SOFTIRQ 0x00000100
#define HARDIRQ_AND_NMI 0x00ff0000

static __always_inline bool in_interrupt(const struct task_struct *current, __u64 *address)
{
	__u32 count = 0;

#if defined(__TARGET_ARCH_x86)
	if (!has_preempt_count || !bpf_core_field_exists(struct cfs_rq, rq))
		return current->pid == 0; /* the idle thread itself wakes nobody */
	if (!*address) {
		*address = (__u64)current->se.cfs_rq->rq + preempt_count_distance;
		if (bpf_core_field_exists(struct pcpu_hot, preempt_count))
			*address += bpf_core_field_offset(struct pcpu_hot, preempt_count);
	}
	bpf_probe_read_kernel(&count, sizeof(count), (const void *)*address);
#else
	count = current->thread_info.preempt_count;
#endif
	return count & (SERVING_SOFTIRQ | HARDIRQ_AND_NMI);
}

#endif
