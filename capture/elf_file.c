/* SPDX-License-Identifier: MIT */
/*
 * ELF files: see elf_file.h. Sections are found by type, and by name where the type says too
 * little; string tables by the link of what they belong to.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "elf_file.h"
#include "format.h"

#define UNWIND_SECTION 0x70000001u /* SHT_X86_64_UNWIND, which musl's elf.h does not have */
#define NAME_BYTES 16 /* of the longest name looked for, .gnu_debugdata, and its NUL */

#if defined(__x86_64__)
#define MACHINE EM_X86_64
#else
#define MACHINE EM_AARCH64
#endif

bool elf_file__read(const struct elf_file *file, uint64_t offset, void *out, size_t bytes)
{
	uint8_t *at = out;

	if (offset > file->bytes || bytes > file->bytes - offset)
		return false;
	while (bytes) {
		ssize_t got = pread(file->fd, at, bytes, (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		at += got;
		offset += (uint64_t)got;
		bytes -= (size_t)got;
	}
	return true;
}

bool elf_section__read(const struct elf_file *file, const struct elf_section *section,
		       uint64_t offset, void *out, size_t bytes)
{
	if (offset > section->bytes || bytes > section->bytes - offset)
		return false;
	return elf_file__read(file, section->offset + offset, out, bytes);
}

bool elf_file__object_address(const struct elf_file *file, uint64_t offset, uint64_t *address)
{
	for (uint32_t i = 0; i < file->segments_count; i++) {
		const Elf64_Phdr *segment = &file->segments[i];

		if (segment->p_type != PT_LOAD || offset < segment->p_offset ||
		    offset - segment->p_offset >= segment->p_filesz)
			continue;
		*address = offset - segment->p_offset + segment->p_vaddr;
		return true;
	}
	return false;
}

static bool elf_file__section_header(const struct elf_file *file, const Elf64_Ehdr *header,
				     uint32_t index, Elf64_Shdr *section)
{
	uint64_t at = header->e_shoff + (uint64_t)index * sizeof(*section);

	return at >= header->e_shoff && elf_file__read(file, at, section, sizeof(*section));
}

/* False for what does not lie in the file, is compressed, or is longer than a recording takes. */
static bool elf_file__take(const struct elf_file *file, const Elf64_Shdr *header,
			   struct elf_section *section)
{
	if (!header->sh_size || header->sh_size > OFFCUT_SECTION_BYTES_MAX ||
	    header->sh_offset > file->bytes || header->sh_size > file->bytes - header->sh_offset ||
	    header->sh_flags & SHF_COMPRESSED)
		return false;
	*section = (struct elf_section){
		.address = header->sh_flags & SHF_ALLOC ? header->sh_addr : 0,
		.offset = header->sh_offset,
		.bytes = header->sh_size,
	};
	return true;
}

/* Both tables or none: symbols without names are of no use. */
static void elf_file__take_symbols(const struct elf_file *file, const Elf64_Ehdr *header,
				   uint32_t sections, const Elf64_Shdr *table,
				   struct elf_section *symbols, struct elf_section *strings)
{
	Elf64_Shdr names;

	if (symbols->bytes || table->sh_entsize != sizeof(Elf64_Sym) || table->sh_link >= sections ||
	    !elf_file__section_header(file, header, table->sh_link, &names) ||
	    names.sh_type != SHT_STRTAB || !elf_file__take(file, &names, strings))
		return;
	if (!elf_file__take(file, table, symbols))
		strings->bytes = 0;
}

static void elf_file__take_named(struct elf_file *file, const Elf64_Shdr *names,
				 const Elf64_Shdr *section)
{
	char name[NAME_BYTES] = "";
	uint64_t left = section->sh_name < names->sh_size ? names->sh_size - section->sh_name : 0;
	size_t bytes = left < sizeof(name) ? (size_t)left : sizeof(name);

	if (!elf_file__read(file, names->sh_offset + section->sh_name, name, bytes))
		return;
	if (!strncmp(name, ".eh_frame", sizeof(name)) && !file->eh_frame.bytes)
		elf_file__take(file, section, &file->eh_frame);
	if (!strncmp(name, ".gnu_debugdata", sizeof(name)) && !file->gnu_debugdata.bytes)
		elf_file__take(file, section, &file->gnu_debugdata);
}

static void elf_file__find_sections(struct elf_file *file, const Elf64_Ehdr *header)
{
	uint32_t sections = header->e_shnum < ELF_SECTIONS_MAX ? header->e_shnum : ELF_SECTIONS_MAX;
	Elf64_Shdr names, section;

	if (header->e_shentsize != sizeof(section) || header->e_shstrndx >= sections ||
	    !elf_file__section_header(file, header, header->e_shstrndx, &names) ||
	    names.sh_type != SHT_STRTAB || names.sh_offset > file->bytes ||
	    names.sh_size > file->bytes - names.sh_offset)
		return;
	for (uint32_t i = 1; i < sections; i++) {
		if (!elf_file__section_header(file, header, i, &section))
			return;
		if (section.sh_type == SHT_SYMTAB)
			elf_file__take_symbols(file, header, sections, &section, &file->symtab,
					       &file->strtab);
		else if (section.sh_type == SHT_DYNSYM)
			elf_file__take_symbols(file, header, sections, &section, &file->dynsym,
					       &file->dynstr);
		else if (section.sh_type == SHT_PROGBITS || section.sh_type == UNWIND_SECTION)
			elf_file__take_named(file, &names, &section);
	}
}

/*
 * Where section headers are stripped off, a segment tells where .eh_frame begins: its header, whose
 * pointer is relative to itself (0x1b) wherever a linker has made it. Where it ends is not told: its
 * entries do, at the end of what is loaded at the latest.
 */
static void elf_file__find_eh_frame(struct elf_file *file)
{
	const Elf64_Phdr *header = NULL;
	uint8_t head[4];
	int32_t distance;
	uint64_t address;

	for (uint32_t i = 0; i < file->segments_count; i++)
		if (file->segments[i].p_type == PT_GNU_EH_FRAME)
			header = &file->segments[i];
	if (!header || !elf_file__read(file, header->p_offset, head, sizeof(head)) ||
	    head[0] != 1 || head[1] != 0x1b ||
	    !elf_file__read(file, header->p_offset + sizeof(head), &distance, sizeof(distance)))
		return;
	address = header->p_vaddr + sizeof(head) + (uint64_t)(int64_t)distance;
	for (uint32_t i = 0; i < file->segments_count; i++) {
		const Elf64_Phdr *segment = &file->segments[i];
		uint64_t inside = address - segment->p_vaddr;
		Elf64_Shdr section = { .sh_flags = SHF_ALLOC, .sh_addr = address };

		if (segment->p_type != PT_LOAD || inside >= segment->p_filesz)
			continue;
		section.sh_offset = segment->p_offset + inside;
		section.sh_size = segment->p_filesz - inside;
		elf_file__take(file, &section, &file->eh_frame);
		return;
	}
}

static enum elf_status elf_file__check(const Elf64_Ehdr *header)
{
	if (memcmp(header->e_ident, ELFMAG, SELFMAG))
		return ELF_NO_ELF;
	if (header->e_ident[EI_DATA] == ELFDATA2MSB)
		return ELF_BIG_ENDIAN;
	if (header->e_ident[EI_CLASS] == ELFCLASS32)
		return ELF_32_BIT;
	if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB)
		return ELF_DAMAGED;
	if (header->e_machine != MACHINE)
		return ELF_OTHER_MACHINE;
	if (header->e_phentsize != sizeof(Elf64_Phdr) || !header->e_phnum ||
	    header->e_phnum > ELF_SEGMENTS_MAX)
		return ELF_DAMAGED;
	return ELF_OK;
}

enum elf_status elf_file__open(struct elf_file *file, int fd)
{
	struct stat status;
	Elf64_Ehdr header;
	enum elf_status result;

	memset(file, 0, sizeof(*file));
	file->fd = fd;
	if (fstat(fd, &status) || status.st_size < 0)
		return ELF_UNREADABLE;
	file->bytes = (uint64_t)status.st_size;
	if (file->bytes < sizeof(header))
		return ELF_NO_ELF;
	if (!elf_file__read(file, 0, &header, sizeof(header)))
		return ELF_UNREADABLE;
	result = elf_file__check(&header);
	if (result)
		return result;
	if (!elf_file__read(file, header.e_phoff, file->segments,
			    header.e_phnum * sizeof(*file->segments)))
		return ELF_DAMAGED;
	file->segments_count = header.e_phnum;
	elf_file__find_sections(file, &header);
	if (!file->eh_frame.bytes)
		elf_file__find_eh_frame(file);
	return ELF_OK;
}

void elf_window__open(struct elf_window *window, const struct elf_file *file,
		      const struct elf_section *section)
{
	window->file = file;
	window->section = section;
	window->from = 0;
	window->held = 0;
}

const uint8_t *elf_window__at(struct elf_window *window, uint64_t offset, size_t bytes)
{
	uint64_t left = offset <= window->section->bytes ? window->section->bytes - offset : 0;

	if (bytes > left || bytes > ELF_WINDOW_BYTES)
		return NULL;
	if (offset < window->from || offset - window->from > window->held ||
	    bytes > window->held - (offset - window->from)) {
		window->from = offset;
		window->held = left < ELF_WINDOW_BYTES ? (size_t)left : ELF_WINDOW_BYTES;
		if (!elf_section__read(window->file, window->section, offset, window->bytes,
				       window->held)) {
			window->held = 0;
			return NULL;
		}
	}
	return window->bytes + (offset - window->from);
}
