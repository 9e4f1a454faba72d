/* SPDX-License-Identifier: MIT */
/*
 * Definitions on their way into the file: see definitions.h. A row is put together from ids that
 * exist already, so that writing a block early, in the middle of anything, never leaves a row half
 * done.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "definitions.h"

/*
 * Distinct stacks of a recording. Their ids cost 40 bytes of memory each at worst; a host that has
 * a million different ones is better served by a shorter recording than by a larger table.
 */
#define STACKS_MAX (1u << 20)
#define MODULES_MAX 4096u
/* Distinct strings of arguments, so that names of threads and files keep theirs. */
#define ARGUMENT_STRINGS_MAX (1u << 20)
#define CGROUPS_MAX 65536u /* that tasks of a recording were in */

_Static_assert(STACKS_MAX <= OFFCUT_STACK_ID_MAX, "stack ids");
_Static_assert(FRAMES_MAX <= OFFCUT_STACK_DEPTH_MAX, "depth of stacks");
_Static_assert((int)STACK_KERNEL == OFFCUT_STACK_KIND_KERNEL &&
		       (int)STACK_USER == OFFCUT_STACK_KIND_USER &&
		       (int)STACK_TRUNCATED == OFFCUT_STACK_FLAG_TRUNCATED &&
		       (int)STACK_EXACT_IP == OFFCUT_STACK_FLAG_EXACT_IP,
	       "stack_record is the format's");
_Static_assert((int)STRING_TRUNCATED == OFFCUT_STRING_ARGUMENT_FLAG_TRUNCATED &&
		       (int)STRING_UNREADABLE == OFFCUT_STRING_ARGUMENT_FLAG_UNREADABLE,
	       "string_record is the format's");

/* With its mapping, so that addresses in it have an offset. */
static uint32_t definitions__module_object(struct definitions *definitions, uint32_t index)
{
	struct kernel_module module;
	struct object object = { 0 };
	struct mapping mapping = { 0 };
	uint32_t id;

	if (index >= MODULES_MAX)
		return 0;
	if (definitions->module_objects[index])
		return definitions->module_objects[index];
	module = symbols__module(definitions->symbols, index);
	object.kind = index ? OFFCUT_OBJECT_KIND_MODULE : OFFCUT_OBJECT_KIND_KERNEL;
	object.path = definitions__string(definitions, module.name, strlen(module.name));
	object.build_id = module.build_id;
	id = definitions__object(definitions, &object);
	definitions->module_objects[index] = id;
	mapping.start = module.start;
	mapping.length = module.length;
	mapping.object = id;
	if (mapping.length)
		definitions__mapping(definitions, &mapping);
	return id;
}

static int definitions__allocate(struct definitions *definitions,
				 const struct definitions_config *config)
{
	int error = 0;

	error |= tasks__open(&definitions->tasks, config->pool, config->writer);
	error |= intern__open(&definitions->string_ids, OFFCUT_STRING_ID_MAX, config->start_ns);
	error |= intern__open(&definitions->object_ids, OFFCUT_OBJECT_ID_MAX, config->start_ns);
	error |= dictionary__open(&definitions->stack_ids, STACKS_MAX);
	error |= dictionary__open(&definitions->cgroup_ids, CGROUPS_MAX);
	error |= stack_code__open(&definitions->stack_code, config->seals,
				  config->start_ns);
	error |= symbols__open(&definitions->symbols, config->kallsyms);
	definitions->stack_is_defined = calloc(STACKS_MAX / 8, 1);
	definitions->module_objects = calloc(MODULES_MAX, sizeof(*definitions->module_objects));
	definitions->cgroup_is_defined = calloc(CGROUPS_MAX / 8, 1);
	if (!definitions->stack_is_defined || !definitions->module_objects ||
	    !definitions->cgroup_is_defined)
		return -ENOMEM;
	return error ? -ENOMEM : 0;
}

