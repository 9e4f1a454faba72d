/* SPDX-License-Identifier: MIT */
/* Mapped files by id: see mapped_objects.h. Ids are dense, so an array of pointers is the table. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mapped_objects.h"

void mapped_objects__close(struct mapped_objects *objects)
{
	for (uint32_t i = 0; i < objects->capacity; i++)
		free(objects->by_id[i]);
	free(objects->by_id);
	memset(objects, 0, sizeof(*objects));
}

static bool mapped_objects__grow(struct mapped_objects *objects, uint32_t id)
{
	uint32_t capacity = objects->capacity ? objects->capacity : 256;
	struct mapped_object **larger;

	while (capacity <= id)
		capacity *= 2;
	if (capacity > MAPPED_OBJECTS_MAX)
		return false;
	larger = realloc(objects->by_id, capacity * sizeof(struct mapped_object *));
	if (!larger)
		return false;
	memset(larger + objects->capacity, 0,
	       (capacity - objects->capacity) * sizeof(struct mapped_object *));
	objects->by_id = larger;
	objects->capacity = capacity;
	return true;
}

void mapped_objects__add(struct mapped_objects *objects, uint32_t id, const struct object *object)
{
	size_t bytes = object->name ? strlen(object->name) + 1 : 0;
	struct mapped_object *mapped;

	if (!bytes ||
	    (object->kind != OFFCUT_OBJECT_KIND_FILE && object->kind != OFFCUT_OBJECT_KIND_VDSO) || (id >= objects->capacity && !mapped_objects__grow(objects, id)) ||
	    objects->by_id[id])
		return;
	mapped = malloc(sizeof(*mapped) + bytes);
	if (!mapped)
		return;
	mapped->kind = object->kind;
	mapped->device = object->device;
	mapped->inode = object->inode;
	mapped->build_id = object->build_id;
	memcpy(mapped->path, object->name, bytes);
	objects->by_id[id] = mapped;
}

const struct mapped_object *mapped_objects__find(const struct mapped_objects *objects, uint32_t id)
{
	return id < objects->capacity ? objects->by_id[id] : NULL;
}
