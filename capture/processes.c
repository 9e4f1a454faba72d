/* SPDX-License-Identifier: MIT */
/*
 * Threads and mappings, from the start on: see processes.h. Here perf's records are taken apart;
 * where some were lost, /proc is read again.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "perf_ring.h"
#include "proc_scan.h"
#include "processes.h"

#define RECORD_BYTES_MAX (64u << 10) /* perf's size field has 16 bits */
/* So long a scan keeps the event ring from being drained; it takes most of a second to fill. */
#define SCAN_STEP_NS 100000000ull
/* After loss everything is scanned again, but not all the time: whoever forks that fast goes on. */
#define RESCAN_INTERVAL_NS 10000000000ull
/* From a record's time to its being seen in the ring: microseconds, taken amply. */
#define SETTLE_NS 1000000ull

struct processes {
	struct perf_ring *rings; /* by CPU */
	uint64_t *last_ns;       /* of the last record, by CPU */
	uint32_t cpus;
	void *scratch;
	uint32_t *pids; /* NULL: the whole host */
	size_t pids_count;
	uint8_t *followed; /* those pids and the children they forked: one bit per pid */
	struct proc_scan scan;
	bool wants_rescan;
	uint64_t drained_ns; /* what is older was looked at */
	uint64_t scanned_ns;
};

/* The beginnings of perf's records; perf_event.h describes them in comments only. */
struct perf_comm {
	struct perf_event_header header;
	uint32_t pid, tid;
	char comm[];
};

struct perf_task {
	struct perf_event_header header;
	uint32_t pid, parent_pid;
	uint32_t tid, parent_tid;
	uint64_t time_ns;
};

struct perf_mmap2 {
	struct perf_event_header header;
	uint32_t pid, tid;
	uint64_t start, length, file_offset;
	union {
		struct {
			uint32_t device_major, device_minor;
			uint64_t inode, inode_generation;
		};
		struct { /* with PERF_RECORD_MISC_MMAP_BUILD_ID */
			uint8_t build_id_bytes, reserved[3];
			uint8_t build_id[20];
		};
	};
	uint32_t protection, flags;
	char name[];
};

struct perf_lost {
	struct perf_event_header header;
	uint64_t id, count;
};

_Static_assert(offsetof(struct perf_mmap2, name) == 72, "mmap2 record");

static uint64_t monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

/* Perf names threads that are just gone, or of another pid namespace, -1: the format knows 0. */
static uint32_t known_id(uint32_t id)
{
	return id <= OFFCUT_TID_MAX ? id : 0;
}

static bool processes__follows(const struct processes *processes, uint32_t pid)
{
	return !processes->pids || processes->followed[known_id(pid) / 8] & 1u << pid % 8;
}

static void processes__set_followed(struct processes *processes, uint32_t pid, bool follow)
{
	uint8_t bit = (uint8_t)(1u << pid % 8), *byte = &processes->followed[known_id(pid) / 8];

	if (known_id(pid))
		*byte = (uint8_t)(follow ? *byte | bit : *byte & ~bit);
}

static int processes__open_rings(struct processes *processes, struct capture_error *error)
{
	uint32_t open = 0;

	for (uint32_t cpu = 0; cpu < processes->cpus; cpu++) {
		int result = perf_ring__open(&processes->rings[cpu], cpu);

		processes->last_ns[cpu] = monotonic_ns();
		if (result == -ENODEV)
			continue; /* possible, not online */
		if (result == -EACCES || result == -EPERM)
			return error__set(error, -result,
					  "Not allowed to watch processes start and end: that "
					  "needs CAP_PERFMON (CAP_SYS_ADMIN before Linux 5.8).");
		if (result)
			return error__set(error, -result,
					  "Cannot watch processes start and end on CPU %u: %s.",
					  cpu, strerror(-result));
		open++;
	}
	return open ? 0 : error__set(error, ENODEV, "No CPU lets processes be watched.");
}

/* The caller's pids are copied: children join them later. */
static int processes__follow(struct processes *processes, const struct processes_config *config)
{
	processes->pids_count = config->pids_count;
	processes->pids = calloc(config->pids_count + 1, sizeof(*processes->pids));
	processes->followed = calloc(OFFCUT_TID_MAX / 8 + 1, 1);
	if (!processes->pids || !processes->followed)
		return -ENOMEM;
	for (size_t i = 0; i < config->pids_count; i++) {
		processes->pids[i] = config->pids[i];
		processes__set_followed(processes, config->pids[i], true);
	}
	return 0;
}

int processes__open(struct processes **out, const struct processes_config *config,
		    struct capture_error *error)
{
	struct processes *processes = calloc(1, sizeof(*processes));
	int result;

