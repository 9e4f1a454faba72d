/* SPDX-License-Identifier: MIT */
/*
 * What to record and where to: everything the user decided, before anything is opened. Filled by
 * options.c from a command line and by the Node addon from an object; read by everybody else.
 */
#ifndef OFFCUT_CONFIG_H
#define OFFCUT_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONFIG_IDS_MAX 1024      /* pids, and tids; FILTER_IDS_MAX of bpf/filter.bpf.h */
#define CONFIG_CALL_WORDS 8      /* SYSCALL_SET_WORDS of bpf/filter.bpf.h */
#define CONFIG_CALL_ABIS 2       /* native, compat */
#define CONFIG_TEXT_BYTES 4096

/* What goes into the recording of the files that its stacks lead through. */
enum seal_mode {
	SEAL_NEEDED, /* what their frames need to be unwound and named */
	SEAL_FULL,   /* all unwind information and symbols of those files */
	SEAL_NONE,
};

struct id_list {
	uint32_t ids[CONFIG_IDS_MAX];
	size_t count;
};

struct capture_config {
	const char *output;      /* path, or "-" for stdout */
	bool force;              /* overwrite an existing file */
	uint64_t duration_ns;    /* 0: until stopped */
	uint64_t size_max_bytes; /* 0: no limit */
	uint64_t ring_bytes;     /* 0: by the number of cpus */

	struct id_list pids, tids;
	bool user_only, kernel_only;
	bool follow; /* children of pids, tids and the command too */
	bool filter_calls;
	uint64_t calls[CONFIG_CALL_ABIS][CONFIG_CALL_WORDS];

	bool arguments; /* of argument_calls, as far as those are recorded */
	uint64_t argument_calls[CONFIG_CALL_ABIS][CONFIG_CALL_WORDS];
	uint32_t string_bytes; /* of the strings that arguments point to; 0: none */

	bool offcpu, syscalls, wakeups, stacks;
	uint64_t stack_min_us;
	bool user_stacks;           /* with `stacks`: those of user space too */
	uint32_t stack_bytes;       /* of a whole user stack; 0: by frame pointers only */
	uint32_t stacks_per_second; /* whole ones, new ones, on each cpu */
	bool preempted_stacks;      /* whole ones of preempted threads too */
	bool exact_stacks;          /* any byte tells two of them apart */
	bool keep_stack_bytes;      /* of the bytes, not only the pointers */
	bool snapshots;             /* of who sleeps when recording begins and ends */
	enum seal_mode seal;
	bool verbose; /* tells of every file whether it was sealed */

	char **command; /* NULL-terminated; NULL: none */
	bool whole_host; /* with a command: not only it and its children */

	char options_text[CONFIG_TEXT_BYTES]; /* for the recording: the command line ... */
	char filter_text[CONFIG_TEXT_BYTES];  /* ... and the filters in words; empty: whole host */
};

/* The defaults: everything, of the whole host, until stopped. */
void config__init(struct capture_config *);

#endif
