/* SPDX-License-Identifier: MIT */
/*
 * Which entries of a file's .eh_frame the unwinding of given addresses needs: the FDEs that cover
 * one of them, and the CIEs that those refer to; or all entries. In: the file and the addresses.
 * Out: places in the section, whole entries side by side. The rules themselves are not looked at:
 * readers do that. Layout of the entries: Linux Standard Base 5, Core, 10.6 "Exception Frames".
 */
#ifndef OFFCUT_EH_FRAME_H
#define OFFCUT_EH_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elf_file.h"

/* A part, and so an entry: larger ones are no code's. */
#define EH_PART_BYTES_MAX 65536u

struct eh_part {
	uint32_t offset, end; /* in the section */
};

struct eh_parts {
	struct eh_part *parts; /* sorted, none touching another but where a part would be too long */
	uint32_t count, capacity;
	uint64_t bytes;
	bool is_damaged; /* some entries could not be read: those are missing, and what is behind */
};

/*
 * `addresses` are the object's own, sorted; NULL: all entries. Whatever the section holds, there is
 * a result; its parts are freed by eh_parts__close. 0 or -ENOMEM.
 */
int eh_frame__select(const struct elf_file *, const uint64_t *addresses, size_t count,
		     struct eh_parts *);
/*
 * Takes out of `parts` what is in `sent`, and adds the rest to that: parts of two selections of one
 * section, which consist of whole entries both. 0 or -ENOMEM: then `parts` are as they were.
 */
int eh_parts__send(struct eh_parts *parts, struct eh_parts *sent);
void eh_parts__close(struct eh_parts *);

#endif