	if (!processes)
		return error__set(error, ENOMEM, "Not enough memory to watch processes.");
	processes->rings = calloc(config->cpus, sizeof(*processes->rings));
	for (uint32_t cpu = 0; processes->rings && cpu < config->cpus; cpu++)
		processes->rings[processes->cpus++].fd = -1;
	processes->last_ns = calloc(config->cpus, sizeof(*processes->last_ns));
	processes->scratch = malloc(RECORD_BYTES_MAX);
	proc_scan__init(&processes->scan);
	if (!processes->rings || !processes->last_ns || !processes->scratch ||
	    (config->pids && processes__follow(processes, config))) {
		result = error__set(error, ENOMEM, "Not enough memory to watch processes.");
	} else {
		result = processes__open_rings(processes, error);
	}
	if (result) {
		processes__close(processes);
		return result;
	}
	*out = processes;
	return 0;
}

void processes__close(struct processes *processes)
{
	if (!processes)
		return;
	for (uint32_t cpu = 0; cpu < processes->cpus; cpu++)
		perf_ring__close(&processes->rings[cpu]);
	proc_scan__close(&processes->scan);
	free(processes->followed);
	free(processes->rings);
	free(processes->last_ns);
	free(processes->scratch);
	free(processes->pids);
	free(processes);
}

int processes__watch(const struct processes *processes, int epoll_fd, uint32_t data)
{
	/* By edges: the rings are looked at at every wakeup anyway. */
	struct epoll_event event = { .events = EPOLLIN | EPOLLET, .data.u32 = data };

	for (uint32_t cpu = 0; cpu < processes->cpus; cpu++)
		if (processes->rings[cpu].fd >= 0 &&
		    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, processes->rings[cpu].fd, &event) < 0)
			return -1;
	return 0;
}

int processes__start(struct processes *processes, struct encoder *encoder,
		     struct capture_error *error)
{
	int result = proc_scan__begin(&processes->scan, processes->pids, processes->pids_count, 0);

	if (result)
		return error__set(error, -result, "Cannot read /proc: %s.", strerror(-result));
	processes->scanned_ns = monotonic_ns();
	proc_scan__step(&processes->scan, encoder, processes->scanned_ns + SCAN_STEP_NS);
	return 0;
}

bool processes__are_some(const struct processes *processes)
{
	return processes->pids != NULL;
}

static void processes__task(const struct processes *processes, struct encoder *encoder,
			    const struct task *task)
{
	if (task->tid && processes__follows(processes, task->pid))
		encoder__task(encoder, task);
}

static void processes__comm(const struct processes *processes, struct encoder *encoder,
			    const struct perf_comm *record, uint64_t time_ns)
{
	bool is_exec = record->header.misc & PERF_RECORD_MISC_COMM_EXEC;
	size_t room = record->header.size - offsetof(struct perf_comm, comm) - sizeof(time_ns);
	struct task task = {
		.time_ns = time_ns,
		.kind = is_exec ? OFFCUT_TASK_KIND_EXEC : OFFCUT_TASK_KIND_COMM,
		.tid = known_id(record->tid),
		.pid = known_id(record->pid),
		.comm = encoder__string(encoder, record->comm, strnlen(record->comm, room)),
	};

	processes__task(processes, encoder, &task);
}

static void processes__fork(struct processes *processes, struct encoder *encoder,
			    const struct perf_task *record)
{
	struct task task = {
		.time_ns = record->time_ns,
		.kind = OFFCUT_TASK_KIND_FORK,
		.tid = known_id(record->tid),
		.pid = known_id(record->pid),
		.parent_pid = known_id(record->parent_pid),
		.parent_tid = known_id(record->parent_tid),
	};

	/* Said of every new process: a pid may come again as another's. */
	if (processes->pids && record->pid != record->parent_pid)
		processes__set_followed(processes, record->pid,
					processes__follows(processes, record->parent_pid));
	processes__task(processes, encoder, &task);
}

static void processes__exit(const struct processes *processes, struct encoder *encoder,
			    const struct perf_task *record)
{
	struct task task = {
		.time_ns = record->time_ns,
		.kind = OFFCUT_TASK_KIND_EXIT,
		.tid = known_id(record->tid),
		.pid = known_id(record->pid),
	};

	processes__task(processes, encoder, &task);
}

static void processes__mapping(struct processes *processes, struct encoder *encoder,
			       const struct perf_mmap2 *record, uint64_t time_ns)
{
	char name[4097]; /* PATH_MAX and a NUL */
	size_t room = record->header.size - offsetof(struct perf_mmap2, name) - sizeof(time_ns);
	struct build_id build_id = { 0 };
	uint64_t device = 0, inode = 0;
	struct mapping mapping = {
		.time_ns = time_ns,
		.start = record->start,
		.length = record->length,
		.file_offset = record->file_offset,
		.pid = record->pid,
	};

	if (!known_id(record->pid) || !processes__follows(processes, record->pid))
		return;
	if (room >= sizeof(name))
		room = sizeof(name) - 1;
	memcpy(name, record->name, room);
	name[room] = '\0';
	if (record->header.misc & PERF_RECORD_MISC_MMAP_BUILD_ID) {
		build_id.length = record->build_id_bytes <= sizeof(record->build_id)
					  ? record->build_id_bytes
					  : 0;
		memcpy(build_id.bytes, record->build_id, build_id.length);
	} else {
		device = (uint64_t)record->device_major << 20 | record->device_minor;
		inode = record->inode;
	}
	mapping.object =
		proc_maps__object(&processes->scan.maps, encoder, name, device, inode, &build_id);
	encoder__mapping(encoder, &mapping);
}

