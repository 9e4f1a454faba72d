/* SPDX-License-Identifier: MIT */
/*
 * Names of system calls to their numbers, for --syscalls. The tables are made at build time from
 * the kernel's own headers, one per ABI; what is newer than those can be given by number.
 */
#ifndef OFFCUT_SYSCALL_NAMES_H
#define OFFCUT_SYSCALL_NAMES_H

#include <stddef.h>

struct syscall_name {
	const char *name;
	int nr;
};

extern const struct syscall_name syscall_names_native[];
extern const size_t syscall_names_native_count;
extern const struct syscall_name syscall_names_compat[];
extern const size_t syscall_names_compat_count;

/* -1 where there is none of that name. */
int syscall_name__nr(const struct syscall_name *names, size_t count, const char *name);

#endif
