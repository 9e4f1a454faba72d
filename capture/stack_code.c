/* SPDX-License-Identifier: MIT */
/* Addresses of stacks on their way to needed_code: see stack_code.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "stack_code.h"

int stack_code__open(struct stack_code *code, bool seals, uint64_t seed)
{
	memset(code, 0, sizeof(*code));
	if (!seals)
		return 0;
	code->pending = malloc(STACK_CODE_PENDING_MAX * sizeof(*code->pending));
	return code->pending && !needed_code__open(&code->needed, seed) ? 0 : -ENOMEM;
}

void stack_code__close(struct stack_code *code)
{
	free(code->pending);
	mapped_objects__close(&code->objects);
	needed_code__close(&code->needed);
}

void stack_code__mapping(struct stack_code *code, const struct mapping *mapping)
{
	if (code->meets_all && mapped_objects__find(&code->objects, mapping->object))
		needed_code__meet(&code->needed, mapping->object, mapping->pid, mapping->start);
}

/* The oldest address. What lies in memory without a file is the process's own. */
static void stack_code__resolve_first(struct stack_code *code)
{
	const struct pending_address *pending = &code->pending[code->first];
	const struct address_space *space = address_spaces__find(code->spaces, pending->pid);
	const struct address_range *range =
		space ? address_space__range(space, pending->address) : NULL;

	if (range && mapped_objects__find(&code->objects, range->object))
		needed_code__add(&code->needed, range->object,
				 pending->address - range->start + range->file_offset,
				 pending->pid, pending->address);
	else
		needed_code__add(&code->needed, 0, 0, pending->pid, pending->address);
	code->first = (code->first + 1) % STACK_CODE_PENDING_MAX;
	code->count--;
}

void stack_code__add(struct stack_code *code, uint32_t pid, uint64_t time_ns, uint64_t address)
{
	if (!code->pending)
		return;
	if (code->count == STACK_CODE_PENDING_MAX)
		stack_code__resolve_first(code);
	code->pending[(code->first + code->count++) % STACK_CODE_PENDING_MAX] =
		(struct pending_address){ time_ns, address, pid };
}

void stack_code__resolve(struct stack_code *code, uint64_t until_ns)
{
	while (code->count && code->pending[code->first].time_ns <= until_ns)
		stack_code__resolve_first(code);
}
