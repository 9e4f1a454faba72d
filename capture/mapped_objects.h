/* SPDX-License-Identifier: MIT */
/*
 * The mapped files of the recording by object id, as sealing must know them to open them: kind,
 * identity and path. Bounded; a file that did not fit cannot be sealed.
 */
#ifndef OFFCUT_MAPPED_OBJECTS_H
#define OFFCUT_MAPPED_OBJECTS_H

#include <stdint.h>

#include "entities.h"

#define MAPPED_OBJECTS_MAX 65536u /* 100 to 200 bytes each; a host has some thousand */

struct mapped_object {
	uint32_t kind; /* enum offcut_object_kind */
	uint64_t device, inode;
	struct build_id build_id;
	char path[];
};

struct mapped_objects {
	struct mapped_object **by_id;
	uint32_t capacity;
};

void mapped_objects__close(struct mapped_objects *);
/* Files and the vdso only, and only those with a name. */
void mapped_objects__add(struct mapped_objects *, uint32_t id, const struct object *);
/* NULL: not known. */
const struct mapped_object *mapped_objects__find(const struct mapped_objects *, uint32_t id);

#endif
