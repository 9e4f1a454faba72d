/* SPDX-License-Identifier: MIT */
/* Sealing of a file: see object_seal.h. */
#include <stdlib.h>
#include <string.h>

#include "object_seal.h"

#define PART_BYTES 65536u /* of a section that comes whole */
#define NAME_BYTES (OFFCUT_STRING_BYTES_MAX + 1)

_Static_assert(PART_BYTES <= EH_PART_BYTES_MAX, "one buffer for both");

struct pass {
	const struct object_seal *seal;
	struct object_sent *sent;
	const struct seal_sink *sink;
	struct object_sealed result;
	struct elf_file file;
	uint64_t *addresses; /* of the code, sorted */
	size_t count;
	uint8_t part[EH_PART_BYTES_MAX];
	char name[NAME_BYTES];
};

static int address__compare(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return left < right ? -1 : left > right;
}

/*
 * Of every offset the address in the object, and the one before: where a stack has a return address,
 * the call is before it, and what kind of address it is depends on what only unwinding tells.
 */
static bool pass__find_addresses(struct pass *pass)
{
	size_t count = 0, kept = 0;

	pass->addresses = malloc((2 * pass->seal->count + 1) * sizeof(*pass->addresses));
	if (!pass->addresses)
		return false;
	for (size_t i = 0; i < pass->seal->count; i++) {
		uint64_t at = pass->seal->needed[i].at;

		count += elf_file__object_address(&pass->file, at, &pass->addresses[count]);
		if (at)
			count += elf_file__object_address(&pass->file, at - 1,
							  &pass->addresses[count]);
	}
	qsort(pass->addresses, count, sizeof(*pass->addresses), address__compare);
	for (size_t i = 0; i < count; i++)
		if (!kept || pass->addresses[i] != pass->addresses[kept - 1])
			pass->addresses[kept++] = pass->addresses[i];
	pass->count = kept;
	return true;
}

static void pass__part(struct pass *pass, enum offcut_section_kind kind,
		       const struct elf_section *section, uint64_t offset, uint32_t bytes)
{
	const struct section_part part = {
		.object = pass->seal->object,
		.kind = kind,
		.address = section->address,
		.total = (uint32_t)section->bytes,
		.offset = (uint32_t)offset,
		.length = bytes,
		.bytes = pass->part,
	};

	if (pass->result.is_cut)
		return;
	if (!elf_section__read(&pass->file, section, offset, pass->part, bytes))
		pass->result.is_damaged = true;
	else if (!pass->sink->part(pass->sink->context, &part))
		pass->result.is_cut = true;
	else
		pass->result.section_bytes += bytes;
}

static void pass__whole(struct pass *pass, enum offcut_section_kind kind,
			const struct elf_section *section)
{
	for (uint64_t at = 0; at < section->bytes && !pass->result.is_cut; at += PART_BYTES) {
		uint64_t left = section->bytes - at;

		pass__part(pass, kind, section, at, left < PART_BYTES ? (uint32_t)left : PART_BYTES);
	}
}

static bool pass__has_whole_symbols(const struct pass *pass)
{
	return pass->seal->is_full &&
	       pass->file.symtab.bytes + pass->file.strtab.bytes <= WHOLE_SYMBOLS_BYTES_MAX;
}

/* What is the same whatever is needed. */
static void pass__tables(struct pass *pass)
{
	const struct elf_file *file = &pass->file;
	Elf64_Ehdr header;
	struct elf_section headers = { 0 };

	if (pass->sent->tables || !elf_file__read(file, 0, &header, sizeof(header)))
		return;
	headers.offset = header.e_phoff;
	headers.bytes = file->segments_count * sizeof(*file->segments);
	pass__whole(pass, OFFCUT_SECTION_KIND_PROGRAM_HEADERS, &headers);
	if (pass__has_whole_symbols(pass)) {
		pass__whole(pass, OFFCUT_SECTION_KIND_SYMTAB, &file->symtab);
		pass__whole(pass, OFFCUT_SECTION_KIND_STRTAB, &file->strtab);
		pass__whole(pass, OFFCUT_SECTION_KIND_DYNSYM, &file->dynsym);
		pass__whole(pass, OFFCUT_SECTION_KIND_DYNSTR, &file->dynstr);
	}
	if (pass->seal->is_full || !file->symtab.bytes)
		pass__whole(pass, OFFCUT_SECTION_KIND_GNU_DEBUGDATA, &file->gnu_debugdata);
	pass->sent->tables = !pass->result.is_cut;
}

