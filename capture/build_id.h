/* SPDX-License-Identifier: MIT */
/*
 * The identity that linkers write into programs, libraries, modules, the kernel and the vdso: the
 * GNU build-id note. Read from notes alone (/sys), from an ELF file or from an ELF image in memory.
 * Everything read is hostile: sizes and offsets are checked against what is there.
 */
#ifndef OFFCUT_BUILD_ID_H
#define OFFCUT_BUILD_ID_H

#include <stddef.h>
#include <stdint.h>

#include "format.h"

struct build_id {
	uint8_t bytes[OFFCUT_BUILD_ID_BYTES_MAX];
	uint32_t length; /* 0: none */
};

struct build_id build_id__of_notes_file(const char *path);
struct build_id build_id__of_elf_file(int fd);
struct build_id build_id__of_vdso(void); /* this process's own */

#endif
