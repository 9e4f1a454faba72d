/* SPDX-License-Identifier: MIT */
/*
 * A pass over /proc: see proc_scan.h. Per process one `stat`, one `cgroup` and its mappings, per
 * thread one `comm`: 10 to 20 us a thread, 50 us a process.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "proc_scan.h"
#include "read_file.h"

#define PF_KTHREAD 0x00200000u /* in the flags of /proc/PID/stat; fixed since 2006 */

void proc_scan__init(struct proc_scan *scan)
{
	memset(scan, 0, sizeof(*scan));
	proc_maps__init(&scan->maps);
	cgroups__open(&scan->cgroups);
}

static void proc_scan__end_process(struct proc_scan *scan)
{
	closedir(scan->tasks);
	close(scan->process.directory);
	scan->tasks = NULL;
}

void proc_scan__end(struct proc_scan *scan)
{
	if (scan->proc)
		closedir(scan->proc);
	scan->proc = NULL;
	if (scan->tasks)
		proc_scan__end_process(scan);
	scan->is_running = false;
}

void proc_scan__close(struct proc_scan *scan)
{
	proc_scan__end(scan);
	cgroups__close(&scan->cgroups);
}

int proc_scan__begin(struct proc_scan *scan, const uint32_t *pids, size_t count, uint64_t time_ns)
{
	proc_scan__end(scan);
	scan->time_ns = time_ns;
	scan->pids = pids;
	scan->pids_count = count;
	scan->pids_next = 0;
	if (!pids) {
		scan->proc = opendir("/proc");
		if (!scan->proc)
			return -errno;
	}
	scan->is_running = true;
	return 0;
}

static uint32_t number(const char *name)
{
	char *end;
	unsigned long value = strtoul(name, &end, 10);

	return *name >= '1' && *name <= '9' && !*end && value <= OFFCUT_TID_MAX ? (uint32_t)value
										: 0;
}

/* "4711 (a (strange) name) S 1 4711 4711 0 -1 4194560 ...": parent and flags. */
static bool scanned_process__read_stat(struct scanned_process *process)
{
	char text[512]; /* the fields wanted are near the beginning */
	long long fields[6];
	char *at;

	if (read_file(process->directory, "stat", text, sizeof(text)) <= 0)
		return false;
	at = strrchr(text, ')'); /* the last one: a name may have its own */
	if (!at || strlen(at) < 4)
		return false;
	at += 4; /* past ") S " */
	for (size_t i = 0; i < 6; i++)
		fields[i] = strtoll(at, &at, 10);
	process->parent_pid = (uint32_t)fields[0];
	process->flags = fields[5] & PF_KTHREAD ? OFFCUT_TASK_FLAG_KERNEL_THREAD : 0;
	return true;
}

/* 0 where cgroup v2 is not mounted. */
static uint64_t proc_scan__cgroup(struct proc_scan *scan, struct encoder *encoder,
				  const struct scanned_process *process)
{
	char text[CGROUP_PATH_BYTES];
	char *line;

	if (read_file(process->directory, "cgroup", text, sizeof(text)) <= 0)
		return 0;
	line = !strncmp(text, "0::", 3) ? text : strstr(text, "\n0::");
	if (!line)
		return 0;
	line = strchr(line, '/');
	if (!line)
		return 0;
	line[strcspn(line, "\n")] = '\0';
	if (scan->cgroup && !strcmp(line, scan->cgroup_path))
		return scan->cgroup;
	scan->cgroup = cgroups__id(&scan->cgroups, line);
	strcpy(scan->cgroup_path, line);
	encoder__cgroup(encoder, scan->cgroup, line, strlen(line));
	return scan->cgroup;
}

/*
 * startTime stays unknown: /proc tells it in ticks of 10 ms, the programs in nanoseconds, and two
 * start times that differ would be two threads.
 */
static void proc_scan__thread(struct proc_scan *scan, struct encoder *encoder,
			      const struct scanned_process *process, uint32_t tid)
{
	char path[32], comm[64];
	ssize_t length;
	struct task task = {
		.time_ns = scan->time_ns,
		.kind = OFFCUT_TASK_KIND_SEEN,
		.tid = tid,
		.pid = process->pid,
		.parent_pid = process->parent_pid,
		.flags = process->flags,
		.cgroup = process->cgroup,
	};

	snprintf(path, sizeof(path), "task/%u/comm", tid);
	length = read_file(process->directory, path, comm, sizeof(comm));
	if (length <= 0)
		return;
	length -= comm[length - 1] == '\n';
	task.comm = encoder__string(encoder, comm, (size_t)length);
	encoder__task(encoder, &task);
}

/* Its mappings at once; its threads follow one by one, from scan->tasks. */
static void proc_scan__process(struct proc_scan *scan, struct encoder *encoder, uint32_t pid)
{
	struct scanned_process *process = &scan->process;
	char path[32];
	int tasks;

	snprintf(path, sizeof(path), "/proc/%u", pid);
	*process = (struct scanned_process){ .pid = pid };
	process->directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (process->directory < 0)
		return; /* it has ended: perf tells */
	tasks = openat(process->directory, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	scan->tasks = tasks < 0 ? NULL : fdopendir(tasks);
	if (!scan->tasks || !scanned_process__read_stat(process)) {
		if (scan->tasks)
			closedir(scan->tasks);
		else if (tasks >= 0)
			close(tasks);
		scan->tasks = NULL;
		close(process->directory);
		return;
	}
	process->cgroup = proc_scan__cgroup(scan, encoder, process);
	if (!(process->flags & OFFCUT_TASK_FLAG_KERNEL_THREAD))
		proc_maps__read(&scan->maps, encoder, process->directory, pid, scan->time_ns);
}

/* 0 at the end. */
static uint32_t proc_scan__next_pid(struct proc_scan *scan)
{
	const struct dirent *entry;
	uint32_t pid;

	if (scan->pids)
		return scan->pids_next < scan->pids_count ? scan->pids[scan->pids_next++] : 0;
	while ((entry = readdir(scan->proc)))
		if ((pid = number(entry->d_name)))
			return pid;
	return 0;
}

static uint32_t proc_scan__next_tid(struct proc_scan *scan)
{
	const struct dirent *entry;
	uint32_t tid;

	while ((entry = readdir(scan->tasks)))
		if ((tid = number(entry->d_name)))
			return tid;
	return 0;
}

/* The next thread of the process at hand, or the next process. */
static void proc_scan__advance(struct proc_scan *scan, struct encoder *encoder)
{
	uint32_t id = scan->tasks ? proc_scan__next_tid(scan) : proc_scan__next_pid(scan);

	if (scan->tasks && id)
		proc_scan__thread(scan, encoder, &scan->process, id);
	else if (scan->tasks)
		proc_scan__end_process(scan);
	else if (id)
		proc_scan__process(scan, encoder, id);
	else
		proc_scan__end(scan);
}

void proc_scan__step(struct proc_scan *scan, struct encoder *encoder, uint64_t deadline_ns)
{
	struct timespec now = { 0 };

	while (scan->is_running &&
	       (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec < deadline_ns) {
		proc_scan__advance(scan, encoder);
		clock_gettime(CLOCK_MONOTONIC, &now);
	}
}
