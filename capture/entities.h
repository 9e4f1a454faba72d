/* SPDX-License-Identifier: MIT */
/*
 * What the encoder is told beside events: threads, mapped files and mappings, as /proc and perf
 * tell of them, and losses. Times are CLOCK_MONOTONIC in ns, ids as in FORMAT.md.
 */
#ifndef OFFCUT_ENTITIES_H
#define OFFCUT_ENTITIES_H

#include <stddef.h>
#include <stdint.h>

#include "build_id.h"
#include "format.h"

struct task {
	uint64_t time_ns, start_ns, cgroup;
	uint32_t kind; /* enum offcut_task_kind */
	uint32_t tid, pid, parent_pid;
	uint32_t parent_tid; /* Fork: whose name the new thread has */
	uint32_t comm;       /* string id; 0 for Fork: that of parent_tid */
	uint32_t flags;      /* enum offcut_task_flag */
};

struct object {
	uint32_t kind;   /* enum offcut_object_kind */
	uint32_t path;   /* string id */
	const char *name; /* the path itself, where the object is to be sealed; not kept */
	uint64_t device; /* major << 20 | minor */
	uint64_t inode;
	struct build_id build_id;
};

struct mapping {
	uint64_t time_ns;
	uint64_t start, length, file_offset;
	uint32_t pid;
	uint32_t object; /* object id */
};

struct string_argument {
	uint64_t time_ns; /* of the call's beginning */
	uint32_t tid;
	uint32_t argument;
	uint32_t flags; /* enum offcut_string_argument_flag */
};

/* What sealing finds: parts of mapped files, and names of code. */
struct section_part {
	uint32_t object;
	uint32_t kind;    /* enum offcut_section_kind */
	uint64_t address; /* of the section in the object */
	uint32_t total, offset, length;
	const uint8_t *bytes;
};

struct object_symbol {
	uint32_t object;
	uint32_t source; /* enum offcut_symbol_source */
	uint64_t address, length;
	const char *name;
	size_t name_bytes;
};

struct process_symbol {
	uint32_t pid;
	uint64_t time_ns; /* when the code was there; 0 unknown */
	uint64_t address, length;
	const char *name;
	size_t name_bytes;
};

#define LOST_REASONS (OFFCUT_LOST_REASON_STACK_BUDGET + 1)

struct loss {
	uint32_t cpu;    /* or OFFCUT_CPU_NONE */
	uint32_t stream; /* enum offcut_block_type */
	uint32_t reason; /* enum offcut_lost_reason */
	uint64_t from_ns, to_ns, count;
};

#endif