int definitions__open(struct definitions *definitions, const struct definitions_config *config)
{
	memset(definitions, 0, sizeof(*definitions));
	definitions->writer = config->writer;
	definitions->losses = config->losses;
	definitions->start_ns = definitions->now_ns = config->start_ns;
	block__init(&definitions->strings, config->pool, OFFCUT_BLOCK_TYPE_STRING, OFFCUT_CPU_NONE,
		    OFFCUT_STRING_COLUMNS);
	block__init(&definitions->objects, config->pool, OFFCUT_BLOCK_TYPE_OBJECT, OFFCUT_CPU_NONE,
		    OFFCUT_OBJECT_COLUMNS);
	block__init(&definitions->mappings, config->pool, OFFCUT_BLOCK_TYPE_MAP, OFFCUT_CPU_NONE,
		    OFFCUT_MAP_COLUMNS);
	block__init(&definitions->symbol_block, config->pool, OFFCUT_BLOCK_TYPE_KERNEL_SYMBOL,
		    OFFCUT_CPU_NONE, OFFCUT_KERNEL_SYMBOL_COLUMNS);
	block__init(&definitions->stacks, config->pool, OFFCUT_BLOCK_TYPE_STACK, OFFCUT_CPU_NONE,
		    OFFCUT_STACK_COLUMNS);
	block__init(&definitions->cgroups, config->pool, OFFCUT_BLOCK_TYPE_CGROUP, OFFCUT_CPU_NONE,
		    OFFCUT_CGROUP_COLUMNS);
	block__init(&definitions->string_arguments, config->pool, OFFCUT_BLOCK_TYPE_STRING_ARGUMENT,
		    OFFCUT_CPU_NONE, OFFCUT_STRING_ARGUMENT_COLUMNS);
	if (definitions__allocate(definitions, config)) {
		definitions__close(definitions);
		return -ENOMEM;
	}
	definitions->stack_code.meets_all = config->opens_all;
	return 0;
}

void definitions__close(struct definitions *definitions)
{
	tasks__close(&definitions->tasks);
	intern__close(&definitions->string_ids);
	intern__close(&definitions->object_ids);
	dictionary__close(&definitions->stack_ids);
	dictionary__close(&definitions->cgroup_ids);
	symbols__close(definitions->symbols);
	stack_code__close(&definitions->stack_code);
	free(definitions->stack_is_defined);
	free(definitions->module_objects);
	free(definitions->cgroup_is_defined);
	memset(definitions, 0, sizeof(*definitions));
}

/* Ids are exhausted. One Lost record a tick, not one per thing that has no id. */
static void definitions__limit_reached(struct definitions *definitions, enum offcut_block_type type)
{
	struct loss *loss = &definitions->limit_reached[type];

	if (!loss->count)
		*loss = (struct loss){
			.cpu = OFFCUT_CPU_NONE,
			.stream = type,
			.reason = OFFCUT_LOST_REASON_LIMIT_REACHED,
			.from_ns = definitions->now_ns,
		};
	loss->to_ns = definitions->now_ns;
	loss->count++;
}

uint32_t definitions__string(struct definitions *definitions, const void *bytes, size_t length)
{
	struct block *block = &definitions->strings;
	bool is_new;
	uint32_t id;

	if (!length)
		return 0;
	if (length > OFFCUT_STRING_BYTES_MAX)
		length = OFFCUT_STRING_BYTES_MAX;
	if (block__is_full(block, 1))
		definitions__write(definitions);
	id = intern__id(&definitions->string_ids, bytes, length, &is_new);
	if (!id)
		definitions__limit_reached(definitions, OFFCUT_BLOCK_TYPE_STRING);
	if (!is_new)
		return id;
	if (!block->records)
		block__unsigned(block, OFFCUT_STRING_COLUMN_FIRST_ID, id);
	block__unsigned(block, OFFCUT_STRING_COLUMN_LENGTH, length);
	block__bytes(block, OFFCUT_STRING_COLUMN_BYTES, bytes, length);
	block__add_record(block, definitions->now_ns);
	return id;
}

/* A build id is all of a file's identity: perf events have it instead of device and inode. */
static uint32_t definitions__object_id(struct definitions *definitions, const struct object *object,
				       bool *is_new)
{
	struct object key;

	memset(&key, 0, sizeof(key)); /* padding too: it is hashed */
	key.kind = object->kind;
	key.path = object->path;
	key.build_id.length = object->build_id.length;
	memcpy(key.build_id.bytes, object->build_id.bytes, object->build_id.length);
	if (!object->build_id.length) {
		key.device = object->device;
		key.inode = object->inode;
	}
	return intern__id(&definitions->object_ids, &key, sizeof(key), is_new);
}

uint32_t definitions__object(struct definitions *definitions, const struct object *object)
{
	struct block *block = &definitions->objects;
	bool is_new;
	uint32_t id;

	if (block__is_full(block, 1))
		definitions__write(definitions);
	id = definitions__object_id(definitions, object, &is_new);
	if (!id)
		definitions__limit_reached(definitions, OFFCUT_BLOCK_TYPE_OBJECT);
	if (!is_new)
		return id;
	mapped_objects__add(&definitions->stack_code.objects, id, object);
	block__delta(block, OFFCUT_OBJECT_COLUMN_ID, id);
	block__unsigned(block, OFFCUT_OBJECT_COLUMN_KIND, object->kind);
	block__unsigned(block, OFFCUT_OBJECT_COLUMN_PATH, object->path);
	block__unsigned(block, OFFCUT_OBJECT_COLUMN_DEVICE, object->device);
	block__unsigned(block, OFFCUT_OBJECT_COLUMN_INODE, object->inode);
	block__unsigned(block, OFFCUT_OBJECT_COLUMN_BUILD_ID_LENGTH, object->build_id.length);
	block__bytes(block, OFFCUT_OBJECT_COLUMN_BUILD_ID, object->build_id.bytes,
		     object->build_id.length);
	block__add_record(block, definitions->now_ns);
	return id;
}

