/* SPDX-License-Identifier: MIT */
/*
 * What executable mappings processes have now, so that an address of a stack is known to lie in an
 * object while the process still lives. In: mappings, forks, execs and exits, in the order of time.
 * Out: the mapping that holds an address. Bounded; what is not known is answered as not known.
 */
#ifndef OFFCUT_CODE_MAPS_H
#define OFFCUT_CODE_MAPS_H

#include <stdint.h>

#include "entities.h"

#define CODE_MAPPINGS_MAX (1u << 20) /* of all processes, 32 bytes each */
#define CODE_MAPS_EXITED_MAX 4096u   /* processes that are remembered when they are gone */

struct code_mapping {
	uint64_t start, length, file_offset;
	uint32_t object;
};

struct code_map {
	uint32_t pid; /* 0: free */
	uint32_t count, capacity;
	struct code_mapping *mappings; /* the latest last */
};

struct code_maps {
	struct code_map *slots; /* open addressing */
	uint32_t slots_log2, count;
	uint32_t mappings_count;
	uint32_t *exited; /* a ring: the one that is pushed out is forgotten */
	uint32_t exited_next;
};

int code_maps__open(struct code_maps *); /* 0 or -ENOMEM */
void code_maps__close(struct code_maps *);

void code_maps__mapping(struct code_maps *, const struct mapping *);
void code_maps__task(struct code_maps *, const struct task *);

/* NULL: none, as far as is known. Valid until the next mapping or task. */
const struct code_mapping *code_maps__find(const struct code_maps *, uint32_t pid, uint64_t address);

#endif
