/* SPDX-License-Identifier: MIT */
/*
 * Compiled twice, once per ABI: the headers of both use the same macro names. SYSCALL_HEADER and
 * SYSCALL_LIST come from the Makefile; the list holds one SYSCALL(name) per line.
 */
#include "syscall_names.h"

#include SYSCALL_HEADER

#define TEXT_OF(number) #number
#define EXPANDED_TEXT_OF(macro) TEXT_OF(macro)
#define SYSCALL(name) #name "=" EXPANDED_TEXT_OF(__NR_##name) ";"

#ifdef SYSCALL_COMPAT
const char syscall_names_compat[] = ""
#include SYSCALL_LIST
;
#else
#include <stdlib.h>
#include <string.h>

const char syscall_names_native[] = ""
#include SYSCALL_LIST
;

int syscall_name__nr(const char *names, const char *name)
{
	size_t length = strlen(name);

	while (*names) {
		size_t entry = strcspn(names, "=");

		if (entry == length && memcmp(names, name, length) == 0)
			return atoi(names + length + 1);
		names += strcspn(names, ";") + 1;
	}
	return -1;
}
#endif
