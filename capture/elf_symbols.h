/* SPDX-License-Identifier: MIT */
/*
 * Of a file's symbol tables the symbols that name given addresses, as FORMAT.md ("Symbols of a
 * frame") chooses them: those of .symtab, and those of .dynsym for addresses that .symtab does not
 * cover. In: the file and the addresses. Out: each chosen symbol once, such that choosing among them
 * alone gives every address the name that the whole tables would. Memory follows the addresses, not
 * the tables, which are read in one pass.
 */
#ifndef OFFCUT_ELF_SYMBOLS_H
#define OFFCUT_ELF_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elf_file.h"

struct elf_symbol {
	uint64_t address, length;
	uint32_t name;  /* offset in the string table */
	uint32_t index; /* in the symbol table */
	uint8_t rank;   /* of those that begin at one address: the lowest first, then by index */
	uint8_t source; /* enum offcut_symbol_source: Symtab or Dynsym */
};

struct elf_symbols {
	struct elf_symbol *symbols; /* sorted by source, address, rank, index */
	size_t count;
	bool is_damaged; /* a table could not be read to its end, or was made to cost too much */
};

/* `addresses` are the object's own, sorted, distinct. 0 or -ENOMEM; elf_symbols__close frees. */
int elf_symbols__choose(const struct elf_file *, const uint64_t *addresses, size_t count,
			struct elf_symbols *);
void elf_symbols__close(struct elf_symbols *);

/* The order of symbols, for qsort and bsearch; 0: it is the same symbol. */
int elf_symbol__compare(const void *, const void *);

/* The symbol's name, cut at `size` - 1 bytes; its length, 0 if it cannot be read. */
size_t elf_symbol__name(const struct elf_file *, const struct elf_symbol *, char *name, size_t size);

#endif
