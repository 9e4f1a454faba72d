/* SPDX-License-Identifier: MIT */
/*
 * Entries of .eh_frame: see eh_frame.h. One pass from front to back, whether or not the file has the
 * search table of .eh_frame_hdr: a pass over the 2.7 MB of node costs 10 ms, once, and there is
 * nothing to believe. A CIE is read again where its FDEs ask for it, from a small cache mostly.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "eh_frame.h"

#define ENTRIES_MAX (4u << 20)	 /* of a section that are looked at */
#define PARTS_MAX (1u << 20)	 /* before neighbours are joined */
#define CIE_READS_MAX (1u << 20) /* beyond the cache: a file that has so many is made to cost */
#define CIE_CACHE 64u
#define CIE_BYTES_MAX 256u /* as far as its augmentation data reach; they come before its rules */
#define HEAD_BYTES_MAX 24u /* of an FDE: length, CIE pointer, two pointers of 8 bytes */

enum {
	PE_ABSPTR = 0x00, PE_ULEB128 = 0x01, PE_UDATA2 = 0x02, PE_UDATA4 = 0x03, PE_UDATA8 = 0x04,
	PE_SLEB128 = 0x09, PE_SDATA2 = 0x0a, PE_SDATA4 = 0x0b, PE_SDATA8 = 0x0c,
	PE_FORMAT = 0x0f, PE_RELATIVE = 0x70, PE_PCREL = 0x10, PE_INDIRECT = 0x80, PE_OMIT = 0xff,
};

struct cie {
	uint32_t offset, end; /* in the section; end 0: an empty slot of the cache */
	uint8_t encoding;     /* of its FDEs' addresses; PE_OMIT: not known, so they cannot be read */
	bool is_added;        /* to the parts */
};

struct eh_pass {
	const struct elf_file *file;
	const struct elf_section *section;
	const uint64_t *addresses;
	size_t count;
	struct eh_parts *out;
	struct elf_window window;
	struct cie cies[CIE_CACHE];
	uint32_t cie_reads;
};

/* A cursor over bytes at hand; once it has run out it gives zeros and says so. */
struct cursor {
	const uint8_t *at, *end;
	bool ran_out;
};

static uint64_t cursor__fixed(struct cursor *cursor, size_t bytes)
{
	uint64_t value = 0;

	if ((size_t)(cursor->end - cursor->at) < bytes) {
		cursor->ran_out = true;
		cursor->at = cursor->end;
		return 0;
	}
	memcpy(&value, cursor->at, bytes);
	cursor->at += bytes;
	return value;
}

static uint64_t cursor__leb128(struct cursor *cursor, bool is_signed)
{
	uint64_t value = 0;
	uint32_t shift = 0;
	uint8_t byte;

	do {
		byte = (uint8_t)cursor__fixed(cursor, 1);
		if (shift < 64)
			value |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80 && shift < 70);
	if (is_signed && byte & 0x40 && shift < 64)
		value |= ~0ull << shift;
	return value;
}

/* A pointer without what it is relative to. */
static uint64_t cursor__pointer(struct cursor *cursor, uint8_t encoding)
{
	switch (encoding & PE_FORMAT) {
	case PE_ABSPTR:
	case PE_UDATA8:
	case PE_SDATA8:
		return cursor__fixed(cursor, 8);
	case PE_UDATA2:
		return cursor__fixed(cursor, 2);
	case PE_UDATA4:
		return cursor__fixed(cursor, 4);
	case PE_SDATA2:
		return (uint64_t)(int64_t)(int16_t)cursor__fixed(cursor, 2);
	case PE_SDATA4:
		return (uint64_t)(int64_t)(int32_t)cursor__fixed(cursor, 4);
	case PE_ULEB128:
	case PE_SLEB128:
		return cursor__leb128(cursor, (encoding & PE_FORMAT) == PE_SLEB128);
	default:
		cursor->ran_out = true;
		return 0;
	}
}

/* What the letters of an augmentation that begins with z say of the encoding. */
static uint8_t augmentation__encoding(const char *letters, struct cursor *cursor)
{
	for (; *letters; letters++) {
		switch (*letters) {
		case 'R':
			return (uint8_t)cursor__fixed(cursor, 1);
		case 'P':
			cursor__pointer(cursor, (uint8_t)cursor__fixed(cursor, 1));
			break;
		case 'L':
			cursor__fixed(cursor, 1);
			break;
		case 'S':
		case 'B':
			break;
		default:
			return PE_OMIT;
		}
	}
	return PE_ABSPTR;
}

