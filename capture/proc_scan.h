/* SPDX-License-Identifier: MIT */
/*
 * One pass over /proc: every thread's name, parent and cgroup, every process's executable mappings.
 * In steps of bounded time, because a host may have 100,000 threads while the ring fills: a step
 * ends at its deadline, the next goes on with the next thread.
 */
#ifndef OFFCUT_PROC_SCAN_H
#define OFFCUT_PROC_SCAN_H

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>

#include "cgroups.h"
#include "encoder.h"
#include "proc_maps.h"

struct scanned_process {
	int directory;
	uint32_t pid, parent_pid;
	uint32_t flags; /* enum offcut_task_flag */
	uint64_t cgroup;
};

struct proc_scan {
	struct proc_maps maps;
	struct cgroups cgroups;
	DIR *proc;  /* open while a scan of the whole host is under way */
	DIR *tasks; /* open while the threads of `process` are */
	struct scanned_process process;
	const uint32_t *pids; /* or these only; NULL: all */
	size_t pids_count, pids_next;
	bool is_running;
	uint64_t time_ns;                    /* that records get; 0: the recording's start */
	char cgroup_path[CGROUP_PATH_BYTES]; /* of the process before: most share a few */
	uint64_t cgroup;
};

void proc_scan__init(struct proc_scan *);
/* 0 or -errno. */
int proc_scan__begin(struct proc_scan *, const uint32_t *pids, size_t count, uint64_t time_ns);
void proc_scan__step(struct proc_scan *, struct encoder *, uint64_t deadline_ns);
void proc_scan__end(struct proc_scan *);
void proc_scan__close(struct proc_scan *);

#endif