static void pass__eh_frame(struct pass *pass)
{
	struct eh_parts parts;

	if (eh_frame__select(&pass->file, pass->seal->is_full ? NULL : pass->addresses, pass->count,
			     &parts) ||
	    eh_parts__send(&parts, &pass->sent->eh_frame))
		pass->result.is_cut = true;
	pass->result.is_damaged |= parts.is_damaged;
	for (uint32_t i = 0; i < parts.count && !pass->result.is_cut; i++)
		pass__part(pass, OFFCUT_SECTION_KIND_EH_FRAME, &pass->file.eh_frame,
			   parts.parts[i].offset, parts.parts[i].end - parts.parts[i].offset);
	eh_parts__close(&parts);
}

static bool object_sent__has(const struct object_sent *sent, const struct elf_symbol *symbol)
{
	return sent->symbols_count &&
	       bsearch(symbol, sent->symbols, sent->symbols_count, sizeof(*sent->symbols),
		       elf_symbol__compare);
}

/* Adds the new ones to what has been sent; both are sorted. */
static bool object_sent__add(struct object_sent *sent, const struct elf_symbol *symbols, size_t count)
{
	size_t all = sent->symbols_count + count;
	struct elf_symbol *larger = realloc(sent->symbols, (all + 1) * sizeof(*larger));

	if (!larger)
		return false;
	memcpy(larger + sent->symbols_count, symbols, count * sizeof(*symbols));
	qsort(larger, all, sizeof(*larger), elf_symbol__compare);
	sent->symbols = larger;
	sent->symbols_count = all;
	return true;
}

static void pass__symbol(struct pass *pass, const struct elf_symbol *symbol)
{
	const struct object_symbol found = {
		.object = pass->seal->object,
		.source = symbol->source,
		.address = symbol->address,
		.length = symbol->length,
		.name = pass->name,
		.name_bytes = elf_symbol__name(&pass->file, symbol, pass->name, sizeof(pass->name)),
	};

	if (!found.name_bytes)
		pass->result.is_damaged = true;
	else if (!pass->sink->symbol(pass->sink->context, &found))
		pass->result.is_cut = true;
	else
		pass->result.symbols++;
}

static void pass__symbols(struct pass *pass)
{
	struct elf_symbols found;
	size_t fresh = 0;

	if (elf_symbols__choose(&pass->file, pass->addresses, pass->count, &found)) {
		pass->result.is_cut = true;
		elf_symbols__close(&found);
		return;
	}
	pass->result.is_damaged |= found.is_damaged;
	for (size_t i = 0; i < found.count; i++)
		if (!object_sent__has(pass->sent, &found.symbols[i]))
			found.symbols[fresh++] = found.symbols[i];
	for (size_t i = 0; i < fresh && !pass->result.is_cut; i++)
		pass__symbol(pass, &found.symbols[i]);
	if (!object_sent__add(pass->sent, found.symbols, fresh))
		pass->result.is_cut = true;
	elf_symbols__close(&found);
}

struct object_sealed object_seal__run(const struct object_seal *seal, struct object_sent *sent,
				      const struct seal_sink *sink)
{
	struct pass *pass = calloc(1, sizeof(*pass));
	struct object_sealed result = { .is_cut = true };

	if (!pass)
		return result;
	pass->seal = seal;
	pass->sent = sent;
	pass->sink = sink;
	pass->result.status = elf_file__open(&pass->file, seal->fd);
	if (pass->result.status == ELF_OK) {
		pass->result.is_cut = !pass__find_addresses(pass);
		pass__tables(pass);
		pass__eh_frame(pass);
		if (!pass__has_whole_symbols(pass))
			pass__symbols(pass);
	}
	result = pass->result;
	free(pass->addresses);
	free(pass);
	return result;
}

void object_sent__close(struct object_sent *sent)
{
	eh_parts__close(&sent->eh_frame);
	free(sent->symbols);
	memset(sent, 0, sizeof(*sent));
}
