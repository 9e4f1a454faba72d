/* SPDX-License-Identifier: MIT */
/*
 * Dictionaries: see dictionary.h. Linear probing in a table that is at most half full; it grows by
 * being built anew from the keys, which are kept by index anyway.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dictionary.h"

#define SLOTS_LOG2_MIN 8 /* half of it: room for what one message may add */

static uint64_t dictionary__slots(const struct dictionary *dictionary)
{
	return 1ull << (64 - dictionary->shift);
}

static struct dictionary_slot *dictionary__slot(const struct dictionary *dictionary, uint64_t key)
{
	uint64_t mask = dictionary__slots(dictionary) - 1;

	for (uint64_t at = dictionary__home(dictionary, key);; at = (at + 1) & mask) {
		struct dictionary_slot *slot = &dictionary->slots[at];

		if (slot->generation != dictionary->generation || slot->key == key)
			return slot;
	}
}

static int dictionary__allocate(struct dictionary *dictionary, uint32_t slots_log2)
{
	uint64_t slots = 1ull << slots_log2;
	uint32_t count_max = (uint32_t)(slots / 2); /* half full at most: short probes */
	struct dictionary_slot *new_slots = calloc(slots, sizeof(*new_slots));
	uint64_t *new_keys = realloc(dictionary->keys, count_max * sizeof(*new_keys));

	if (new_keys)
		dictionary->keys = new_keys;
	if (!new_slots || !new_keys) {
		free(new_slots);
		return -ENOMEM;
	}
	free(dictionary->slots);
	dictionary->slots = new_slots;
	dictionary->shift = 64 - slots_log2;
	dictionary->count_max = count_max < dictionary->limit ? count_max : dictionary->limit;
	dictionary->generation = 1;
	for (uint32_t i = 0; i < dictionary->count; i++) {
		struct dictionary_slot *slot = dictionary__slot(dictionary, new_keys[i]);

		*slot = (struct dictionary_slot){ new_keys[i], 1, i };
	}
	return 0;
}

int dictionary__open(struct dictionary *dictionary, uint32_t limit)
{
	memset(dictionary, 0, sizeof(*dictionary));
	dictionary->limit = limit;
	return dictionary__allocate(dictionary, SLOTS_LOG2_MIN);
}

void dictionary__close(struct dictionary *dictionary)
{
	free(dictionary->slots);
	free(dictionary->keys);
	memset(dictionary, 0, sizeof(*dictionary));
}

void dictionary__reset(struct dictionary *dictionary)
{
	dictionary->count = 0;
	if (++dictionary->generation == 0) { /* after 2^32 blocks old slots would look new */
		memset(dictionary->slots, 0,
		       dictionary__slots(dictionary) * sizeof(*dictionary->slots));
		dictionary->generation = 1;
	}
}

bool dictionary__reserve(struct dictionary *dictionary, uint32_t more)
{
	while (dictionary->count_max - dictionary->count < more) {
		if (dictionary->count_max == dictionary->limit)
			return false;
		if (dictionary__allocate(dictionary, 64 - dictionary->shift + 1))
			return false;
	}
	return true;
}

bool dictionary__has(const struct dictionary *dictionary, uint64_t key)
{
	return dictionary__slot(dictionary, key)->generation == dictionary->generation;
}

uint32_t dictionary__find_or_add(struct dictionary *dictionary, uint64_t key)
{
	struct dictionary_slot *slot = dictionary__slot(dictionary, key);

	if (slot->generation != dictionary->generation) {
		*slot = (struct dictionary_slot){ key, dictionary->generation, dictionary->count };
		dictionary->keys[dictionary->count++] = key;
	}
	return slot->index;
}
