/* SPDX-License-Identifier: MIT */
/*
 * Address spaces: see address_spaces.h. A sorted array per process, because an address is looked up
 * a thousand times for every mapping that comes.
 */
#define _GNU_SOURCE
#include "address_spaces.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "proc_mapping.h"

#define EXITED_KEPT_NS 10000000000ull /* the ring is emptied many times in between */

int address_spaces__open(struct address_spaces *spaces)
{
	memset(spaces, 0, sizeof(*spaces));
	/* 32 MB of addresses, of which only the pages with pids in use become memory. */
	spaces->by_pid = calloc(OFFCUT_TID_MAX + 1, sizeof(struct address_space *));
	return spaces->by_pid ? 0 : -ENOMEM;
}

static void spaces__unlink(struct address_spaces *spaces, struct address_space *space)
{
	*(space->newer ? &space->newer->older : &spaces->newest) = space->older;
	*(space->older ? &space->older->newer : &spaces->oldest) = space->newer;
}

static void spaces__link(struct address_spaces *spaces, struct address_space *space)
{
	space->newer = NULL;
	space->older = spaces->newest;
	*(space->older ? &space->older->newer : &spaces->oldest) = space;
	spaces->newest = space;
}

static void spaces__forget(struct address_spaces *spaces, struct address_space *space)
{
	spaces__unlink(spaces, space);
	spaces->by_pid[space->pid] = NULL;
	spaces->ranges -= space->count;
	free(space->ranges);
	free(space);
}

void address_spaces__close(struct address_spaces *spaces)
{
	while (spaces->oldest)
		spaces__forget(spaces, spaces->oldest);
	free(spaces->by_pid);
	memset(spaces, 0, sizeof(*spaces));
}

struct address_space *address_spaces__find(struct address_spaces *spaces, uint32_t pid)
{
	struct address_space *space = pid <= OFFCUT_TID_MAX ? spaces->by_pid[pid] : NULL;

	if (space && space != spaces->newest) {
		spaces__unlink(spaces, space);
		spaces__link(spaces, space);
	}
	return space;
}

/* Found or made; NULL without memory. */
static struct address_space *spaces__space(struct address_spaces *spaces, uint32_t pid)
{
	struct address_space *space = address_spaces__find(spaces, pid);

	if (space || !pid || pid > OFFCUT_TID_MAX)
		return space;
	space = calloc(1, sizeof(*space));
	if (!space)
		return NULL;
	space->pid = pid;
	spaces->by_pid[pid] = space;
	spaces__link(spaces, space);
	return space;
}

/* Room for `more` ranges; the space itself is the newest, and stays. */
static bool spaces__reserve(struct address_spaces *spaces, struct address_space *space,
			    uint32_t more)
{
	uint32_t capacity = space->capacity ? space->capacity : 16;
	struct address_range *ranges;

	while (spaces->ranges + more > ADDRESS_RANGES_MAX && spaces->oldest != space)
		spaces__forget(spaces, spaces->oldest);
	if (spaces->ranges + more > ADDRESS_RANGES_MAX)
		return false;
	while (capacity < space->count + more)
		capacity *= 2;
	if (capacity == space->capacity)
		return true;
	ranges = realloc(space->ranges, capacity * sizeof(*ranges));
	if (!ranges)
		return false;
	space->ranges = ranges;
	space->capacity = capacity;
	return true;
}

