/* SPDX-License-Identifier: MIT */
/*
 * Build ids: see build_id.h. A note is {name length, description length, type}, the name and the
 * description, both padded to four bytes; the one wanted is named "GNU" and has type 3.
 */
#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "build_id.h"
#include "read_file.h"

#define NOTES_BYTES_MAX 8192 /* of one segment; build ids come early */
#define PROGRAM_HEADERS_MAX 64
#define NOTE_ALIGN(n) (((size_t)(n) + 3) & ~(size_t)3)

static struct build_id build_id__of_notes(const void *notes, size_t bytes)
{
	const uint8_t *at = notes;
	struct build_id id = { 0 };
	Elf64_Nhdr note; /* the same in 32-bit files */

	while (bytes >= sizeof(note)) {
		size_t name_bytes, description_bytes;

		memcpy(&note, at, sizeof(note));
		at += sizeof(note);
		bytes -= sizeof(note);
		name_bytes = NOTE_ALIGN(note.n_namesz);
		description_bytes = NOTE_ALIGN(note.n_descsz);
		if (name_bytes > bytes || note.n_descsz > bytes - name_bytes)
			break;
		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && !memcmp(at, "GNU", 4) &&
		    note.n_descsz <= sizeof(id.bytes)) {
			id.length = note.n_descsz;
			memcpy(id.bytes, at + name_bytes, id.length);
			break;
		}
		if (description_bytes > bytes - name_bytes)
			break;
		at += name_bytes + description_bytes;
		bytes -= name_bytes + description_bytes;
	}
	return id;
}

struct build_id build_id__of_notes_file(const char *path)
{
	char notes[NOTES_BYTES_MAX];
	ssize_t bytes = read_file(AT_FDCWD, path, notes, sizeof(notes));

	return build_id__of_notes(notes, bytes > 0 ? (size_t)bytes : 0);
}

static struct build_id build_id__of_segment(int fd, uint64_t offset, uint64_t bytes)
{
	char notes[NOTES_BYTES_MAX];
	ssize_t got;

	if (bytes > sizeof(notes))
		bytes = sizeof(notes);
	got = pread(fd, notes, bytes, (off_t)offset);
	return build_id__of_notes(notes, got > 0 ? (size_t)got : 0);
}

static struct build_id build_id__of_elf64(int fd, const Elf64_Ehdr *header)
{
	Elf64_Phdr segments[PROGRAM_HEADERS_MAX];
	size_t count = header->e_phnum < PROGRAM_HEADERS_MAX ? header->e_phnum
							     : PROGRAM_HEADERS_MAX;
	ssize_t got = pread(fd, segments, count * sizeof(*segments), (off_t)header->e_phoff);
	struct build_id id = { 0 };

	count = got > 0 ? (size_t)got / sizeof(*segments) : 0;
	for (size_t i = 0; i < count && !id.length; i++)
		if (segments[i].p_type == PT_NOTE)
			id = build_id__of_segment(fd, segments[i].p_offset, segments[i].p_filesz);
	return id;
}

static struct build_id build_id__of_elf32(int fd, const Elf32_Ehdr *header)
{
	Elf32_Phdr segments[PROGRAM_HEADERS_MAX];
	size_t count = header->e_phnum < PROGRAM_HEADERS_MAX ? header->e_phnum
							     : PROGRAM_HEADERS_MAX;
	ssize_t got = pread(fd, segments, count * sizeof(*segments), (off_t)header->e_phoff);
	struct build_id id = { 0 };

	count = got > 0 ? (size_t)got / sizeof(*segments) : 0;
	for (size_t i = 0; i < count && !id.length; i++)
		if (segments[i].p_type == PT_NOTE)
			id = build_id__of_segment(fd, segments[i].p_offset, segments[i].p_filesz);
	return id;
}

struct build_id build_id__of_elf_file(int fd)
{
	union {
		unsigned char ident[EI_NIDENT];
		Elf64_Ehdr elf64;
		Elf32_Ehdr elf32;
	} header;

	if (pread(fd, &header, sizeof(header), 0) != sizeof(header) ||
	    memcmp(header.ident, ELFMAG, SELFMAG) || header.ident[EI_DATA] != ELFDATA2LSB)
		return (struct build_id){ 0 };
	if (header.ident[EI_CLASS] == ELFCLASS64 && header.elf64.e_phentsize == sizeof(Elf64_Phdr))
		return build_id__of_elf64(fd, &header.elf64);
	if (header.ident[EI_CLASS] == ELFCLASS32 && header.elf32.e_phentsize == sizeof(Elf32_Phdr))
		return build_id__of_elf32(fd, &header.elf32);
	return (struct build_id){ 0 };
}

struct build_id build_id__of_vdso(void)
{
	const uint8_t *image = (const uint8_t *)getauxval(AT_SYSINFO_EHDR);
	const Elf64_Ehdr *header = (const Elf64_Ehdr *)image;
	const Elf64_Phdr *segments;
	struct build_id id = { 0 };

	if (!image)
		return id;
	/* The kernel made this image: its offsets are as good as our own. */
	segments = (const Elf64_Phdr *)(image + header->e_phoff);
	for (size_t i = 0; i < header->e_phnum && !id.length; i++)
		if (segments[i].p_type == PT_NOTE)
			id = build_id__of_notes(image + segments[i].p_offset, segments[i].p_filesz);
	return id;
}
