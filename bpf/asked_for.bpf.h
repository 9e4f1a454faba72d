/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/*
 * Which threads were asked for: by pid, by tid, by descent, of which kind. Told from the task alone,
 * each time anew: who is asked often remembers the answer (filter.bpf.h).
 */
#ifndef OFFCUT_ASKED_FOR_BPF_H
#define OFFCUT_ASKED_FOR_BPF_H

#include "kernel.bpf.h"

#define ANCESTORS_MAX 32      /* --follow looks this far up for a parent that was asked for */
#define FILTER_IDS_MAX 1024   /* pids and tids that can be asked for, each */

const volatile bool filter_pids;
const volatile bool filter_tids;
const volatile bool filter_user;   /* user threads only */
const volatile bool filter_kernel; /* kernel threads only */
const volatile bool filter_follow; /* and the children of what was asked for */

struct id_set {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, FILTER_IDS_MAX);
	__type(key, __u32);
	__type(value, __u8);
};

struct id_set pids SEC(".maps");
struct id_set tids SEC(".maps");

static __always_inline bool filter__by_id(void)
{
	return filter_pids || filter_tids;
}

static __always_inline bool filter__asked_for(const struct task_struct *task)
{
	__u32 pid = task->tgid, tid = task->pid;

	return (filter_pids && bpf_map_lookup_elem(&pids, &pid)) ||
	       (filter_tids && bpf_map_lookup_elem(&tids, &tid));
}

/* Descent is looked up for what existed before; from then on forks hand it down (on_fork). */
static __always_inline bool filter__descends(const struct task_struct *task)
{
	for (int i = 0; i < ANCESTORS_MAX; i++) {
		task = task->real_parent;
		if (!task || task->pid <= 1)
			return false;
		if (filter__asked_for(task))
			return true;
	}
	return false;
}

static __always_inline bool filter__decide(const struct task_struct *task)
{
	return filter__asked_for(task) || (filter_follow && filter__descends(task));
}

static __always_inline bool filter__of_other_kind(const struct task_struct *task)
{
	return (filter_user && task__is_kernel_thread(task)) ||
	       (filter_kernel && !task__is_kernel_thread(task));
}

#endif
