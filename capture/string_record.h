/* SPDX-License-Identifier: MIT */
/*
 * What an argument of a call pointed to, as the kernel half read it, becomes a string of the
 * recording; a socket address becomes text.
 */
#ifndef OFFCUT_STRING_RECORD_H
#define OFFCUT_STRING_RECORD_H

#include <stddef.h>
#include <linux/types.h>

#include "../bpf/events.h"
#include "definitions.h"

/* `bytes` are there of it; a record that says more is ignored. */
void string_record__define(struct definitions *, const struct string_record *, size_t bytes);

#endif