static void processes__lost(struct processes *processes, struct encoder *encoder, uint32_t cpu,
			    const struct perf_lost *record, uint64_t time_ns)
{
	/* Tasks or mappings: perf does not say which. */
	encoder__lost(encoder, cpu, OFFCUT_BLOCK_TYPE_TASK, OFFCUT_LOST_REASON_PERF_RING_FULL,
		      processes->last_ns[cpu], time_ns, record->count);
	processes->wants_rescan = true;
}

static void processes__record(struct processes *processes, struct encoder *encoder, uint32_t cpu,
			      const struct perf_event_header *header, uint64_t time_ns)
{
	switch (header->type) {
	case PERF_RECORD_COMM:
		processes__comm(processes, encoder, (const struct perf_comm *)header, time_ns);
		break;
	case PERF_RECORD_FORK:
		processes__fork(processes, encoder, (const struct perf_task *)header);
		break;
	case PERF_RECORD_EXIT:
		processes__exit(processes, encoder, (const struct perf_task *)header);
		break;
	case PERF_RECORD_MMAP2:
		processes__mapping(processes, encoder, (const struct perf_mmap2 *)header, time_ns);
		break;
	case PERF_RECORD_LOST:
		processes__lost(processes, encoder, cpu, (const struct perf_lost *)header, time_ns);
		break;
	}
	processes->last_ns[cpu] = time_ns;
}

/*
 * The records of all CPUs in the order of time, for a child may run on another CPU than its parent
 * forked it on, and is followed for its fork's sake. Up to `until_ns` only: what is younger may
 * still have something older on its way into another ring.
 */
static void processes__drain_rings(struct processes *processes, struct encoder *encoder,
				   uint64_t until_ns)
{
	if (until_ns > processes->drained_ns)
		processes->drained_ns = until_ns;
	for (;;) {
		uint64_t first_ns = UINT64_MAX;
		uint32_t first = 0;

		for (uint32_t cpu = 0; cpu < processes->cpus; cpu++) {
			uint64_t time_ns = perf_ring__next_ns(&processes->rings[cpu]);

			if (time_ns < first_ns) {
				first_ns = time_ns;
				first = cpu;
			}
		}
		if (first_ns == UINT64_MAX || first_ns > until_ns)
			break;
		processes__record(processes, encoder, first,
				  perf_ring__next(&processes->rings[first], processes->scratch),
				  first_ns);
		perf_ring__release(&processes->rings[first]);
	}
}

void processes__drain(struct processes *processes, struct encoder *encoder)
{
	uint64_t now_ns = monotonic_ns();

	processes__drain_rings(processes, encoder, now_ns - SETTLE_NS);
	if (processes->wants_rescan && !processes->scan.is_running &&
	    now_ns - processes->scanned_ns >= RESCAN_INTERVAL_NS) {
		processes->wants_rescan = false;
		processes->scanned_ns = now_ns;
		proc_scan__begin(&processes->scan, processes->pids, processes->pids_count, now_ns);
	}
	proc_scan__step(&processes->scan, encoder, now_ns + SCAN_STEP_NS);
	if (!processes->scan.is_running)
		encoder__mappings_known(encoder, now_ns - SETTLE_NS);
	cgroups__resolve(&processes->scan.cgroups, encoder);
}

/*
 * What a thread has mapped before its stack was taken is in a ring by now, and so is what its process
 * and parents did before that: nothing that belongs to it can be on its way any more.
 */
void processes__prepare(struct processes *processes, struct encoder *encoder, uint32_t pid,
			uint64_t time_ns)
{
	struct address_spaces *spaces = encoder__address_spaces(encoder);
	char path[32];
	int directory;

	if (time_ns > processes->drained_ns)
		processes__drain_rings(processes, encoder, time_ns);
	if (address_spaces__is_whole(spaces, pid))
		return;
	snprintf(path, sizeof(path), "/proc/%u", pid);
	directory = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (directory >= 0) {
		proc_maps__read(&processes->scan.maps, encoder, directory, pid,
				processes->scan.time_ns);
		close(directory);
	}
	address_spaces__set_whole(spaces, pid);
}

void processes__finish(struct processes *processes, struct encoder *encoder)
{
	proc_scan__step(&processes->scan, encoder, UINT64_MAX);
	processes__drain_rings(processes, encoder, monotonic_ns());
	encoder__mappings_known(encoder, UINT64_MAX);
	cgroups__resolve(&processes->scan.cgroups, encoder);
}
