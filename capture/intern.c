/* SPDX-License-Identifier: MIT */
/*
 * Byte strings to ids: see intern.h. A hash table of indices into entries whose bytes lie in one
 * arena; bytes are compared, never hashes alone.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "intern.h"

#define SLOTS_LOG2 16
#define SLOTS (1u << SLOTS_LOG2)
#define ENTRIES_MAX (SLOTS / 2)
#define ARENA_BYTES (2u << 20)

int intern__open(struct intern *intern, uint32_t id_max, uint64_t seed)
{
	memset(intern, 0, sizeof(*intern));
	intern->next_id = 1;
	intern->id_max = id_max;
	intern->seed = seed;
	/* Not touched until used: an idle host pays for its few hundred strings only. */
	intern->slots = calloc(SLOTS, sizeof(*intern->slots));
	intern->entries = malloc(ENTRIES_MAX * sizeof(*intern->entries));
	intern->arena = malloc(ARENA_BYTES);
	return intern->slots && intern->entries && intern->arena ? 0 : -ENOMEM;
}

void intern__close(struct intern *intern)
{
	free(intern->slots);
	free(intern->entries);
	free(intern->arena);
	memset(intern, 0, sizeof(*intern));
}

static uint32_t intern__hash(const struct intern *intern, const uint8_t *bytes, size_t length)
{
	uint64_t hash = intern->seed ^ length;

	while (length) {
		size_t part = length < 8 ? length : 8;
		uint64_t word = 0;

		memcpy(&word, bytes, part);
		hash = (hash ^ word) * 0x9E3779B97F4A7C15ull;
		hash ^= hash >> 29;
		bytes += part;
		length -= part;
	}
	return (uint32_t)(hash >> 32);
}

static bool intern__is(const struct intern *intern, const struct intern_entry *entry, uint32_t hash,
		       const void *bytes, size_t length)
{
	return entry->hash == hash && entry->length == length &&
	       !memcmp(intern->arena + entry->offset, bytes, length);
}

static uint32_t *intern__slot(const struct intern *intern, uint32_t hash, const void *bytes,
			      size_t length)
{
	for (uint32_t at = hash;; at++) {
		uint32_t *slot = &intern->slots[at & (SLOTS - 1)];

		if (!*slot || intern__is(intern, &intern->entries[*slot - 1], hash, bytes, length))
			return slot;
	}
}

uint32_t intern__id(struct intern *intern, const void *bytes, size_t length, bool *is_new)
{
	uint32_t hash = intern__hash(intern, bytes, length);
	uint32_t *slot = intern__slot(intern, hash, bytes, length);
	struct intern_entry *entry;

	*is_new = false;
	if (*slot)
		return intern->entries[*slot - 1].id;
	if (intern->next_id > intern->id_max || length > ARENA_BYTES)
		return 0;
	if (intern->count == ENTRIES_MAX || ARENA_BYTES - intern->arena_used < length) {
		memset(intern->slots, 0, SLOTS * sizeof(*intern->slots));
		intern->count = intern->arena_used = 0;
		slot = intern__slot(intern, hash, bytes, length);
	}
	entry = &intern->entries[intern->count++];
	*entry = (struct intern_entry){ intern->next_id++, intern->arena_used, (uint32_t)length,
					hash };
	memcpy(intern->arena + intern->arena_used, bytes, length);
	intern->arena_used += (uint32_t)length;
	*slot = intern->count;
	*is_new = true;
	return entry->id;
}
