/* SPDX-License-Identifier: MIT */
/*
 * Walks the type section front to back; types are numbered by their place in it, from 1. This is
 * the kernel's own memory and so it is trusted, but its lengths are checked all the same.
 */
#define _GNU_SOURCE

#include "kernel_btf.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/btf.h>

#define BTF_BYTES_MAX (64u << 20)
#define SWITCH_TYPEDEF "btf_trace_sched_switch"
#define PERCPU_SECTION ".data..percpu"

/* void (*)(void *data, bool preempt, prev, next, unsigned prev_state): data comes before ctx[0]. */
#define SWITCH_PARAMETERS_WITH_STATE 5
#define SWITCH_STATE_PARAMETER 4

struct kernel_btf {
	uint8_t *memory;
	const uint8_t *types;
	size_t types_bytes;
	const char *strings;
	size_t strings_bytes;
};

static uint8_t *btf__read(size_t *bytes)
{
	int fd = open(BTF_PATH, O_RDONLY | O_CLOEXEC);
	off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	uint8_t *btf = NULL;

	*bytes = 0;
	if (size > 0 && size <= (off_t)BTF_BYTES_MAX && lseek(fd, 0, SEEK_SET) == 0)
		btf = malloc((size_t)size);
	while (btf && *bytes < (size_t)size) {
		ssize_t got = read(fd, btf + *bytes, (size_t)size - *bytes);

		if (got <= 0)
			break;
		*bytes += (size_t)got;
	}
	if (fd >= 0)
		close(fd);
	return btf;
}

/* Bytes that follow a btf_type, by its kind. */
static size_t btf__trailing(const struct btf_type *type)
{
	size_t entries = BTF_INFO_VLEN(type->info);

	switch (BTF_INFO_KIND(type->info)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return 4;
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return entries * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return entries * sizeof(struct btf_enum);
	case BTF_KIND_ENUM64:
		return entries * sizeof(struct btf_enum64);
	case BTF_KIND_FUNC_PROTO:
		return entries * sizeof(struct btf_param);
	case BTF_KIND_DATASEC:
		return entries * sizeof(struct btf_var_secinfo);
	default:
		return 0;
	}
}

static bool btf__find_sections(struct kernel_btf *btf, size_t bytes)
{
	const struct btf_header *header = (const void *)btf->memory;
	size_t types, strings;

	if (bytes < sizeof(*header) || header->magic != BTF_MAGIC)
		return false;
	types = (size_t)header->hdr_len + header->type_off;
	strings = (size_t)header->hdr_len + header->str_off;
	if (types + header->type_len > bytes || strings + header->str_len > bytes ||
	    !header->str_len || btf->memory[strings + header->str_len - 1] != '\0')
		return false;
	btf->types = btf->memory + types;
	btf->types_bytes = header->type_len;
	btf->strings = (const char *)btf->memory + strings;
	btf->strings_bytes = header->str_len;
	return true;
}

struct kernel_btf *kernel_btf__open(void)
{
	struct kernel_btf *btf = calloc(1, sizeof(*btf));
	size_t bytes;

	if (!btf)
		return NULL;
	btf->memory = btf__read(&bytes);
	if (btf->memory && btf__find_sections(btf, bytes))
		return btf;
	kernel_btf__close(btf);
	return NULL;
}

void kernel_btf__close(struct kernel_btf *btf)
{
	if (!btf)
		return;
	free(btf->memory);
	free(btf);
}

static const struct btf_type *btf__next(const struct kernel_btf *btf, size_t *offset)
{
	const struct btf_type *type = (const void *)(btf->types + *offset);
	size_t bytes;

	if (btf->types_bytes - *offset < sizeof(*type))
		return NULL;
	bytes = sizeof(*type) + btf__trailing(type);
	if (btf->types_bytes - *offset < bytes)
		return NULL;
	*offset += bytes;
	return type;
}

static const struct btf_type *btf__by_id(const struct kernel_btf *btf, uint32_t id)
{
	const struct btf_type *type = NULL;
	size_t offset = 0;

	for (uint32_t i = 1; i <= id; i++) {
		type = btf__next(btf, &offset);
		if (!type)
			return NULL;
	}
	return type;
}

static bool btf__is(const struct kernel_btf *btf, const struct btf_type *type, unsigned kind,
		    const char *name)
{
	return BTF_INFO_KIND(type->info) == kind && type->name_off < btf->strings_bytes &&
	       strcmp(btf->strings + type->name_off, name) == 0;
}

/* The type of that kind and name, and its number. */
static const struct btf_type *btf__find(const struct kernel_btf *btf, unsigned kind,
					const char *name, uint32_t *id)
{
	const struct btf_type *type;
	size_t offset = 0;

	for (*id = 1; (type = btf__next(btf, &offset)); (*id)++) {
		if (btf__is(btf, type, kind, name))
			return type;
	}
	return NULL;
}

/*
 * A few 5.18 release candidates, and kernels that took patches from them, had the state second, where
 * prev is now. Their last parameter is a pointer, and this answers false: the programs will not
 * load then, which is said.
 */
bool kernel_btf__switch_has_state(const struct kernel_btf *btf)
{
	const struct btf_type *type;
	const struct btf_param *parameters;
	uint32_t id;

	type = btf__find(btf, BTF_KIND_TYPEDEF, SWITCH_TYPEDEF, &id);
	if (type)
		type = btf__by_id(btf, type->type); /* the pointer */
	if (type)
		type = btf__by_id(btf, type->type); /* the function */
	if (!type || BTF_INFO_KIND(type->info) != BTF_KIND_FUNC_PROTO ||
	    BTF_INFO_VLEN(type->info) != SWITCH_PARAMETERS_WITH_STATE)
		return false;
	parameters = (const void *)(type + 1);
	type = btf__by_id(btf, parameters[SWITCH_STATE_PARAMETER].type);
	return type && BTF_INFO_KIND(type->info) == BTF_KIND_INT;
}

static bool section__offset(const struct btf_type *section, uint32_t variable, int64_t *offset)
{
	const struct btf_var_secinfo *entries = (const void *)(section + 1);

	for (unsigned i = 0; i < BTF_INFO_VLEN(section->info); i++) {
		if (entries[i].type == variable) {
			*offset = entries[i].offset;
			return true;
		}
	}
	return false;
}

bool kernel_btf__percpu_distance(const struct kernel_btf *btf, const char *from, const char *to,
				 int64_t *distance)
{
	uint32_t section_id, from_id, to_id;
	int64_t from_offset, to_offset;
	const struct btf_type *section =
		btf__find(btf, BTF_KIND_DATASEC, PERCPU_SECTION, &section_id);

	if (!section || !btf__find(btf, BTF_KIND_VAR, from, &from_id) ||
	    !btf__find(btf, BTF_KIND_VAR, to, &to_id) ||
	    !section__offset(section, from_id, &from_offset) ||
	    !section__offset(section, to_id, &to_offset))
		return false;
	*distance = to_offset - from_offset;
	return true;
}
