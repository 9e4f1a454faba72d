/* SPDX-License-Identifier: MIT */
/*
 * What sealing found, on its way into the file: Section, ObjectSymbol and ProcessSymbol records.
 * In: parts and symbols with their names. Out: blocks, the strings that they name before them. A
 * recording with a size limit takes them as long as there is room, and ends well without the rest.
 */
#ifndef OFFCUT_SEALED_H
#define OFFCUT_SEALED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "block.h"
#include "definitions.h"

#define SEALED_PART_BYTES_MAX 65536u /* of a section in one record */

struct sealed {
	struct block sections, object_symbols, process_symbols;
	struct definitions *definitions;
	struct block_writer *writer;
	bool is_full; /* a block did not fit, or writing failed: nothing more is taken */
};

void sealed__init(struct sealed *, struct chunk_pool *, struct definitions *, struct block_writer *);

/* False once there is no room any more. */
bool sealed__section(struct sealed *, const struct section_part *);
bool sealed__object_symbol(struct sealed *, const struct object_symbol *);
bool sealed__process_symbol(struct sealed *, const struct process_symbol *);

/* What is collected and not yet in the file, and before it all definitions. */
void sealed__write(struct sealed *);

#endif
