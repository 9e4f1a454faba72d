/* SPDX-License-Identifier: MIT */
/*
 * Needed addresses: see needed_code.h. Asked for every code pointer of every new stack, so: open
 * addressing in one array of 16 byte slots, at most three quarters full; it grows by being built
 * anew.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "needed_code.h"

#define SLOTS_LOG2_MIN 10

_Static_assert(sizeof(struct needed_address) == 16, "there are many of them");

int needed_code__open(struct needed_code *code, uint64_t seed)
{
	*code = (struct needed_code){ .slots_log2 = SLOTS_LOG2_MIN, .seed = seed };
	code->slots = calloc(1u << code->slots_log2, sizeof(*code->slots));
	code->objects_met = calloc(OFFCUT_OBJECT_ID_MAX / 8 + 1, 1); /* pages, where touched */
	code->pids_met = calloc(OFFCUT_TID_MAX / 8 + 1, 1);
	code->pending = malloc(NEEDED_OWNERS_PENDING_MAX * sizeof(*code->pending));
	return code->slots && code->objects_met && code->pids_met && code->pending ? 0 : -ENOMEM;
}

void needed_code__close(struct needed_code *code)
{
	free(code->slots);
	free(code->objects_met);
	free(code->pids_met);
	free(code->pending);
	memset(code, 0, sizeof(*code));
}

/* The address's own slot, or the free one where it belongs. */
static struct needed_address *needed_code__slot(const struct needed_code *code,
						const struct needed_address *address)
{
	uint64_t hash = code->seed ^ address->at ^ (uint64_t)address->owner << 32 ^
			(uint64_t)address->is_in_process << 63;
	uint32_t mask = (1u << code->slots_log2) - 1;

	hash *= 0x9E3779B97F4A7C15ull;
	hash = (hash ^ hash >> 29) * 0xBF58476D1CE4E5B9ull;
	for (uint32_t at = (uint32_t)(hash >> 32);; at++) {
		struct needed_address *slot = &code->slots[at & mask];

		if (!slot->owner || (slot->at == address->at && slot->owner == address->owner &&
				     slot->is_in_process == address->is_in_process))
			return slot;
	}
}

static bool needed_code__grow(struct needed_code *code)
{
	struct needed_code larger = *code;

	larger.slots_log2++;
	larger.slots = calloc((size_t)1 << larger.slots_log2, sizeof(*larger.slots));
	if (!larger.slots)
		return false;
	for (uint32_t i = 0; i < 1u << code->slots_log2; i++)
		if (code->slots[i].owner)
			*needed_code__slot(&larger, &code->slots[i]) = code->slots[i];
	free(code->slots);
	*code = larger;
	return true;
}

static bool needed_code__has_room(struct needed_code *code)
{
	if (code->count == NEEDED_CODE_MAX)
		return false;
	return code->count + 1 <= (1u << code->slots_log2) / 4 * 3 || needed_code__grow(code);
}

static uint8_t *needed_code__met(const struct needed_code *code, uint32_t object_id, uint32_t pid)
{
	return object_id ? &code->objects_met[object_id / 8] : &code->pids_met[pid / 8];
}

void needed_code__meet(struct needed_code *code, uint32_t object_id, uint32_t pid, uint64_t address)
{
	uint8_t bit = (uint8_t)(1u << (object_id ? object_id : pid) % 8), *met;

	if (!code->slots)
		return;
	met = needed_code__met(code, object_id, pid);
	/* Met again it may fit. */
	if (*met & bit || code->pending_count == NEEDED_OWNERS_PENDING_MAX)
		return;
	*met |= bit;
	code->pending[(code->pending_first + code->pending_count++) % NEEDED_OWNERS_PENDING_MAX] =
		(struct needed_owner){ object_id, pid, address };
}

bool needed_code__next_owner(struct needed_code *code, struct needed_owner *owner)
{
	if (!code->pending_count)
		return false;
	*owner = code->pending[code->pending_first];
	code->pending_first = (code->pending_first + 1) % NEEDED_OWNERS_PENDING_MAX;
	code->pending_count--;
	return true;
}

void needed_code__forget_owner(struct needed_code *code, const struct needed_owner *owner)
{
	uint32_t id = owner->object_id ? owner->object_id : owner->pid;

	if (code->slots)
		*needed_code__met(code, owner->object_id, owner->pid) &= (uint8_t)~(1u << id % 8);
}

bool needed_code__add(struct needed_code *code, uint32_t object_id, uint64_t file_offset,
		      uint32_t pid, uint64_t address)
{
	struct needed_address wanted = { file_offset, object_id, 0, 0 };
	struct needed_address *slot;

	if (!object_id)
		wanted = (struct needed_address){ address, pid, 1, 0 };
	if (!code->slots || !wanted.owner || object_id > OFFCUT_OBJECT_ID_MAX || pid > OFFCUT_TID_MAX)
		return false;
	needed_code__meet(code, object_id, pid, address);
	slot = needed_code__slot(code, &wanted);
	if (slot->owner)
		return false;
	if (!needed_code__has_room(code)) {
		code->refused++;
		return false;
	}
	*needed_code__slot(code, &wanted) = wanted; /* it may have grown */
	code->count++;
	return true;
}

static int needed_address__compare(const void *a, const void *b)
{
	const struct needed_address *left = a, *right = b;

	if (left->is_in_process != right->is_in_process)
		return left->is_in_process < right->is_in_process ? -1 : 1;
	if (left->owner != right->owner)
		return left->owner < right->owner ? -1 : 1;
	return left->at < right->at ? -1 : left->at > right->at;
}

size_t needed_code__rows(struct needed_code *code, bool in_processes_too,
			 struct needed_address **rows)
{
	size_t count = 0;

	*rows = malloc((code->count + 1) * sizeof(**rows));
	if (!*rows)
		return 0;
	for (uint32_t i = 0; i < 1u << code->slots_log2; i++) {
		struct needed_address *slot = &code->slots[i];

		if (!slot->owner || slot->is_told || (slot->is_in_process && !in_processes_too))
			continue;
		slot->is_told = 1;
		(*rows)[count++] = *slot;
	}
	qsort(*rows, count, sizeof(**rows), needed_address__compare);
	return count;
}

size_t needed_code__owner_end(const struct needed_address *rows, size_t from, size_t count)
{
	size_t end = from;

	while (end < count && rows[end].owner == rows[from].owner &&
	       rows[end].is_in_process == rows[from].is_in_process)
		end++;
	return end;
}