void definitions__mapping(struct definitions *definitions, const struct mapping *mapping)
{
	struct block *block = &definitions->mappings;
	uint64_t time_ns = mapping->time_ns ? mapping->time_ns : definitions->start_ns;

	stack_code__mapping(&definitions->stack_code, mapping);
	if (block__is_full(block, 1))
		definitions__write(definitions);
	block__delta(block, OFFCUT_MAP_COLUMN_TIME, time_ns);
	block__unsigned(block, OFFCUT_MAP_COLUMN_PID, mapping->pid);
	block__delta(block, OFFCUT_MAP_COLUMN_START, mapping->start);
	block__unsigned(block, OFFCUT_MAP_COLUMN_LENGTH, mapping->length);
	block__unsigned(block, OFFCUT_MAP_COLUMN_FILE_OFFSET, mapping->file_offset);
	block__unsigned(block, OFFCUT_MAP_COLUMN_OBJECT, mapping->object);
	block__add_record(block, time_ns);
}

void definitions__task(struct definitions *definitions, const struct task *task)
{
	struct task timed = *task;

	if (!timed.time_ns)
		timed.time_ns = definitions->start_ns;
	if (task->kind == OFFCUT_TASK_KIND_FORK && task->pid != task->parent_pid)
		needed_code__forget_owner(&definitions->stack_code.needed,
					  &(struct needed_owner){ .pid = task->pid });
	if (task->cgroup && dictionary__reserve(&definitions->cgroup_ids, 1))
		dictionary__index(&definitions->cgroup_ids, task->cgroup);
	if (!tasks__has_room(&definitions->tasks))
		definitions__write(definitions);
	tasks__add(&definitions->tasks, &timed);
}

uint64_t definitions__next_cgroup(struct definitions *definitions)
{
	while (definitions->cgroups_asked < definitions->cgroup_ids.count) {
		uint32_t index = definitions->cgroups_asked++;

		if (!(definitions->cgroup_is_defined[index / 8] & 1u << index % 8))
			return definitions->cgroup_ids.keys[index];
	}
	return 0;
}

void definitions__cgroup(struct definitions *definitions, uint64_t id, const char *path,
			 size_t length)
{
	struct block *block = &definitions->cgroups;
	uint32_t index, text;

	if (!id || !dictionary__reserve(&definitions->cgroup_ids, 1))
		return;
	index = dictionary__index(&definitions->cgroup_ids, id);
	if (definitions->cgroup_is_defined[index / 8] & 1u << index % 8)
		return;
	definitions->cgroup_is_defined[index / 8] |= (uint8_t)(1u << index % 8);
	text = definitions__string(definitions, path, length);
	if (block__is_full(block, 1))
		definitions__write(definitions);
	block__unsigned(block, OFFCUT_CGROUP_COLUMN_CGROUP, id);
	block__unsigned(block, OFFCUT_CGROUP_COLUMN_PATH, text);
	block__add_record(block, definitions->now_ns);
}

/* The string's id, 0 with too many of them: then the argument goes unrecorded, and counted. */
static uint32_t definitions__argument_text(struct definitions *definitions, const char *text,
					   size_t length)
{
	uint32_t next_id = definitions->string_ids.next_id, id;

	if (definitions->argument_strings >= ARGUMENT_STRINGS_MAX) {
		definitions__limit_reached(definitions, OFFCUT_BLOCK_TYPE_STRING_ARGUMENT);
		return 0;
	}
	id = definitions__string(definitions, text, length);
	definitions->argument_strings += definitions->string_ids.next_id - next_id;
	return id;
}

void definitions__string_argument(struct definitions *definitions,
				  const struct string_argument *argument, const char *text,
				  size_t length)
{
	struct block *block = &definitions->string_arguments;
	uint32_t id = length ? definitions__argument_text(definitions, text, length) : 0;

	if (length && !id)
		return;
	if (block__is_full(block, 1))
		definitions__write(definitions);
	block__delta(block, OFFCUT_STRING_ARGUMENT_COLUMN_TIME, argument->time_ns);
	block__unsigned(block, OFFCUT_STRING_ARGUMENT_COLUMN_THREAD, argument->tid);
	block__unsigned(block, OFFCUT_STRING_ARGUMENT_COLUMN_ARGUMENT, argument->argument);
	block__unsigned(block, OFFCUT_STRING_ARGUMENT_COLUMN_FLAGS, argument->flags);
	block__unsigned(block, OFFCUT_STRING_ARGUMENT_COLUMN_TEXT, id);
	block__add_record(block, argument->time_ns);
	definitions->string_arguments_count++;
}

