/* SPDX-License-Identifier: MIT */
/*
 * Byte strings to ids in order of first sight: names, paths, and mapped files by their identity.
 * Memory is bounded: when it is full, everything is forgotten and the ids go on. The format allows
 * two ids for one string, and a host that has 30,000 different ones can afford to see some twice.
 */
#ifndef OFFCUT_INTERN_H
#define OFFCUT_INTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct intern_entry {
	uint32_t id;
	uint32_t offset, length; /* of the bytes in the arena */
	uint32_t hash;
};

struct intern {
	uint32_t *slots; /* index + 1 into entries, 0 free */
	struct intern_entry *entries;
	uint8_t *arena;
	uint32_t count, arena_used;
	uint32_t next_id, id_max;
	uint64_t seed; /* so that nobody can prepare names which all collide */
};

/* Ids 1..id_max. 0 or -ENOMEM. */
int intern__open(struct intern *, uint32_t id_max, uint64_t seed);
void intern__close(struct intern *);

/* The id, and whether the caller must define it; 0 when the ids are exhausted. */
uint32_t intern__id(struct intern *, const void *bytes, size_t length, bool *is_new);

#endif
