/* SPDX-License-Identifier: MIT */
/*
 * Which arguments of which calls are recorded: from the configuration to the table that the programs
 * look into when a call begins. The one place that knows which arguments point to strings or socket
 * addresses; how those are read is bpf/arguments.bpf.h's affair.
 */
#ifndef OFFCUT_STRING_ARGUMENTS_H
#define OFFCUT_STRING_ARGUMENTS_H

#include <stdbool.h>
#include <linux/types.h>

#include "../bpf/cpu.h"
#include "config.h"

void argument_wants__fill(struct argument_wants *, const struct capture_config *);

#endif
