/* SPDX-License-Identifier: MIT */
/*
 * An ELF file of anybody, as far as unwinding and naming need it: its segments and where five of
 * its sections lie. In: a descriptor. Out: places that lie within the file, and reads of them.
 * Everything in the file is hostile and may change or shrink while it is read: it is never mapped,
 * every offset is checked against the file's size, and a read that comes back short is a failure.
 * 64-bit little-endian files of this host's own machine only.
 */
#ifndef OFFCUT_ELF_FILE_H
#define OFFCUT_ELF_FILE_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ELF_SEGMENTS_MAX 128u   /* programs of today have about 12 */
#define ELF_SECTIONS_MAX 16384u /* ... and about 40 */

struct elf_section {
	uint64_t address; /* 0 where it is not loaded */
	uint64_t offset, bytes; /* in the file; bytes 0: there is none */
};

struct elf_file {
	int fd;
	uint64_t bytes;
	uint32_t segments_count;
	Elf64_Phdr segments[ELF_SEGMENTS_MAX];
	struct elf_section eh_frame, symtab, strtab, dynsym, dynstr, gnu_debugdata;
};

enum elf_status {
	ELF_OK,
	ELF_UNREADABLE,
	ELF_NO_ELF,
	ELF_32_BIT,
	ELF_BIG_ENDIAN,
	ELF_OTHER_MACHINE,
	ELF_DAMAGED,
	ELF_STATUSES
};

/* The descriptor stays the caller's. Sections that are damaged are left out, as if there were none. */
enum elf_status elf_file__open(struct elf_file *, int fd);

/* Exactly `bytes` bytes from `offset` on; false if they are not all there. */
bool elf_file__read(const struct elf_file *, uint64_t offset, void *out, size_t bytes);
/* The same of a section, by offset in it. */
bool elf_section__read(const struct elf_file *, const struct elf_section *, uint64_t offset,
		       void *out, size_t bytes);

/* The address in the object of a file offset: that of the first PT_LOAD that holds it. */
bool elf_file__object_address(const struct elf_file *, uint64_t offset, uint64_t *address);

/*
 * A window into a section that is read from front to back with small steps aside: 64 KB of it at a
 * time. Any other place is right too, it only costs a read.
 */
#define ELF_WINDOW_BYTES 65536u

struct elf_window {
	const struct elf_file *file;
	const struct elf_section *section;
	uint64_t from;
	size_t held;
	uint8_t bytes[ELF_WINDOW_BYTES];
};

void elf_window__open(struct elf_window *, const struct elf_file *, const struct elf_section *);
/* `bytes` bytes of the section, at most ELF_WINDOW_BYTES, until the next call; NULL: not there. */
const uint8_t *elf_window__at(struct elf_window *, uint64_t offset, size_t bytes);

#endif
