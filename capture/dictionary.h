/* SPDX-License-Identifier: MIT */
/*
 * 64-bit keys to dense indices 0, 1, 2, ... in order of first sight: threads and call tuples of an
 * open block, stack hashes of a recording. Looked up once or more per event, so: open addressing,
 * a power of two, one cache line nearly always. Emptying it costs nothing: slots carry the
 * generation they were written in, and a new generation makes all of them old.
 */
#ifndef OFFCUT_DICTIONARY_H
#define OFFCUT_DICTIONARY_H

#include <stdbool.h>
#include <stdint.h>

struct dictionary_slot {
	uint64_t key;
	uint32_t generation; /* of the dictionary when it was written; else the slot is free */
	uint32_t index;
};

struct dictionary {
	struct dictionary_slot *slots;
	uint64_t *keys; /* by index */
	uint32_t shift; /* 64 - log2 of the number of slots */
	uint32_t count, count_max, limit;
	uint32_t generation;
};

/* `limit` keys at most. 0 or -ENOMEM. */
int dictionary__open(struct dictionary *, uint32_t limit);
void dictionary__close(struct dictionary *);
void dictionary__reset(struct dictionary *);

/* Makes room for `more` keys. False when the limit, or memory, does not allow it. */
bool dictionary__reserve(struct dictionary *, uint32_t more);

bool dictionary__has(const struct dictionary *, uint64_t key);

/* The slow half of dictionary__index: a collision, or a new key. */
uint32_t dictionary__find_or_add(struct dictionary *, uint64_t key);

/* Fibonacci hashing: the upper bits of the product depend on all bits of the key. */
static inline uint64_t dictionary__home(const struct dictionary *dictionary, uint64_t key)
{
	return (key * 0x9E3779B97F4A7C15ull) >> dictionary->shift;
}

/* Of a key, new or known. There must be room: dictionary__reserve. */
static inline uint32_t dictionary__index(struct dictionary *dictionary, uint64_t key)
{
	const struct dictionary_slot *slot = &dictionary->slots[dictionary__home(dictionary, key)];

	if (slot->key == key && slot->generation == dictionary->generation)
		return slot->index;
	return dictionary__find_or_add(dictionary, key);
}

#endif