/* From behind the CIE's id. */
static uint8_t cie__encoding(struct cursor *cursor)
{
	uint8_t version = (uint8_t)cursor__fixed(cursor, 1), encoding = PE_ABSPTR;
	const char *letters = (const char *)cursor->at;
	const uint8_t *end = memchr(letters, 0, (size_t)(cursor->end - cursor->at));

	if (!end || (version != 1 && version != 3 && version != 4))
		return PE_OMIT;
	cursor->at = end + 1;
	if (version == 4)
		cursor__fixed(cursor, 2); /* sizes of addresses and segment selectors */
	cursor__leb128(cursor, false);
	cursor__leb128(cursor, true);
	if (version == 1)
		cursor__fixed(cursor, 1);
	else
		cursor__leb128(cursor, false);
	if (*letters == 'z') {
		cursor__leb128(cursor, false);
		encoding = augmentation__encoding(letters + 1, cursor);
	} else if (*letters) {
		return PE_OMIT; /* of compilers before 2000 */
	}
	return cursor->ran_out || encoding & PE_INDIRECT ? PE_OMIT : encoding;
}

/* A place that holds no CIE is one whose encoding is not known. Read apart from the window, which
 * goes on from FDE to FDE. */
static struct cie cie__read(const struct eh_pass *pass, uint32_t offset)
{
	struct cie cie = { .offset = offset, .end = offset + 1, .encoding = PE_OMIT };
	uint64_t left = pass->section->bytes - offset;
	uint8_t bytes[CIE_BYTES_MAX];
	uint32_t length, id;
	struct cursor cursor = { .at = bytes + 8 };
	size_t have = left < sizeof(bytes) ? (size_t)left : sizeof(bytes);

	if (have < 8 || !elf_section__read(pass->file, pass->section, offset, bytes, have))
		return cie;
	memcpy(&length, bytes, 4);
	memcpy(&id, bytes + 4, 4);
	if (id || length < 4 || length > left - 4 || length + 4 > EH_PART_BYTES_MAX)
		return cie;
	cie.end = offset + 4 + length;
	cursor.end = bytes + (have < length + 4 ? have : length + 4);
	cie.encoding = cie__encoding(&cursor);
	return cie;
}

static struct cie *eh_pass__cie(struct eh_pass *pass, uint32_t offset)
{
	struct cie *slot = &pass->cies[offset / 4 % CIE_CACHE];

	if (slot->end && slot->offset == offset)
		return slot;
	if (pass->cie_reads++ == CIE_READS_MAX)
		return NULL;
	*slot = cie__read(pass, offset);
	return slot;
}

static int eh_parts__add(struct eh_parts *parts, uint32_t offset, uint32_t end)
{
	struct eh_part *last = parts->count ? &parts->parts[parts->count - 1] : NULL;

	if (last && last->end == offset && end - last->offset <= EH_PART_BYTES_MAX) {
		last->end = end;
		return 0;
	}
	if (parts->count == parts->capacity) {
		uint32_t capacity = parts->capacity ? 2 * parts->capacity : 256;
		struct eh_part *larger = NULL;

		if (capacity <= PARTS_MAX)
			larger = realloc(parts->parts, capacity * sizeof(*larger));
		if (!larger)
			return -ENOMEM;
		parts->parts = larger;
		parts->capacity = capacity;
	}
	parts->parts[parts->count++] = (struct eh_part){ offset, end };
	return 0;
}

/* Does any address lie in [begin, begin + length)? */
static bool eh_pass__needs(const struct eh_pass *pass, uint64_t begin, uint64_t length)
{
	size_t low = 0, high = pass->count;

	while (low < high) { /* the first address not below begin */
		size_t middle = low + (high - low) / 2;

		if (pass->addresses[middle] < begin)
			low = middle + 1;
		else
			high = middle;
	}
	return low < pass->count && pass->addresses[low] - begin < length;
}

/* An FDE of which `bytes` holds the beginning. Its CIE comes with it, once while it is cached. */
static int eh_pass__fde(struct eh_pass *pass, uint32_t offset, uint32_t end, const uint8_t *bytes,
			size_t have)
{
	struct cursor cursor = { bytes + 8, bytes + have, false };
	struct cie *cie;
	uint32_t pointer;
	uint64_t begin, length;
	int error = 0;

	memcpy(&pointer, bytes + 4, 4);
	cie = pointer > offset + 4 ? NULL : eh_pass__cie(pass, offset + 4 - pointer);
	if (!cie || cie->encoding == PE_OMIT)
		return 0;
	begin = cursor__pointer(&cursor, cie->encoding);
	length = cursor__pointer(&cursor, cie->encoding & PE_FORMAT);
	if ((cie->encoding & PE_RELATIVE) == PE_PCREL)
		begin += pass->section->address + offset + 8;
	else if (cie->encoding & PE_RELATIVE)
		return 0; /* relative to what no linker of today uses */
	if (cursor.ran_out || !eh_pass__needs(pass, begin, length))
		return 0;
	if (!cie->is_added)
		error = eh_parts__add(pass->out, cie->offset, cie->end);
	cie->is_added = true;
	return error ? error : eh_parts__add(pass->out, offset, end);
}

