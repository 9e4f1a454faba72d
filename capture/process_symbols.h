/* SPDX-License-Identifier: MIT */
/*
 * Names of code that processes made themselves, as their runtimes write them down: the text of
 * perf-PID.map ("START SIZE name", hexadecimal) and the binary records of jitdump. In: a descriptor
 * and the addresses that are wanted. Out: one call per symbol that covers one of them, in the
 * order that lets readers choose the right one. Both files are hostile and may grow while they are
 * read.
 */
#ifndef OFFCUT_PROCESS_SYMBOLS_H
#define OFFCUT_PROCESS_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "entities.h"

#define PERF_MAP_BYTES_MAX (256u << 20)
#define JITDUMP_BYTES_MAX (2048ull << 20) /* the code is in it, and is skipped */

/* The symbol is without its pid, and valid during the call. False: enough. */
typedef bool (*process_symbol_fn)(void *context, const struct process_symbol *);

/*
 * `addresses` are sorted. True if the file was read to its end, or to what is its end for now;
 * false if it is damaged or too long: then what came before holds.
 */
bool perf_map__read(int fd, const uint64_t *addresses, size_t count, process_symbol_fn, void *context);
bool jitdump__read(int fd, const uint64_t *addresses, size_t count, process_symbol_fn, void *context);

/* Is a file of this path a jitdump, by its name? Programs map a page of it, to make it known. */
bool jitdump__is_path(const char *path);

#endif
