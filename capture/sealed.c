/* SPDX-License-Identifier: MIT */
/* Records of sealing on their way into blocks: see sealed.h. One block per kind is open at a time. */
#include "sealed.h"

_Static_assert(SEALED_PART_BYTES_MAX <= BLOCK_OPEN_BYTES_MAX, "a part fits a block");

void sealed__init(struct sealed *sealed, struct chunk_pool *pool, struct definitions *definitions,
		  struct block_writer *writer)
{
	*sealed = (struct sealed){ .definitions = definitions, .writer = writer };
	block__init(&sealed->sections, pool, OFFCUT_BLOCK_TYPE_SECTION, OFFCUT_CPU_NONE,
		    OFFCUT_SECTION_COLUMNS);
	block__init(&sealed->object_symbols, pool, OFFCUT_BLOCK_TYPE_OBJECT_SYMBOL,
		    OFFCUT_CPU_NONE, OFFCUT_OBJECT_SYMBOL_COLUMNS);
	block__init(&sealed->process_symbols, pool, OFFCUT_BLOCK_TYPE_PROCESS_SYMBOL,
		    OFFCUT_CPU_NONE, OFFCUT_PROCESS_SYMBOL_COLUMNS);
}

void sealed__write(struct sealed *sealed)
{
	struct block *blocks[] = { &sealed->sections, &sealed->object_symbols,
				   &sealed->process_symbols };

	for (size_t i = 0; i < sizeof(blocks) / sizeof(*blocks); i++) {
		if (blocks[i]->records && !sealed->is_full) {
			definitions__write(sealed->definitions);
			sealed->is_full = !block_writer__has_room(sealed->writer, blocks[i]) ||
					  !block_writer__write(sealed->writer, blocks[i]);
		}
		block__reset(blocks[i]);
	}
}

static struct block *sealed__room(struct sealed *sealed, struct block *block)
{
	if (block__is_full(block, 1))
		sealed__write(sealed);
	return sealed->is_full ? NULL : block;
}

bool sealed__section(struct sealed *sealed, const struct section_part *part)
{
	struct block *block = sealed__room(sealed, &sealed->sections);

	if (!block)
		return false;
	block__unsigned(block, OFFCUT_SECTION_COLUMN_OBJECT, part->object);
	block__unsigned(block, OFFCUT_SECTION_COLUMN_KIND, part->kind);
	block__unsigned(block, OFFCUT_SECTION_COLUMN_ADDRESS, part->address);
	block__unsigned(block, OFFCUT_SECTION_COLUMN_TOTAL, part->total);
	block__unsigned(block, OFFCUT_SECTION_COLUMN_OFFSET, part->offset);
	block__unsigned(block, OFFCUT_SECTION_COLUMN_LENGTH, part->length);
	block__bytes(block, OFFCUT_SECTION_COLUMN_BYTES, part->bytes, part->length);
	block__add_record(block, sealed->definitions->now_ns);
	return true;
}

bool sealed__object_symbol(struct sealed *sealed, const struct object_symbol *symbol)
{
	uint32_t name = definitions__string(sealed->definitions, symbol->name, symbol->name_bytes);
	struct block *block = sealed__room(sealed, &sealed->object_symbols);

	if (!block)
		return false;
	block__unsigned(block, OFFCUT_OBJECT_SYMBOL_COLUMN_OBJECT, symbol->object);
	block__delta(block, OFFCUT_OBJECT_SYMBOL_COLUMN_ADDRESS, symbol->address);
	block__unsigned(block, OFFCUT_OBJECT_SYMBOL_COLUMN_LENGTH, symbol->length);
	block__unsigned(block, OFFCUT_OBJECT_SYMBOL_COLUMN_NAME, name);
	block__unsigned(block, OFFCUT_OBJECT_SYMBOL_COLUMN_SOURCE, symbol->source);
	block__add_record(block, sealed->definitions->now_ns);
	return true;
}

bool sealed__process_symbol(struct sealed *sealed, const struct process_symbol *symbol)
{
	uint32_t name = definitions__string(sealed->definitions, symbol->name, symbol->name_bytes);
	struct block *block = sealed__room(sealed, &sealed->process_symbols);

	if (!block)
		return false;
	block__unsigned(block, OFFCUT_PROCESS_SYMBOL_COLUMN_PID, symbol->pid);
	block__delta(block, OFFCUT_PROCESS_SYMBOL_COLUMN_TIME, symbol->time_ns);
	block__delta(block, OFFCUT_PROCESS_SYMBOL_COLUMN_ADDRESS, symbol->address);
	block__unsigned(block, OFFCUT_PROCESS_SYMBOL_COLUMN_LENGTH, symbol->length);
	block__unsigned(block, OFFCUT_PROCESS_SYMBOL_COLUMN_NAME, name);
	block__add_record(block, sealed->definitions->now_ns);
	return true;
}
