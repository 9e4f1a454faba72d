/* SPDX-License-Identifier: MIT */
/*
 * What events refer to: strings, mapped objects, mappings, tasks, stacks and the symbols of the
 * kernel addresses in them. Each gets a dense id at first sight and is written once, always in the
 * order in which one refers to the other, and before the block of events that needs it:
 *
 *   String -> Object -> Map, KernelSymbol -> Stack
 *          -> Task, Cgroup, StringArgument
 *
 * Symbols go out with the stack that needs them, so that a recording cut off at any moment is
 * complete in itself.
 */
#ifndef OFFCUT_DEFINITIONS_H
#define OFFCUT_DEFINITIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/types.h>

#include "../bpf/events.h"
#include "block.h"
#include "block_writer.h"
#include "dictionary.h"
#include "entities.h"
#include "intern.h"
#include "losses.h"
#include "stack_code.h"
#include "symbols.h"
#include "tasks.h"

struct definitions {
	struct block strings, objects, mappings, symbol_block, stacks, cgroups, string_arguments;
	struct tasks tasks;
	struct intern string_ids, object_ids;
	struct dictionary stack_ids; /* hash to id - 1 */
	uint8_t *stack_is_defined;   /* one bit per stack */
	struct dictionary cgroup_ids; /* that tasks have named: id to index */
	uint8_t *cgroup_is_defined;   /* one bit per index */
	uint32_t cgroups_asked;       /* the ids before this index have been asked for */
	struct symbols *symbols;
	struct stack_code stack_code; /* of user stacks, for sealing */
	uint32_t *module_objects; /* object id by module, 0 not yet */
	struct block_writer *writer;
	struct losses *losses;
	uint64_t start_ns, now_ns; /* now: the latest time met, for what has no time of its own */
	uint64_t stacks_defined, symbols_count, string_arguments_count;
	uint32_t argument_strings; /* ids given to strings of arguments */
	struct loss limit_reached[BLOCK_TYPES]; /* not yet told; indexed by block type */
};

struct definitions_config {
	struct chunk_pool *pool;
	struct block_writer *writer;
	struct losses *losses;
	uint64_t start_ns;
	const char *kallsyms;
	bool seals;	/* what stacks need of files is to be found */
	bool opens_all; /* of the files that are mapped, not only those of stacks */
};

int definitions__open(struct definitions *, const struct definitions_config *); /* 0 or -ENOMEM */
void definitions__close(struct definitions *);

uint32_t definitions__string(struct definitions *, const void *bytes, size_t length);
uint32_t definitions__object(struct definitions *, const struct object *);
void definitions__mapping(struct definitions *, const struct mapping *);
void definitions__task(struct definitions *, const struct task *);
/* The first `depth` of its frames. */
void definitions__stack(struct definitions *, const struct stack_record *, uint32_t depth);
/* The id of a stack that the caller defines now; 0: it is defined, or there are too many. */
uint32_t definitions__define_stack(struct definitions *, uint64_t hash);

/* What an argument points to: its text becomes a string. */
void definitions__string_argument(struct definitions *, const struct string_argument *,
				  const char *text, size_t length);

/* The next cgroup that a task has named and that has no path; 0: none. Each once. */
uint64_t definitions__next_cgroup(struct definitions *);
void definitions__cgroup(struct definitions *, uint64_t id, const char *path, size_t length);

/* Of a hash that an event refers to; its definition may still come, or be lost. */
uint32_t definitions__id_of_stack(struct definitions *, uint64_t hash);

/* Most events have none. */
static inline uint32_t definitions__stack_id(struct definitions *definitions, uint64_t hash)
{
	return hash ? definitions__id_of_stack(definitions, hash) : 0;
}

/* Everything that is defined and not yet in the file. */
void definitions__write(struct definitions *);

#endif
