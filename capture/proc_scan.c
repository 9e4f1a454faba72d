/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "proc_scan.h"
#include "read_file.h"

#define PF_KTHREAD 0x00200000u /* in the flags of /proc/PID/stat; fixed since 2006 */
#define CGROUP_ROOT "/sys/fs/cgroup"

struct process {
	int directory;
	uint32_t pid, parent_pid;
	uint32_t flags; /* enum offcut_task_flag */
	uint64_t cgroup;
};

void proc_scan__init(struct proc_scan *scan)
{
	memset(scan, 0, sizeof(*scan));
	proc_maps__init(&scan->maps);
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

void proc_scan__end(struct proc_scan *scan)
{
	if (scan->proc)
		closedir(scan->proc);
	scan->proc = NULL;
	scan->is_running = false;
}

static uint32_t number(const char *name)
{
	char *end;
	unsigned long value = strtoul(name, &end, 10);

	return *name >= '1' && *name <= '9' && !*end && value <= OFFCUT_TID_MAX ? (uint32_t)value : 0;
}

/* "4711 (a (strange) name) S 1 4711 4711 0 -1 4194560 ...": parent and flags. */
static bool process__read_stat(struct process *process)
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

/* The id of a cgroup is the inode of its directory. 0 where cgroup v2 is not mounted. */
static uint64_t proc_scan__cgroup(struct proc_scan *scan, const struct process *process)
{
	char text[CGROUP_PATH_BYTES];
	char path[sizeof(CGROUP_ROOT) + CGROUP_PATH_BYTES];
	struct stat status;
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
	snprintf(path, sizeof(path), CGROUP_ROOT "%s", line);
	scan->cgroup = stat(path, &status) ? 0 : status.st_ino;
	strcpy(scan->cgroup_path, line);
	return scan->cgroup;
}

/*
 * startTime stays unknown: /proc tells it in ticks of 10 ms, the programs in nanoseconds, and two
 * start times that differ would be two threads.
 */
static void proc_scan__thread(struct proc_scan *scan, struct encoder *encoder,
			      const struct process *process, uint32_t tid)
{
	char path[32], comm[64];
	ssize_t length;

	snprintf(path, sizeof(path), "task/%u/comm", tid);
	length = read_file(process->directory, path, comm, sizeof(comm));
	if (length <= 0)
		return;
	length -= comm[length - 1] == '\n';
	encoder__task(encoder, &(struct task){
		.time_ns = scan->time_ns,
		.kind = OFFCUT_TASK_KIND_SEEN,
		.tid = tid,
		.pid = process->pid,
		.parent_pid = process->parent_pid,
		.comm = encoder__string(encoder, comm, (size_t)length),
		.flags = process->flags,
		.cgroup = process->cgroup,
	});
}

static void proc_scan__threads(struct proc_scan *scan, struct encoder *encoder,
			       const struct process *process)
{
	int fd = openat(process->directory, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *tasks = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	uint32_t tid;

	if (!tasks) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((entry = readdir(tasks)))
		if ((tid = number(entry->d_name)))
			proc_scan__thread(scan, encoder, process, tid);
	closedir(tasks);
}

static void proc_scan__process(struct proc_scan *scan, struct encoder *encoder, uint32_t pid)
{
	struct process process = { .pid = pid };
	char path[32];

	snprintf(path, sizeof(path), "/proc/%u", pid);
	process.directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (process.directory < 0)
		return; /* it has ended: perf tells */
	if (process__read_stat(&process)) {
		process.cgroup = proc_scan__cgroup(scan, &process);
		proc_scan__threads(scan, encoder, &process);
		if (!(process.flags & OFFCUT_TASK_FLAG_KERNEL_THREAD))
			proc_maps__read(&scan->maps, encoder, process.directory, pid,
					scan->time_ns);
	}
	close(process.directory);
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

void proc_scan__step(struct proc_scan *scan, struct encoder *encoder, uint64_t deadline_ns)
{
	struct timespec now;

	while (scan->is_running) {
		uint32_t pid = proc_scan__next_pid(scan);

		if (!pid) {
			proc_scan__end(scan);
			return;
		}
		proc_scan__process(scan, encoder, pid);
		clock_gettime(CLOCK_MONOTONIC, &now);
		if ((uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec >= deadline_ns)
			return;
	}
}
