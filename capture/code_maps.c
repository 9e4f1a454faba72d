/* SPDX-License-Identifier: MIT */
/* Mappings of living processes: see code_maps.h. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "code_maps.h"

#define SLOTS_LOG2_MIN 10
#define SLOTS_LOG2_MAX 20
#define MAPPINGS_OF_PROCESS_MAX 4096u

int code_maps__open(struct code_maps *maps)
{
	memset(maps, 0, sizeof(*maps));
	maps->slots_log2 = SLOTS_LOG2_MIN;
	maps->slots = calloc(1u << SLOTS_LOG2_MIN, sizeof(*maps->slots));
	maps->exited = calloc(CODE_MAPS_EXITED_MAX, sizeof(*maps->exited));
	return maps->slots && maps->exited ? 0 : -ENOMEM;
}

void code_maps__close(struct code_maps *maps)
{
	for (uint32_t i = 0; maps->slots && i < 1u << maps->slots_log2; i++)
		free(maps->slots[i].mappings);
	free(maps->slots);
	free(maps->exited);
	memset(maps, 0, sizeof(*maps));
}

static uint32_t code_maps__home(const struct code_maps *maps, uint32_t pid)
{
	return pid * 0x9E3779B9u >> (32 - maps->slots_log2);
}

static struct code_map *code_maps__slot(const struct code_maps *maps, uint32_t pid)
{
	uint32_t mask = (1u << maps->slots_log2) - 1;

	for (uint32_t at = code_maps__home(maps, pid);; at = (at + 1) & mask)
		if (!maps->slots[at].pid || maps->slots[at].pid == pid)
			return &maps->slots[at];
}

static bool code_maps__grow(struct code_maps *maps)
{
	struct code_maps larger = *maps;

	if (maps->slots_log2 == SLOTS_LOG2_MAX)
		return false;
	larger.slots_log2++;
	larger.slots = calloc((size_t)1 << larger.slots_log2, sizeof(*larger.slots));
	if (!larger.slots)
		return false;
	for (uint32_t i = 0; i < 1u << maps->slots_log2; i++)
		if (maps->slots[i].pid)
			*code_maps__slot(&larger, maps->slots[i].pid) = maps->slots[i];
	free(maps->slots);
	*maps = larger;
	return true;
}

static struct code_map *code_maps__process(struct code_maps *maps, uint32_t pid)
{
	struct code_map *map = code_maps__slot(maps, pid);

	if (map->pid)
		return map;
	if (maps->count * 2 >= 1u << maps->slots_log2) {
		if (!code_maps__grow(maps))
			return NULL;
		map = code_maps__slot(maps, pid);
	}
	map->pid = pid;
	maps->count++;
	return map;
}

static void code_maps__empty(struct code_maps *maps, struct code_map *map)
{
	free(map->mappings);
	maps->mappings_count -= map->count;
	map->mappings = NULL;
	map->count = map->capacity = 0;
}

/* Moves up what was pushed down by the process that goes. */
static void code_maps__remove(struct code_maps *maps, uint32_t pid)
{
	uint32_t mask = (1u << maps->slots_log2) - 1;
	uint32_t hole = (uint32_t)(code_maps__slot(maps, pid) - maps->slots);

	if (!maps->slots[hole].pid)
		return;
	code_maps__empty(maps, &maps->slots[hole]);
	for (uint32_t at = (hole + 1) & mask; maps->slots[at].pid; at = (at + 1) & mask) {
		uint32_t home = code_maps__home(maps, maps->slots[at].pid);

		if (((at - home) & mask) >= ((at - hole) & mask)) {
			maps->slots[hole] = maps->slots[at];
			hole = at;
		}
	}
	maps->slots[hole] = (struct code_map){ 0 };
	maps->count--;
}

static bool code_maps__reserve(struct code_maps *maps, struct code_map *map, uint32_t more)
{
	uint32_t capacity = map->capacity ? map->capacity : 8;
	struct code_mapping *larger;

	while (capacity < map->count + more)
		capacity *= 2;
	if (capacity == map->capacity)
		return true;
	if (capacity > MAPPINGS_OF_PROCESS_MAX || maps->mappings_count + more > CODE_MAPPINGS_MAX)
		return false;
	larger = realloc(map->mappings, capacity * sizeof(*larger));
	if (!larger)
		return false;
	map->mappings = larger;
	map->capacity = capacity;
	return true;
}

/* A process that maps without end (a JIT compiler) keeps its latest mappings. */
static void code_maps__make_room(struct code_maps *maps, struct code_map *map)
{
	uint32_t kept = map->count / 2;

	if (code_maps__reserve(maps, map, 1) || !map->count)
		return;
	memmove(map->mappings, map->mappings + (map->count - kept), kept * sizeof(*map->mappings));
	maps->mappings_count -= map->count - kept;
	map->count = kept;
}

void code_maps__mapping(struct code_maps *maps, const struct mapping *mapping)
{
	const struct code_mapping made = { mapping->start, mapping->length, mapping->file_offset,
					   mapping->object };
	struct code_map *map = mapping->pid ? code_maps__process(maps, mapping->pid) : NULL;

	if (!map)
		return;
	for (uint32_t i = map->count; i--;)
		if (map->mappings[i].start == made.start &&
		    map->mappings[i].length == made.length) {
			map->mappings[i] = made; /* as it was read again */
			return;
		}
	code_maps__make_room(maps, map);
	if (map->count == map->capacity)
		return;
	map->mappings[map->count++] = made;
	maps->mappings_count++;
}

static void code_maps__fork(struct code_maps *maps, uint32_t pid, uint32_t parent_pid)
{
	struct code_map *child, *parent;

	code_maps__remove(maps, pid); /* of an earlier process */
	child = code_maps__process(maps, pid);
	parent = code_maps__slot(maps, parent_pid);
	if (!child || !parent->pid || !code_maps__reserve(maps, child, parent->count))
		return;
	if (parent->count)
		memcpy(child->mappings, parent->mappings, parent->count * sizeof(*child->mappings));
	child->count = parent->count;
	maps->mappings_count += child->count;
}

void code_maps__task(struct code_maps *maps, const struct task *task)
{
	uint32_t *exited = &maps->exited[maps->exited_next];

	if (!task->pid)
		return;
	if (task->kind == OFFCUT_TASK_KIND_FORK && task->pid != task->parent_pid) {
		code_maps__fork(maps, task->pid, task->parent_pid);
		for (uint32_t i = 0; i < CODE_MAPS_EXITED_MAX; i++)
			if (maps->exited[i] == task->pid)
				maps->exited[i] = 0;
	} else if (task->kind == OFFCUT_TASK_KIND_EXEC) {
		code_maps__empty(maps, code_maps__slot(maps, task->pid));
	} else if (task->kind == OFFCUT_TASK_KIND_EXIT && task->tid == task->pid) {
		if (*exited)
			code_maps__remove(maps, *exited);
		*exited = task->pid;
		maps->exited_next = (maps->exited_next + 1) % CODE_MAPS_EXITED_MAX;
	}
}

const struct code_mapping *code_maps__find(const struct code_maps *maps, uint32_t pid, uint64_t address)
{
	const struct code_map *map = code_maps__slot(maps, pid);

	for (uint32_t i = map->count; i--;)
		if (address - map->mappings[i].start < map->mappings[i].length)
			return &map->mappings[i];
	return NULL;
}
