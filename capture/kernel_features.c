/* SPDX-License-Identifier: MIT */
/*
 * The BTF part walks the kernel's type section once, front to back, looking for one typedef; BTF is
 * described in Documentation/bpf/btf.rst. It is the kernel's own memory, so it is trusted, but its
 * lengths are checked all the same.
 */
#define _GNU_SOURCE

#include "kernel_features.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <linux/btf.h>

#define BTF_BYTES_MAX (64u << 20)
#define TRACEPOINT_TYPEDEF "btf_trace_sched_switch"

/* void (*)(void *data, bool preempt, prev, next, unsigned prev_state): data comes before ctx[0]. */
#define SWITCH_PARAMETERS_WITH_STATE 5
#define SWITCH_STATE_PARAMETER 4

struct kernel_version kernel__version(void)
{
	struct kernel_version version = { 0, 0 };
	struct utsname name;
	char *end;

	if (uname(&name) < 0)
		return version;
	version.major = (unsigned)strtoul(name.release, &end, 10);
	if (*end == '.')
		version.minor = (unsigned)strtoul(end + 1, NULL, 10);
	return version;
}

bool kernel__is_at_least(struct kernel_version version, unsigned major, unsigned minor)
{
	return version.major > major || (version.major == major && version.minor >= minor);
}

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

struct btf_view {
	const uint8_t *types;
	size_t types_bytes;
	const char *strings;
	size_t strings_bytes;
};

static bool btf__view(const uint8_t *btf, size_t bytes, struct btf_view *view)
{
	const struct btf_header *header = (const void *)btf;
	size_t types, strings;

	if (bytes < sizeof(*header) || header->magic != BTF_MAGIC)
		return false;
	types = (size_t)header->hdr_len + header->type_off;
	strings = (size_t)header->hdr_len + header->str_off;
	if (types + header->type_len > bytes || strings + header->str_len > bytes ||
	    !header->str_len || btf[strings + header->str_len - 1] != '\0')
		return false;
	view->types = btf + types;
	view->types_bytes = header->type_len;
	view->strings = (const char *)btf + strings;
	view->strings_bytes = header->str_len;
	return true;
}

static const struct btf_type *btf__next(const struct btf_view *view, size_t *offset)
{
	const struct btf_type *type = (const void *)(view->types + *offset);
	size_t bytes;

	if (view->types_bytes - *offset < sizeof(*type))
		return NULL;
	bytes = sizeof(*type) + btf__trailing(type);
	if (view->types_bytes - *offset < bytes)
		return NULL;
	*offset += bytes;
	return type;
}

static const struct btf_type *btf__by_id(const struct btf_view *view, uint32_t id)
{
	const struct btf_type *type = NULL;
	size_t offset = 0;

	for (uint32_t i = 1; i <= id; i++) {
		type = btf__next(view, &offset);
		if (!type)
			return NULL;
	}
	return type;
}

static const struct btf_type *btf__typedef(const struct btf_view *view, const char *name)
{
	const struct btf_type *type;
	size_t offset = 0;

	while ((type = btf__next(view, &offset))) {
		if (BTF_INFO_KIND(type->info) == BTF_KIND_TYPEDEF &&
		    type->name_off < view->strings_bytes &&
		    strcmp(view->strings + type->name_off, name) == 0)
			return type;
	}
	return NULL;
}

/*
 * A few 5.18 release candidates, and kernels that took patches from them, had the state second, where
 * prev is now. Their last parameter is a pointer, and this answers false: the state is then read
 * from prev, wherever prev is; and the programs will not load, which is said.
 */
static bool btf__switch_has_state(const struct btf_view *view)
{
	const struct btf_type *type = btf__typedef(view, TRACEPOINT_TYPEDEF);
	const struct btf_param *parameters;

	if (type)
		type = btf__by_id(view, type->type); /* the pointer */
	if (type)
		type = btf__by_id(view, type->type); /* the function */
	if (!type || BTF_INFO_KIND(type->info) != BTF_KIND_FUNC_PROTO ||
	    BTF_INFO_VLEN(type->info) != SWITCH_PARAMETERS_WITH_STATE)
		return false;
	parameters = (const void *)(type + 1);
	type = btf__by_id(view, parameters[SWITCH_STATE_PARAMETER].type);
	return type && BTF_INFO_KIND(type->info) == BTF_KIND_INT;
}

bool kernel__switch_has_state(void)
{
	struct btf_view view;
	size_t bytes;
	uint8_t *btf = btf__read(&bytes);
	bool has_state;

	if (btf && btf__view(btf, bytes, &view))
		has_state = btf__switch_has_state(&view);
	else
		has_state = kernel__is_at_least(kernel__version(), 5, 18);
	free(btf);
	return has_state;
}

/* A list of ranges, such as "0-3,8-11". */
uint32_t kernel__possible_cpus(void)
{
	FILE *file = fopen("/sys/devices/system/cpu/possible", "re");
	unsigned last = 0;
	int character;

	if (!file)
		return (uint32_t)sysconf(_SC_NPROCESSORS_CONF);
	/* The last number is the largest: digits after any other character start a new one. */
	for (unsigned number = 0; (character = fgetc(file)) != EOF && character != '\n';) {
		number = character >= '0' && character <= '9' ?
				 number * 10 + (unsigned)(character - '0') : 0;
		last = number ? number : last;
	}
	fclose(file);
	return last + 1;
}
