/* SPDX-License-Identifier: MIT */
/*
 * Names of system calls to their numbers, for --syscalls. The tables are made at build time from
 * the kernel's own headers, one per ABI; what is newer than those can be given by number.
 */
#ifndef OFFCUT_SYSCALL_NAMES_H
#define OFFCUT_SYSCALL_NAMES_H

/* "name=number;name=number;...": a fifth of the size of an array of structs. */
extern const char syscall_names_native[];
extern const char syscall_names_compat[];

/* -1 where there is none of that name. */
int syscall_name__nr(const char *names, const char *name);

#endif
