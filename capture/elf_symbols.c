/* SPDX-License-Identifier: MIT */
/*
 * Choosing symbols: see elf_symbols.h. While the table goes by, each address keeps the best symbol
 * with a size that covers it; and each gap between two addresses what begins in it:
 *
 *   addresses      a0          a1      a2
 *   symbols     [s0  )  s1   s2 [s3      ...     s1, s2: size 0
 *   gap            0           1       2
 *
 * A symbol of size 0 covers an address if nothing begins between the two, so the one that begins
 * last in the nearest gap at or before the address that has any is the only candidate; where it ends
 * is told by the first beginning of the next gap that has one. If none has, it covers nothing.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "elf_symbols.h"
#include "format.h"

#define SYMBOLS_MAX (8u << 20)	       /* of a table that are looked at */
#define COVERINGS_MAX (64u << 20)      /* steps: a table of symbols that all cover everything */
#define NAMES_HELD_MAX (16u << 20)     /* node's are 6 MB */
#define RANK_NO_SIZE 8u
#define NONE UINT32_MAX

struct gap {
	uint64_t first, last; /* beginnings, valid where there is any */
	uint32_t name, index; /* of the best symbol without size that begins at `last`; NONE */
	uint64_t next;	      /* the first beginning behind the gap's own address; 0: none */
	uint8_t rank;
	bool is_any;
};

struct choice {
	const struct elf_file *file;
	const struct elf_section *symbols, *strings;
	char *names; /* the string table; NULL: it is too long to be held */
	const uint64_t *addresses;
	size_t count;
	struct elf_symbol *sized; /* by address; index NONE: none */
	struct gap *gaps;	  /* by address: what begins above the one before, up to it */
	struct gap behind;	  /* the last address */
	uint64_t coverings;
	bool is_damaged;
	struct elf_window window;
};

/* Of those at one address: with a size, of another type than NOTYPE, global, weak, local. */
static uint8_t symbol__rank(const Elf64_Sym *symbol)
{
	uint8_t binding = ELF64_ST_BIND(symbol->st_info);

	return (uint8_t)((symbol->st_size ? 0 : RANK_NO_SIZE) +
			 (ELF64_ST_TYPE(symbol->st_info) == STT_NOTYPE ? 4 : 0) +
			 (binding == STB_LOCAL ? 2 : binding == STB_WEAK ? 1 : 0));
}

/* 0: it has none. */
static char choice__first_letter(const struct choice *choice, uint32_t name)
{
	char letter = '\0';

	if (choice->names)
		return name < choice->strings->bytes ? choice->names[name] : '\0';
	elf_section__read(choice->file, choice->strings, name, &letter, 1);
	return letter;
}

/* What begins with $ marks code and data inside functions, on aarch64, and names nothing. */
static bool choice__is_code(const struct choice *choice, const Elf64_Sym *symbol)
{
	uint8_t type = ELF64_ST_TYPE(symbol->st_info);
	char letter;

	if (symbol->st_shndx == SHN_UNDEF ||
	    (type != STT_FUNC && type != STT_GNU_IFUNC && type != STT_NOTYPE))
		return false;
	letter = choice__first_letter(choice, symbol->st_name);
	return letter && letter != '$';
}

