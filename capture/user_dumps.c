/* SPDX-License-Identifier: MIT */
/*
 * User stacks, word by word, and which of them go into the file: see user_dumps.h. Words are read once,
 * where the ring has them, and either become a varint of a column or nothing.
 */
#include "user_dumps.h"

#include <string.h>

_Static_assert((int)DUMP_TRUNCATED == OFFCUT_DUMP_FLAG_TRUNCATED &&
		       (int)DUMP_EXACT_IP == OFFCUT_DUMP_FLAG_EXACT_IP,
	       "flags are the format's");
_Static_assert(DUMP_BYTES_MAX <= OFFCUT_DUMP_BYTES_MAX &&
		       DUMP_REGISTERS <= OFFCUT_DUMP_REGISTERS_MAX,
	       "dump_record");

int user_dumps__open(struct user_dumps *dumps, struct chunk_pool *pool, struct block_writer *writer,
		     struct definitions *definitions, bool keep_all)
{
	memset(dumps, 0, sizeof(*dumps));
	dumps->writer = writer;
	dumps->definitions = definitions;
	dumps->keep_all = keep_all;
	block__init(&dumps->block, pool, OFFCUT_BLOCK_TYPE_USER_DUMP, OFFCUT_CPU_NONE,
		    OFFCUT_USER_DUMP_COLUMNS);
	return address_spaces__open(&dumps->spaces);
}

void user_dumps__close(struct user_dumps *dumps)
{
	if (dumps->spaces.by_pid)
		address_spaces__close(&dumps->spaces);
}

void user_dumps__write(struct user_dumps *dumps)
{
	if (dumps->block.records)
		block_writer__write(dumps->writer, &dumps->block);
	block__reset(&dumps->block);
}

/* What a dump's words are looked at with. */
struct filter {
	struct user_dumps *dumps;
	const struct address_space *space; /* NULL: not known, then nothing is code */
	const struct address_range *range; /* that the word before was in */
	uint64_t stack_pointer, stack_end;
	uint32_t pid;
};

/* Return addresses may be signed, in bits that no address has. */
static uint64_t word__address(uint64_t word)
{
#if defined(__aarch64__)
	const uint64_t kernel_bit = 1ull << 55;

	return word & kernel_bit ? word : word & 0x0000ffffffffffffull;
#else
	return word;
#endif
}

/* The code that the address is in; NULL: none. It is told to whoever seals. */
static const struct address_range *filter__code(struct filter *filter, uint64_t address)
{
	const struct address_range *range = filter->range;
	struct stack_code *needs = &filter->dumps->definitions->stack_code;
	bool is_file;

	if (!range || address < range->start || address >= range->end)
		range = filter->space ? address_space__range(filter->space, address) : NULL;
	if (!range)
		return NULL;
	filter->range = range;
	is_file = mapped_objects__find(&needs->objects, range->object) != NULL;
	needed_code__add(&needs->needed, is_file ? range->object : 0,
			 address - range->start + range->file_offset, filter->pid, address);
	return range;
}

/* As the file has it: 0, an address, or a distance from the stack pointer. */
static uint64_t filter__stored(struct filter *filter, uint64_t word, bool is_stack_pointer)
{
	uint64_t address = word__address(word);

	if (is_stack_pointer)
		return word << 1;
	if (word >= filter->stack_pointer && word < filter->stack_end)
		return (word - filter->stack_pointer) << 1 | 1;
	if (filter__code(filter, address))
		return address << 1;
	return filter->dumps->keep_all ? word << 1 : 0;
}

static void filter__store_registers(struct filter *filter, const struct dump_record *record)
{
	struct block *block = &filter->dumps->block;

	block__unsigned(block, OFFCUT_USER_DUMP_COLUMN_REGISTERS, DUMP_REGISTERS);
	for (uint32_t i = 0; i < DUMP_REGISTERS; i++)
		block__unsigned(block, OFFCUT_USER_DUMP_COLUMN_REGISTER,
				filter__stored(filter, record->registers[i], i == DUMP_SP));
}

static void filter__store_words(struct filter *filter, const struct dump_record *record,
				const uint64_t *words)
{
	struct block *block = &filter->dumps->block;
	uint32_t stored = 0, gap = 0;

	for (uint32_t i = 0; i < record->length / 8; i++, gap++) {
		uint64_t word = words[i] ? filter__stored(filter, words[i], false) : 0;

		if (!word)
			continue;
		block__unsigned(block, OFFCUT_USER_DUMP_COLUMN_GAP, gap);
		block__unsigned(block, OFFCUT_USER_DUMP_COLUMN_WORD, word);
		gap = UINT32_MAX; /* 0 after this round */
		stored++;
	}
	block__unsigned(block, OFFCUT_USER_DUMP_COLUMN_LENGTH, record->length);
	block__unsigned(block, OFFCUT_USER_DUMP_COLUMN_WORDS, stored);
}

uint32_t user_dumps__frames(struct user_dumps *dumps, const struct stack_record *stack)
{
	const struct address_space *space = address_spaces__find(&dumps->spaces, stack->pid);
	uint32_t depth = 1; /* what the thread executes is code, known or not */

	if (dumps->keep_all)
		return stack->depth;
	while (space && depth < stack->depth &&
	       address_space__range(space, word__address(stack->frames[depth])))
		depth++;
	return depth < stack->depth ? depth : stack->depth;
}

void user_dumps__add(struct user_dumps *dumps, const struct dump_record *record,
		     const uint64_t *words)
{
	struct block *block = &dumps->block;
	struct address_space *space = address_spaces__find(&dumps->spaces, record->pid);
	uint64_t sp = record->registers[DUMP_SP], end = (sp & ~7ull) + record->length;
	uint64_t stack_end = space ? address_space__stack_end(space, sp) : 0;
	struct filter filter = { .dumps = dumps, .space = space, .stack_pointer = sp,
				 .stack_end = stack_end ? stack_end : end, .pid = record->pid };
	uint32_t flags = record->flags & (DUMP_EXACT_IP | DUMP_TRUNCATED);
	uint32_t id = definitions__define_stack(dumps->definitions, record->hash);

	if (!id)
		return;
	if (end == stack_end) /* as many bytes as were asked for, and there are no more */
		flags &= ~(uint32_t)DUMP_TRUNCATED;
	if (block__is_full(block, 1))
		user_dumps__write(dumps);
	block__delta(block, OFFCUT_USER_DUMP_COLUMN_ID, id);
	block__unsigned(block, OFFCUT_USER_DUMP_COLUMN_FLAGS, flags);
	block__unsigned(block, OFFCUT_USER_DUMP_COLUMN_PID, record->pid);
	block__delta(block, OFFCUT_USER_DUMP_COLUMN_TIME, record->time_ns);
	filter__store_registers(&filter, record);
	filter__store_words(&filter, record, words);
	block__add_record(block, record->time_ns);
}