static void definitions__cover(struct definitions *definitions, uint64_t address)
{
	struct block *block = &definitions->symbol_block;
	struct kernel_symbol symbol;

	uint32_t name, object;

	if (!symbols__find(definitions->symbols, address, &symbol) || !symbol.is_new)
		return;
	name = definitions__string(definitions, symbol.name, strlen(symbol.name));
	object = definitions__module_object(definitions, symbol.module);
	if (block__is_full(block, 1))
		definitions__write(definitions);
	block__delta(block, OFFCUT_KERNEL_SYMBOL_COLUMN_ADDRESS, symbol.address);
	block__unsigned(block, OFFCUT_KERNEL_SYMBOL_COLUMN_LENGTH, symbol.length);
	block__unsigned(block, OFFCUT_KERNEL_SYMBOL_COLUMN_NAME, name);
	block__unsigned(block, OFFCUT_KERNEL_SYMBOL_COLUMN_OBJECT, object);
	block__add_record(block, definitions->now_ns);
	definitions->symbols_count++;
}

uint32_t definitions__id_of_stack(struct definitions *definitions, uint64_t hash)
{
	struct dictionary *ids = &definitions->stack_ids;

	/* A full table goes on to know the stacks that came first; the others are counted. */
	if (!dictionary__reserve(ids, 1) && !dictionary__has(ids, hash)) {
		definitions__limit_reached(definitions, OFFCUT_BLOCK_TYPE_STACK);
		return 0;
	}
	return dictionary__index(ids, hash) + 1;
}

uint32_t definitions__define_stack(struct definitions *definitions, uint64_t hash)
{
	uint32_t id = definitions__stack_id(definitions, hash);

	if (!id || definitions->stack_is_defined[(id - 1) / 8] & 1u << (id - 1) % 8)
		return 0; /* the kernel forgets which ones it has told: once is enough */
	definitions->stack_is_defined[(id - 1) / 8] |= (uint8_t)(1u << (id - 1) % 8);
	definitions->stacks_defined++;
	return id;
}

void definitions__stack(struct definitions *definitions, const struct stack_record *stack,
			uint32_t depth)
{
	struct block *block = &definitions->stacks;
	uint32_t id = definitions__define_stack(definitions, stack->hash);

	if (!id)
		return;
	if (block__is_full(block, 1))
		definitions__write(definitions);
	if (stack->kind == STACK_KERNEL) {
		for (uint32_t i = 0; i < depth; i++) {
			definitions__cover(definitions, stack->frames[i]);
			/* A call that never returns may be its function's last instruction. */
			definitions__cover(definitions, stack->frames[i] - 1);
		}
	}
	for (uint32_t i = 0; stack->kind == STACK_USER && i < depth; i++)
		stack_code__add(&definitions->stack_code, stack->pid, stack->time_ns,
				stack->frames[i]);
	block__delta(block, OFFCUT_STACK_COLUMN_ID, id);
	block__unsigned(block, OFFCUT_STACK_COLUMN_KIND, stack->kind);
	block__unsigned(block, OFFCUT_STACK_COLUMN_FLAGS, stack->flags);
	block__unsigned(block, OFFCUT_STACK_COLUMN_PID, stack->pid);
	block__delta(block, OFFCUT_STACK_COLUMN_TIME, stack->time_ns);
	block__unsigned(block, OFFCUT_STACK_COLUMN_DEPTH, depth);
	for (uint32_t i = 0; i < depth; i++)
		block__delta(block, OFFCUT_STACK_COLUMN_ADDRESS, stack->frames[i]);
	block__add_record(block, stack->time_ns);
}

void definitions__write(struct definitions *definitions)
{
	struct block *in_order[] = { &definitions->strings, &definitions->objects,
				     &definitions->mappings, &definitions->symbol_block,
				     &definitions->stacks, &definitions->cgroups,
				     &definitions->string_arguments };

	for (uint32_t type = 0; type < BLOCK_TYPES; type++) {
		losses__add(definitions->losses, &definitions->limit_reached[type]);
		definitions->limit_reached[type].count = 0;
	}
	for (size_t i = 0; i < sizeof(in_order) / sizeof(*in_order); i++) {
		if (in_order[i]->records)
			block_writer__write(definitions->writer, in_order[i]);
		block__reset(in_order[i]);
		if (in_order[i] == &definitions->strings)
			tasks__write(&definitions->tasks);
	}
}
