/* SPDX-License-Identifier: MIT */
/*
 * Task records: see tasks.h. The names of living threads are in a table of their own, because a
 * comm changes far more rarely than threads fork.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tasks.h"

#define PENDING_MAX 16384 /* 1 MB; a busy host forks a thousand times a second */
#define COMMS_LOG2_MIN 10
#define COMMS_LOG2_MAX 23 /* TidMax threads at half load */

int tasks__open(struct tasks *tasks, struct chunk_pool *pool, struct block_writer *writer)
{
	memset(tasks, 0, sizeof(*tasks));
	tasks->writer = writer;
	block__init(&tasks->block, pool, OFFCUT_BLOCK_TYPE_TASK, OFFCUT_CPU_NONE,
		    OFFCUT_TASK_COLUMNS);
	tasks->comms_log2 = COMMS_LOG2_MIN;
	tasks->comms = calloc(1u << COMMS_LOG2_MIN, sizeof(*tasks->comms));
	tasks->pending = malloc(PENDING_MAX * sizeof(*tasks->pending));
	tasks->pending_capacity = PENDING_MAX;
	tasks->parents = calloc(PARENTS, sizeof(*tasks->parents));
	return tasks->comms && tasks->pending && tasks->parents ? 0 : -ENOMEM;
}

void tasks__close(struct tasks *tasks)
{
	free(tasks->pending);
	free(tasks->comms);
	free(tasks->parents);
	memset(tasks, 0, sizeof(*tasks));
}

static uint32_t comms__home(const struct tasks *tasks, uint32_t tid)
{
	return tid * 0x9E3779B9u >> (32 - tasks->comms_log2);
}

static struct comm_slot *comms__slot(const struct tasks *tasks, uint32_t tid)
{
	uint32_t mask = (1u << tasks->comms_log2) - 1;

	for (uint32_t at = comms__home(tasks, tid);; at = (at + 1) & mask)
		if (!tasks->comms[at].tid || tasks->comms[at].tid == tid)
			return &tasks->comms[at];
}

static bool comms__grow(struct tasks *tasks)
{
	struct comm_slot *old = tasks->comms;
	uint32_t old_slots = 1u << tasks->comms_log2;
	struct comm_slot *larger;

	if (tasks->comms_log2 == COMMS_LOG2_MAX)
		return false;
	larger = calloc(2 * (size_t)old_slots, sizeof(*larger));
	if (!larger)
		return false;
	tasks->comms = larger;
	tasks->comms_log2++;
	for (uint32_t i = 0; i < old_slots; i++)
		if (old[i].tid)
			*comms__slot(tasks, old[i].tid) = old[i];
	free(old);
	return true;
}

static void comms__set(struct tasks *tasks, uint32_t tid, uint32_t comm)
{
	struct comm_slot *slot = comms__slot(tasks, tid);

	if (!slot->tid) {
		/* Without room a later fork has no name until its thread is seen: no harm. */
		if (tasks->comms_count * 2 >= 1u << tasks->comms_log2 && !comms__grow(tasks))
			return;
		slot = comms__slot(tasks, tid);
		tasks->comms_count++;
	}
	*slot = (struct comm_slot){ tid, comm };
}

/* Moves up what was pushed down by the thread that goes: no tombstones in a table that lives long.
 */
static void comms__remove(struct tasks *tasks, uint32_t tid)
{
	uint32_t mask = (1u << tasks->comms_log2) - 1;
	uint32_t hole = (uint32_t)(comms__slot(tasks, tid) - tasks->comms);

	if (!tasks->comms[hole].tid)
		return;
	for (uint32_t at = (hole + 1) & mask; tasks->comms[at].tid; at = (at + 1) & mask) {
		uint32_t home = comms__home(tasks, tasks->comms[at].tid);

		if (((at - home) & mask) >= ((at - hole) & mask)) {
			tasks->comms[hole] = tasks->comms[at];
			hole = at;
		}
	}
	tasks->comms[hole] = (struct comm_slot){ 0 };
	tasks->comms_count--;
}

static void tasks__name(struct tasks *tasks, struct task *task)
{
	if (!task->tid)
		return;
	if (task->kind == OFFCUT_TASK_KIND_FORK && !task->comm)
		task->comm = comms__slot(tasks, task->parent_tid)->comm;
	if (task->kind == OFFCUT_TASK_KIND_EXIT)
		comms__remove(tasks, task->tid);
	else if (task->comm)
		comms__set(tasks, task->tid, task->comm);
}

static void tasks__remember_parent(struct tasks *tasks, const struct task *task)
{
	if (task->parent_pid && task->parent_pid != task->pid)
		tasks->parents[task->pid % PARENTS] =
			(struct parent_slot){ task->pid, task->parent_pid };
}

uint32_t tasks__parent(const struct tasks *tasks, uint32_t pid)
{
	const struct parent_slot *slot = &tasks->parents[pid % PARENTS];

	return slot->pid == pid ? slot->parent_pid : 0;
}

bool tasks__has_room(const struct tasks *tasks)
{
	return tasks->pending_count < tasks->pending_capacity;
}

void tasks__add(struct tasks *tasks, const struct task *task)
{
	tasks__remember_parent(tasks, task);
	tasks->pending[tasks->pending_count++] = *task;
}

static int task__compare(const void *a, const void *b)
{
	const struct task *left = a, *right = b;

	if (left->time_ns != right->time_ns)
		return left->time_ns < right->time_ns ? -1 : 1;
	/* A program may meet a thread in the nanosecond of its fork: the fork comes first. */
	return (left->kind != OFFCUT_TASK_KIND_FORK) - (right->kind != OFFCUT_TASK_KIND_FORK);
}

void tasks__write(struct tasks *tasks)
{
	struct block *block = &tasks->block;

	if (!tasks->pending_count)
		return;
	qsort(tasks->pending, tasks->pending_count, sizeof(*tasks->pending), task__compare);
	for (uint32_t i = 0; i < tasks->pending_count; i++) {
		struct task *task = &tasks->pending[i];

		tasks__name(tasks, task);
		block__delta(block, OFFCUT_TASK_COLUMN_TIME, task->time_ns);
		block__unsigned(block, OFFCUT_TASK_COLUMN_KIND, task->kind);
		block__unsigned(block, OFFCUT_TASK_COLUMN_TID, task->tid);
		block__unsigned(block, OFFCUT_TASK_COLUMN_PID, task->pid);
		block__unsigned(block, OFFCUT_TASK_COLUMN_PARENT, task->parent_pid);
		block__unsigned(block, OFFCUT_TASK_COLUMN_START_TIME, task->start_ns);
		block__unsigned(block, OFFCUT_TASK_COLUMN_COMM, task->comm);
		block__unsigned(block, OFFCUT_TASK_COLUMN_FLAGS, task->flags);
		block__unsigned(block, OFFCUT_TASK_COLUMN_CGROUP, task->cgroup);
		block__add_record(block, task->time_ns);
	}
	block_writer__write(tasks->writer, block);
	block__reset(block);
	tasks->pending_count = 0;
}
