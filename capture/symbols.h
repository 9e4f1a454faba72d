/* SPDX-License-Identifier: MIT */
/*
 * Names of kernel code: the text symbols of /proc/kallsyms, and the modules they belong to. Read
 * at the first address asked for (40 ms that a recording without kernel stacks does not spend);
 * read again, at most every few seconds, when an address is met that no known range covers, for
 * then a module has been loaded since. Where the host hides addresses there are no symbols and
 * everything is unknown. Says which symbols are new to the recording; writes nothing itself.
 */
#ifndef OFFCUT_SYMBOLS_H
#define OFFCUT_SYMBOLS_H

#include <stdbool.h>
#include <stdint.h>

#include "build_id.h"

struct symbols;

struct kernel_symbol {
	uint64_t address, length;
	const char *name;
	uint32_t module; /* index for symbols__module; 0 is the kernel proper */
	bool is_new;     /* first asked for now */
};

struct kernel_module {
	const char *name;
	uint64_t start, length; /* of its text; 0, 0: unknown */
	struct build_id build_id;
};

/* 0 or -ENOMEM; a kallsyms that cannot be read or hides its addresses is no error. */
int symbols__open(struct symbols **out, const char *kallsyms);
void symbols__close(struct symbols *); /* NULL is fine */

bool symbols__find(struct symbols *, uint64_t address, struct kernel_symbol *);
/* Indices stay valid as long as the symbols do. */
struct kernel_module symbols__module(const struct symbols *, uint32_t index);
/* The address of _stext on this boot; 0: not known. */
uint64_t symbols__stext(const struct symbols *);
bool symbols__are_hidden(const struct symbols *);

#endif
