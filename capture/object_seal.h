/* SPDX-License-Identifier: MIT */
/*
 * Sealing of one file: what unwinding and naming of the addresses that stacks have in it need, or
 * all of what could. In: a descriptor and file offsets. Out: parts of sections and symbols, each
 * once however often more offsets come. Knows nothing of recordings and of how the file was found.
 */
#ifndef OFFCUT_OBJECT_SEAL_H
#define OFFCUT_OBJECT_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eh_frame.h"
#include "elf_file.h"
#include "elf_symbols.h"
#include "entities.h"
#include "needed_code.h"

/* A symbol table and its names are not taken whole beyond this, but as needed. */
#define WHOLE_SYMBOLS_BYTES_MAX (256u << 20)

/* Where findings go. False: no more of them. */
struct seal_sink {
	void *context;
	bool (*part)(void *context, const struct section_part *);
	bool (*symbol)(void *context, const struct object_symbol *);
};

/* What of an object has been found already. */
struct object_sent {
	struct eh_parts eh_frame;
	struct elf_symbol *symbols; /* sorted, as elf_symbols has them */
	size_t symbols_count;
	bool tables; /* program headers, and what comes whole */
};

struct object_sealed {
	enum elf_status status;
	bool is_damaged; /* something in it could not be read: what could, is there */
	bool is_cut;	 /* the sink took no more, or there was no memory */
	uint64_t section_bytes;
	uint32_t symbols;
};

struct object_seal {
	uint32_t object;
	int fd;
	bool is_full;
	const struct needed_address *needed; /* of this object, sorted */
	size_t count;
};

struct object_sealed object_seal__run(const struct object_seal *, struct object_sent *,
				      const struct seal_sink *);
void object_sent__close(struct object_sent *);

#endif
