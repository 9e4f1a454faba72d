/* SPDX-License-Identifier: MIT */
/*
 * Sealing of a recording: everything that a reader needs to unwind and name the frames of its user
 * stacks goes into it, keyed by object, once. In: the addresses that the encoder has met in stacks,
 * and the objects they are in. Out: Section, ObjectSymbol and ProcessSymbol records, by way of the
 * encoder, and an account of what could not be sealed. The files are opened and read by a thread
 * beside (sealer.h); this is the recorder's side of it, which never waits for a file, but for a
 * bounded time at the end.
 */
#ifndef OFFCUT_SEALING_H
#define OFFCUT_SEALING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "encoder.h"
#include "error.h"

struct sealing;

struct sealing_summary {
	uint32_t files, files_sealed;	      /* that stacks lead through; of them, without any lack */
	uint32_t processes, processes_sealed; /* with code of their own; of them, with a map of it */
	uint64_t section_bytes;		      /* before compression */
	uint64_t symbols;
	uint64_t addresses_refused; /* stacks had more than are remembered */
	bool is_unfinished;	    /* there was no time, or no room, for all of it */
};

typedef void (*sealing_notice_fn)(void *context, const char *sentence);

/* `is_live`: somebody reads the recording while it is made, and wants names soon. */
int sealing__open(struct sealing **, bool is_full, bool is_live, struct capture_error *);
void sealing__close(struct sealing *); /* NULL is fine */

/* After messages were delivered: files of what was met are opened, findings go to the encoder. */
void sealing__poll(struct sealing *, struct encoder *);
/* About once a second: what has been met is sealed, at growing intervals. */
void sealing__tick(struct sealing *, struct encoder *, uint64_t now_ns);

/*
 * The rest, when nothing more will be met; at most SEALING_NS_MAX. With `notice` a sentence for each
 * file, whether it could be sealed or why not.
 */
#define SEALING_NS_MAX 30000000000ull
#define SEALING_BYTES_MAX (2ull << 30) /* of all sections, before compression */
void sealing__finish(struct sealing *, struct encoder *, sealing_notice_fn notice, void *context,
		     struct sealing_summary *);

#endif
