/* SPDX-License-Identifier: MIT */
/*
 * Compiled twice, once per ABI: the headers of both use the same macro names. SYSCALL_HEADER and
 * SYSCALL_LIST come from the Makefile; the list holds one SYSCALL(name) per line.
 */
#include "syscall_names.h"

#include SYSCALL_HEADER

#define SYSCALL(name) { #name, __NR_##name },

#ifdef SYSCALL_COMPAT
const struct syscall_name syscall_names_compat[] = {
#include SYSCALL_LIST
};
const size_t syscall_names_compat_count =
	sizeof(syscall_names_compat) / sizeof(syscall_names_compat[0]);
#else
#include <string.h>

const struct syscall_name syscall_names_native[] = {
#include SYSCALL_LIST
};
const size_t syscall_names_native_count =
	sizeof(syscall_names_native) / sizeof(syscall_names_native[0]);

int syscall_name__nr(const struct syscall_name *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(names[i].name, name) == 0)
			return names[i].nr;
	}
	return -1;
}
#endif
