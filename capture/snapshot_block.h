/* SPDX-License-Identifier: MIT */
/*
 * Snapshot records on their way into the file: what threads that do not run wait for, at one moment.
 */
#ifndef OFFCUT_SNAPSHOT_BLOCK_H
#define OFFCUT_SNAPSHOT_BLOCK_H

#include <linux/types.h>

#include "../bpf/events.h"
#include "block_writer.h"
#include "definitions.h"

void snapshot_block__add(struct block *, struct block_writer *, struct definitions *,
			 const struct snapshot_record *);
void snapshot_block__write(struct block *, struct block_writer *);

#endif
