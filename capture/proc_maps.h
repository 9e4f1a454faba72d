/* SPDX-License-Identifier: MIT */
/*
 * The executable mappings that a process has now. Asked of the kernel one by one (PROCMAP_QUERY,
 * Linux 6.11), build ids included; before that read from the text of /proc/PID/maps, the build ids
 * from the files themselves, each file once.
 */
#ifndef OFFCUT_PROC_MAPS_H
#define OFFCUT_PROC_MAPS_H

#include <stdbool.h>
#include <stdint.h>

#include "encoder.h"

#define BUILD_ID_CACHE_SLOTS 512

struct build_id_cache_slot {
	uint64_t device, inode;
	struct build_id build_id;
};

struct proc_maps {
	bool lacks_query; /* the kernel does not know PROCMAP_QUERY */
	struct build_id vdso;
	struct build_id_cache_slot cache[BUILD_ID_CACHE_SLOTS];
};

void proc_maps__init(struct proc_maps *);

/* The object of a mapping: its name in /proc or perf, its identity as far as it is known, or 0. */
uint32_t proc_maps__object(struct proc_maps *, struct encoder *, const char *name, uint64_t device,
			   uint64_t inode, const struct build_id *);

/* Hands the mappings of `pid`, whose /proc directory is `directory`, to the encoder. */
void proc_maps__read(struct proc_maps *, struct encoder *, int directory, uint32_t pid,
		     uint64_t time_ns);

#endif
