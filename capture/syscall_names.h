/* SPDX-License-Identifier: MIT */
/*
 * Names of system calls to their numbers, for --syscalls and --args. The tables are made at build
 * time from the kernel's own headers, with numbers for each ABI; what is newer than those can be
 * given by number.
 */
#ifndef OFFCUT_SYSCALL_NAMES_H
#define OFFCUT_SYSCALL_NAMES_H

#include <stdint.h>

/* "name;name;...", of both ABIs, whose names are mostly the same; and by place in it the numbers, -1
 * where the ABI has no such call: a fifth of the size of arrays of structs. */
extern const char syscall_names[];
extern const int16_t syscall_numbers_native[];
extern const int16_t syscall_numbers_compat[];

/* -1 where there is none of that name. */
int syscall_name__nr(const int16_t *numbers, const char *name);

#endif