/* Index of the first range that ends above the address. */
static uint32_t space__first_above(const struct address_space *space, uint64_t address)
{
	uint32_t low = 0, high = space->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (space->ranges[middle].end > address)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

const struct address_range *address_space__range(const struct address_space *space,
						 uint64_t address)
{
	const struct address_range *range;
	uint32_t at;

	/* Most words are small numbers or pointers to data: no search for those outside of all. */
	if (!space->count || address < space->ranges[0].start ||
	    address >= space->ranges[space->count - 1].end)
		return NULL;
	at = space__first_above(space, address);
	range = &space->ranges[at];
	return address >= range->start ? range : NULL;
}

/* Takes [start, end) out of what is mapped: at most one range more than before. */
static void space__cut(struct address_space *space, uint64_t start, uint64_t end)
{
	uint32_t first = space__first_above(space, start), last;
	struct address_range *ranges = space->ranges, right;
	bool has_right = false;

	if (first < space->count && ranges[first].start < start) {
		if (ranges[first].end > end) {
			right = ranges[first];
			has_right = true;
		}
		ranges[first++].end = start;
	}
	for (last = first; last < space->count && ranges[last].end <= end; last++)
		;
	if (last < space->count && ranges[last].start < end) {
		ranges[last].file_offset += end - ranges[last].start;
		ranges[last].start = end;
	}
	memmove(ranges + first + has_right, ranges + last, (space->count - last) * sizeof(*ranges));
	space->count = space->count - (last - first) + has_right;
	if (has_right) {
		right.file_offset += end - right.start;
		right.start = end;
		ranges[first] = right;
	}
}

void address_spaces__map(struct address_spaces *spaces, const struct mapping *mapping)
{
	struct address_space *space = spaces__space(spaces, mapping->pid);
	uint64_t end = mapping->start + mapping->length;
	uint32_t at, before;

	if (!space || end <= mapping->start)
		return;
	if (!spaces__reserve(spaces, space, 2)) {
		space->is_whole = false;
		return;
	}
	before = space->count;
	space__cut(space, mapping->start, end);
	at = space__first_above(space, mapping->start);
	memmove(space->ranges + at + 1, space->ranges + at,
		(space->count - at) * sizeof(*space->ranges));
	space->ranges[at] = (struct address_range){ mapping->start, end, mapping->file_offset,
						    mapping->object };
	space->count++;
	spaces->ranges += space->count - before;
}

void address_spaces__fork(struct address_spaces *spaces, uint32_t pid, uint32_t parent_pid)
{
	struct address_space *space = address_spaces__find(spaces, pid);
	const struct address_space *parent;

	if (space)
		spaces__forget(spaces, space); /* of another process that had the number */
	parent = address_spaces__find(spaces, parent_pid);
	space = parent ? spaces__space(spaces, pid) : NULL;
	if (!space || !spaces__reserve(spaces, space, parent->count))
		return;
	parent = address_spaces__find(spaces, parent_pid); /* it may have been forgotten just now */
	if (!parent)
		return;
	if (parent->count)
		memcpy(space->ranges, parent->ranges, parent->count * sizeof(*space->ranges));
	space->count = parent->count;
	spaces->ranges += space->count;
	space->is_whole = parent->is_whole;
}

void address_spaces__exec(struct address_spaces *spaces, uint32_t pid)
{
	struct address_space *space = spaces__space(spaces, pid);

	if (!space)
		return;
	spaces->ranges -= space->count;
	space->count = 0;
	space->is_whole = true;
	memset(space->stacks, 0, sizeof(space->stacks));
}

void address_spaces__exit(struct address_spaces *spaces, uint32_t pid, uint64_t time_ns)
{
	struct address_space *space = pid <= OFFCUT_TID_MAX ? spaces->by_pid[pid] : NULL;

	if (space)
		space->exited_ns = time_ns;
}

void address_spaces__sweep(struct address_spaces *spaces, uint64_t now_ns)
{
	struct address_space *space = spaces->oldest, *newer;

	for (; space; space = newer) {
		newer = space->newer;
		if (space->exited_ns && space->exited_ns + EXITED_KEPT_NS < now_ns)
			spaces__forget(spaces, space);
	}
}

bool address_spaces__is_whole(const struct address_spaces *spaces, uint32_t pid)
{
	return pid <= OFFCUT_TID_MAX && spaces->by_pid[pid] && spaces->by_pid[pid]->is_whole;
}

void address_spaces__set_whole(struct address_spaces *spaces, uint32_t pid)
{
	struct address_space *space = spaces__space(spaces, pid);

	if (space)
		space->is_whole = true;
}

uint64_t address_space__stack_end(struct address_space *space, uint64_t stack_pointer)
{
	struct stack_range found = { 0 };

	for (uint32_t i = 0; i < STACKS_KEPT; i++) {
		if (stack_pointer >= space->stacks[i].start && stack_pointer < space->stacks[i].end)
			return space->stacks[i].end;
	}
	if (!proc_mapping__find(space->pid, stack_pointer, &found.start, &found.end))
		return 0;
	space->stacks[space->stacks_next++ % STACKS_KEPT] = found;
	return found.end;
}