/* The first address not below `at`. */
static size_t choice__first(const struct choice *choice, uint64_t at)
{
	size_t low = 0, high = choice->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (choice->addresses[middle] < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void gap__take(struct gap *gap, const Elf64_Sym *symbol, uint32_t index)
{
	uint8_t rank = symbol__rank(symbol);
	bool is_last = !gap->is_any || symbol->st_value > gap->last;

	if (!gap->is_any || symbol->st_value < gap->first)
		gap->first = symbol->st_value;
	if (is_last) {
		gap->last = symbol->st_value;
		gap->index = NONE;
	}
	gap->is_any = true;
	if (symbol->st_value == gap->last && !symbol->st_size &&
	    (gap->index == NONE || rank < gap->rank)) {
		gap->name = symbol->st_name;
		gap->index = index;
		gap->rank = rank;
	}
}

static void choice__take(struct choice *choice, const Elf64_Sym *symbol, uint32_t index)
{
	size_t first = choice__first(choice, symbol->st_value);
	uint8_t rank = symbol__rank(symbol);

	gap__take(first < choice->count ? &choice->gaps[first] : &choice->behind, symbol, index);
	for (size_t i = first; i < choice->count; i++) {
		struct elf_symbol *best = &choice->sized[i];

		if (choice->addresses[i] - symbol->st_value >= symbol->st_size)
			break;
		if (choice->coverings++ == COVERINGS_MAX) {
			choice->is_damaged = true;
			return;
		}
		if (best->index != NONE && (best->address > symbol->st_value ||
					    (best->address == symbol->st_value &&
					     best->rank <= rank)))
			continue;
		*best = (struct elf_symbol){ .address = symbol->st_value,
					     .length = symbol->st_size,
					     .name = symbol->st_name,
					     .index = index,
					     .rank = rank };
	}
}

/* A letter of each name is looked at, in any order. */
static void choice__hold_names(struct choice *choice)
{
	uint64_t bytes = choice->strings->bytes;

	choice->names = bytes <= NAMES_HELD_MAX ? malloc(bytes) : NULL;
	if (choice->names && !elf_section__read(choice->file, choice->strings, 0, choice->names, bytes)) {
		free(choice->names);
		choice->names = NULL;
	}
}

static void choice__read(struct choice *choice)
{
	uint64_t symbols = choice->symbols->bytes / sizeof(Elf64_Sym);
	Elf64_Sym symbol;

	choice__hold_names(choice);
	elf_window__open(&choice->window, choice->file, choice->symbols);
	for (uint64_t i = 0; i < symbols && !choice->is_damaged; i++) {
		const uint8_t *bytes = elf_window__at(&choice->window, i * sizeof(symbol),
						      sizeof(symbol));

		if (!bytes || i == SYMBOLS_MAX) {
			choice->is_damaged = true;
			return;
		}
		memcpy(&symbol, bytes, sizeof(symbol));
		if (choice__is_code(choice, &symbol))
			choice__take(choice, &symbol, (uint32_t)i);
	}
}

static void choice__find_next(struct choice *choice)
{
	uint64_t next = choice->behind.first;
	bool is_any = choice->behind.is_any;

	for (size_t i = choice->count; i--;) {
		struct gap *gap = &choice->gaps[i];

		gap->next = is_any ? next : 0;
		if (gap->is_any) {
			next = gap->first;
			is_any = true;
		}
	}
}

/* What names address `i`, of which `nearest` is the last gap at or before it that has anything. */
static struct elf_symbol choice__best(const struct choice *choice, size_t i,
				      const struct gap *nearest)
{
	const struct elf_symbol *sized = &choice->sized[i];

	if (!nearest || nearest->index == NONE || !choice->gaps[i].next ||
	    (sized->index != NONE && sized->address == nearest->last))
		return *sized;
	return (struct elf_symbol){ .address = nearest->last,
				    .length = choice->gaps[i].next - nearest->last,
				    .name = nearest->name,
				    .index = nearest->index,
				    .rank = nearest->rank };
}

int elf_symbol__compare(const void *a, const void *b)
{
	const struct elf_symbol *left = a, *right = b;

	if (left->source != right->source)
		return left->source < right->source ? -1 : 1;
	if (left->address != right->address)
		return left->address < right->address ? -1 : 1;
	if (left->rank != right->rank)
		return left->rank < right->rank ? -1 : 1;
	return left->index < right->index ? -1 : left->index > right->index;
}

/* Each address's symbol to `out`; the addresses without one to `unnamed`. Returns their number. */
static size_t choice__finish(struct choice *choice, uint8_t source, struct elf_symbols *out,
			     uint64_t *unnamed)
{
	const struct gap *nearest = NULL;
	size_t unnamed_count = 0;

	choice__find_next(choice);
	for (size_t i = 0; i < choice->count; i++) {
		struct elf_symbol best;

		if (choice->gaps[i].is_any)
			nearest = &choice->gaps[i];
		best = choice__best(choice, i, nearest);
		best.source = source;
		if (best.index == NONE)
			unnamed[unnamed_count++] = choice->addresses[i];
		else
			out->symbols[out->count++] = best;
	}
	out->is_damaged |= choice->is_damaged;
	return unnamed_count;
}

/* One table. Then `count` is of the addresses that it has no symbol for; they are in `unnamed`. */
static int elf_symbols__of_table(const struct elf_file *file, bool is_dynamic,
				 const uint64_t *addresses, size_t *count, struct elf_symbols *out,
				 uint64_t *unnamed)
{
	struct choice *choice = calloc(1, sizeof(*choice));
	int error = choice ? 0 : -ENOMEM;

	if (choice) {
		choice->file = file;
		choice->symbols = is_dynamic ? &file->dynsym : &file->symtab;
		choice->strings = is_dynamic ? &file->dynstr : &file->strtab;
		choice->addresses = addresses;
		choice->count = *count;
		choice->sized = malloc(*count * sizeof(*choice->sized));
		choice->gaps = calloc(*count, sizeof(*choice->gaps));
		if (!choice->sized || !choice->gaps)
			error = -ENOMEM;
	}
	if (!error) {
		for (size_t i = 0; i < *count; i++)
			choice->sized[i].index = NONE;
		choice__read(choice);
		*count = choice__finish(choice,
					is_dynamic ? OFFCUT_SYMBOL_SOURCE_DYNSYM
						   : OFFCUT_SYMBOL_SOURCE_SYMTAB,
					out, unnamed);
	}
	if (choice) {
		free(choice->sized);
		free(choice->gaps);
		free(choice->names);
	}
	free(choice);
	return error;
}

int elf_symbols__choose(const struct elf_file *file, const uint64_t *addresses, size_t count,
			struct elf_symbols *out)
{
	uint64_t *unnamed = malloc((count + 1) * sizeof(*unnamed));
	size_t kept = 0;
	int error = 0;

	memset(out, 0, sizeof(*out));
	out->symbols = malloc((count + 1) * sizeof(*out->symbols));
	if (!unnamed || !out->symbols)
		error = -ENOMEM;
	else
		memcpy(unnamed, addresses, count * sizeof(*unnamed));
	if (!error && count && file->symtab.bytes)
		error = elf_symbols__of_table(file, false, addresses, &count, out, unnamed);
	if (!error && count && file->dynsym.bytes)
		error = elf_symbols__of_table(file, true, unnamed, &count, out, unnamed);
	free(unnamed);
	if (error)
		return error;
	qsort(out->symbols, out->count, sizeof(*out->symbols), elf_symbol__compare);
	for (size_t i = 0; i < out->count; i++)
		if (!kept || elf_symbol__compare(&out->symbols[kept - 1], &out->symbols[i]))
			out->symbols[kept++] = out->symbols[i];
	out->count = kept;
	return 0;
}

void elf_symbols__close(struct elf_symbols *symbols)
{
	free(symbols->symbols);
	memset(symbols, 0, sizeof(*symbols));
}

size_t elf_symbol__name(const struct elf_file *file, const struct elf_symbol *symbol, char *name,
			size_t size)
{
	const struct elf_section *strings =
		symbol->source == OFFCUT_SYMBOL_SOURCE_DYNSYM ? &file->dynstr : &file->strtab;
	uint64_t left = symbol->name < strings->bytes ? strings->bytes - symbol->name : 0;
	size_t bytes = left < size - 1 ? (size_t)left : size - 1;

	if (!elf_section__read(file, strings, symbol->name, name, bytes))
		return 0;
	name[bytes] = '\0';
	return strlen(name);
}