/* Entry by entry. A length of 0 ends what one object file brought; linkers leave some in between. */
static int eh_pass__run(struct eh_pass *pass)
{
	uint64_t at = 0, size = pass->section->bytes;
	int error = 0;

	for (uint32_t entries = 0; !error && size - at >= 4; entries++) {
		size_t have = size - at < HEAD_BYTES_MAX ? (size_t)(size - at) : HEAD_BYTES_MAX;
		const uint8_t *bytes = elf_window__at(&pass->window, at, have);
		uint32_t length, id = 0;

		if (!bytes || entries == ENTRIES_MAX)
			break;
		memcpy(&length, bytes, 4);
		if (length == 0) {
			at += 4;
			continue;
		}
		if (length < 4 || length > size - at - 4)
			break;
		memcpy(&id, bytes + 4, 4);
		if (have > length + 4u)
			have = length + 4u;
		if (length + 4u > EH_PART_BYTES_MAX)
			pass->out->is_damaged = true;
		else if (!pass->addresses)
			error = eh_parts__add(pass->out, (uint32_t)at, (uint32_t)at + 4 + length);
		else if (id)
			error = eh_pass__fde(pass, (uint32_t)at, (uint32_t)at + 4 + length, bytes,
					     have);
		at += 4 + (uint64_t)length;
	}
	if (size - at >= 4)
		pass->out->is_damaged = true;
	return error;
}

static int eh_part__compare(const void *a, const void *b)
{
	const struct eh_part *left = a, *right = b;

	if (left->offset != right->offset)
		return left->offset < right->offset ? -1 : 1;
	return left->end > right->end ? -1 : left->end < right->end;
}

/* In order, neighbours joined, what a hostile file lets overlap left out. */
static void eh_parts__join(struct eh_parts *parts)
{
	uint32_t kept = 0;

	if (parts->count)
		qsort(parts->parts, parts->count, sizeof(*parts->parts), eh_part__compare);
	for (uint32_t i = 0; i < parts->count; i++) {
		struct eh_part part = parts->parts[i];
		struct eh_part *last = kept ? &parts->parts[kept - 1] : NULL;

		if (last && part.offset < last->end)
			continue;
		if (last && part.offset == last->end &&
		    part.end - last->offset <= EH_PART_BYTES_MAX)
			last->end = part.end;
		else
			parts->parts[kept++] = part;
		parts->bytes += part.end - part.offset;
	}
	parts->count = kept;
}

int eh_frame__select(const struct elf_file *file, const uint64_t *addresses, size_t count,
		     struct eh_parts *parts)
{
	struct eh_pass *pass;
	int error;

	memset(parts, 0, sizeof(*parts));
	if (!file->eh_frame.bytes || (addresses && !count))
		return 0;
	pass = calloc(1, sizeof(*pass));
	if (!pass)
		return -ENOMEM;
	pass->file = file;
	pass->section = &file->eh_frame;
	pass->addresses = addresses;
	pass->count = count;
	pass->out = parts;
	elf_window__open(&pass->window, file, pass->section);
	error = eh_pass__run(pass);
	eh_parts__join(parts);
	free(pass);
	return error;
}

/* What of `part` is not in the sorted `sent`, of which all before `*from` lies before it. */
static int eh_parts__add_rest(struct eh_parts *rest, struct eh_part part,
			      const struct eh_parts *sent, uint32_t *from)
{
	int error = 0;

	while (*from < sent->count && sent->parts[*from].end <= part.offset)
		++*from;
	for (uint32_t i = *from; !error && i < sent->count && sent->parts[i].offset < part.end; i++) {
		if (sent->parts[i].offset > part.offset)
			error = eh_parts__add(rest, part.offset, sent->parts[i].offset);
		part.offset = sent->parts[i].end < part.end ? sent->parts[i].end : part.end;
	}
	return error || part.offset == part.end ? error
						: eh_parts__add(rest, part.offset, part.end);
}

int eh_parts__send(struct eh_parts *parts, struct eh_parts *sent)
{
	struct eh_parts rest = { .is_damaged = parts->is_damaged };
	uint32_t from = 0, count = sent->count;
	int error = 0;

	for (uint32_t i = 0; !error && i < parts->count; i++)
		error = eh_parts__add_rest(&rest, parts->parts[i], sent, &from);
	for (uint32_t i = 0; !error && i < rest.count; i++) {
		rest.bytes += rest.parts[i].end - rest.parts[i].offset;
		error = eh_parts__add(sent, rest.parts[i].offset, rest.parts[i].end);
	}
	if (error) {
		sent->count = count;
		eh_parts__close(&rest);
		return error;
	}
	eh_parts__join(sent);
	eh_parts__close(parts);
	*parts = rest;
	return 0;
}

void eh_parts__close(struct eh_parts *parts)
{
	free(parts->parts);
	memset(parts, 0, sizeof(*parts));
}
