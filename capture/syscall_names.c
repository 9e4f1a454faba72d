/* SPDX-License-Identifier: MIT */
/*
 * Compiled twice, once per ABI: the headers of both use the same macro names. SYSCALL_HEADER and two
 * lists come from the Makefile: SYSCALL_NAMES holds a "name;" per line, SYSCALL_NUMBERS the number of
 * each.
 */
#include "syscall_names.h"

#include SYSCALL_HEADER

#ifdef SYSCALL_COMPAT
const int16_t syscall_numbers_compat[] = {
#include SYSCALL_NUMBERS
};
#else
#include <string.h>

const int16_t syscall_numbers_native[] = {
#include SYSCALL_NUMBERS
};

const char syscall_names[] =
#include SYSCALL_NAMES
;

int syscall_name__nr(const int16_t *numbers, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = syscall_names; *at; numbers++) {
		size_t entry = strcspn(at, ";");

		if (entry == length && memcmp(at, name, length) == 0)
			return *numbers;
		at += entry + 1;
	}
	return -1;
}
#endif
