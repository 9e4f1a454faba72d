/* SPDX-License-Identifier: MIT */
/*
 * Which threads and executable mappings there are: one PERF_COUNT_SW_DUMMY event per CPU for what
 * changes (mmap2 with build ids, comm, fork, exit, ksymbol) and one /proc scan for what existed
 * before. All of it goes to the encoder as Task, Map and Object definitions.
 *
 *   processes__open   before the first BPF program is attached: nothing is missed from here on
 *   processes__watch  lets an epoll wake up before the events' rings are full
 *   processes__start  begins the scan, which takes a second or two on a host with 100,000 threads
 *   processes__drain  before each encoder__tick; goes on with the scan for a tenth of a second
 *   processes__finish the last drain; does all that is left of the scan
 */
#ifndef OFFCUT_PROCESSES_H
#define OFFCUT_PROCESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "encoder.h"
#include "error.h"

struct processes;

struct processes_config {
	uint32_t cpus;        /* possible CPUs */
	const uint32_t *pids; /* only these and the children they fork; NULL: the whole host */
	size_t pids_count;
};

int processes__open(struct processes **out, const struct processes_config *,
		    struct capture_error *);
/* Adds to the epoll what says, with `data`, that it is time to drain. 0, or -1 and errno. */
int processes__watch(const struct processes *, int epoll_fd, uint32_t data);
int processes__start(struct processes *, struct encoder *, struct capture_error *);
/* Are only some processes followed, not the whole host? */
bool processes__are_some(const struct processes *);
void processes__drain(struct processes *, struct encoder *);
/* Before a user stack of `pid` at `time_ns` is looked at: whatever it may refer to is known then. */
void processes__prepare(struct processes *, struct encoder *, uint32_t pid, uint64_t time_ns);
void processes__finish(struct processes *, struct encoder *);
void processes__close(struct processes *); /* NULL is fine */

#endif
