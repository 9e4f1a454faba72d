/* SPDX-License-Identifier: MIT */
/*
 * From ring messages to a recording (capture/FORMAT.md). In: messages as bpf/events.h lays them
 * out, definitions found in /proc and in perf events, counters. Out: whole blocks on a file
 * descriptor, definitions before their first use. The encoder owns what is lost: every event that
 * a program saw is either in a block or in a Lost record. It knows nothing of BPF, perf or the
 * command line, needs no seek and never prints.
 */
#ifndef OFFCUT_ENCODER_H
#define OFFCUT_ENCODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/types.h>

#include "../bpf/events.h"
#include "address_spaces.h"
#include "entities.h"
#include "error.h"
#include "mapped_objects.h"
#include "needed_code.h"
#include "sealed.h"

struct encoder;

/* Strings for Meta may be NULL: then the key is missing from it. */
struct encoder_config {
	int fd;                  /* file, pipe or socket; stays the caller's */
	uint64_t size_max_bytes; /* of the file; 0: no limit */
	uint32_t cpus;           /* possible CPUs; cpu numbers are below it */
	uint64_t start_monotonic_ns, start_realtime_ns;
	const char *writer, *command, *options, *streams, *stack_min_us, *filter;
	const char *stack_bytes, *stack_bytes_kept;
	bool keep_stack_bytes; /* all that is in user stacks */
	bool opens_all;     /* files are to be opened for sealing before stacks are seen: of few processes */
	const char *sealed; /* what sealing is to find: needed, full, none */
	const char *kallsyms; /* NULL: /proc/kallsyms; must outlive the encoder */
};

struct encoder_summary {
	uint64_t seen[STREAMS], written[STREAMS], lost[STREAMS];
	uint64_t lost_by_reason[LOST_REASONS]; /* indexed by LostReason; includes what has no seq */
	uint64_t file_bytes;                   /* all of the file */
	uint64_t raw_bytes;                    /* payloads before compression */
	uint64_t blocks;
	uint64_t stacks, stacks_undefined; /* ids given; of them, without a definition */
	uint64_t strings, objects, kernel_symbols;
	uint64_t string_arguments;
	int write_errno; /* 0: all was written */
};

/* Writes the file header, Meta and the first Clock. 0 or -errno. */
int encoder__open(struct encoder **out, const struct encoder_config *, struct capture_error *);

/* One ring message, in the order the ring delivers them. Malformed messages are ignored. */
void encoder__message(struct encoder *, const void *message, size_t bytes);

/*
 * `count` records of a block type that will never come, for reasons the encoder cannot see by
 * itself (it sees gaps in seq). They are not among what the programs saw: Totals ignore them.
 */
void encoder__lost(struct encoder *, uint32_t cpu, uint32_t block_type, uint32_t reason,
		   uint64_t from_ns, uint64_t to_ns, uint64_t count);

/* Cumulative counters, native and compat calls; their increments are written at the next tick. */
void encoder__counts(struct encoder *, const struct syscall_count (*syscalls)[SYSCALL_NR_MAX + 1],
		     const struct offcpu_count *offcpu, uint64_t now_ns);

/*
 * Writes all that is open and then a Sync at watermark_ns, a time below which the caller has
 * delivered everything. At least once a second. 0; -errno once writing failed (everything is
 * still counted: go on until you want to end); 1 when size_max_bytes is reached: end now.
 */
int encoder__tick(struct encoder *, uint64_t watermark_ns);

/* What the next tick would answer, for loops that take many messages between two ticks. */
int encoder__status(const struct encoder *);

/*
 * The end, after a last tick at the time of detaching: the final loss (seen - written, `seen`
 * holding each program's count by [cpu * STREAMS + stream]), the last Clock, Totals, Index and
 * trailer. `ended` is an enum offcut_ended; WriteError overrides it. 0 or -errno.
 */
int encoder__finish(struct encoder *, uint32_t ended, const uint64_t *seen,
		    struct encoder_summary *);

void encoder__close(struct encoder *); /* NULL is fine */

/* Ids; 0 (the empty string, the unknown object) when the ids are exhausted. */
uint32_t encoder__string(struct encoder *, const char *bytes, size_t length);
uint32_t encoder__object(struct encoder *, const struct object *);

/* Times of 0 are the recording's start. */
void encoder__mapping(struct encoder *, const struct mapping *);
void encoder__task(struct encoder *, const struct task *);
/* All of both before this time have been told. */
void encoder__mappings_known(struct encoder *, uint64_t until_ns);

/* Cgroups that tasks have named: the next one without a path (0: none; each id is given once), and
 * its path, if the caller can find it. More than one path for an id is one too many: ignored. */
uint64_t encoder__next_cgroup(struct encoder *);
void encoder__cgroup(struct encoder *, uint64_t id, const char *path, size_t length);

/* Where the code of processes lies, as mappings and tasks have told it. */
struct address_spaces *encoder__address_spaces(struct encoder *);
/* For sealing: what stacks need, where it lies, who could know the file, and where findings go. */
struct needed_code *encoder__needed_code(struct encoder *);
const struct mapped_object *encoder__mapped_object(const struct encoder *, uint32_t object_id);
uint32_t encoder__parent(const struct encoder *, uint32_t pid); /* 0: not known */
struct sealed *encoder__sealed(struct encoder *);

#endif
