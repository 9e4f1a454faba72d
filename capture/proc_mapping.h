/* SPDX-License-Identifier: MIT */
/*
 * The one mapping of a process that an address is in, executable or not: where the stack that a
 * stack pointer points into ends. One question to the kernel, or before Linux 6.11 a reading of
 * /proc/PID/maps up to there.
 */
#ifndef OFFCUT_PROC_MAPPING_H
#define OFFCUT_PROC_MAPPING_H

#include <stdbool.h>
#include <stdint.h>

/* False: nothing is mapped there, or the process is gone or not ours to see. */
bool proc_mapping__find(uint32_t pid, uint64_t address, uint64_t *start, uint64_t *end);

#endif
