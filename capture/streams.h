/* SPDX-License-Identifier: MIT */
/*
 * The event streams: for every CPU and program one open block, its dictionaries, and the account of
 * what the program has seen. A block is closed when it is full, a second long, at a gap in the
 * sequence, when time goes backwards, and at every tick.
 *
 *   seq   0 ......... 63 | 64 ... 127 |  (gap)  | 192 ... 255
 *         written          written      Lost      written
 */
#ifndef OFFCUT_STREAMS_H
#define OFFCUT_STREAMS_H

#include <stdint.h>
#include <linux/types.h>

#include "../bpf/events.h"
#include "block.h"
#include "block_writer.h"
#include "definitions.h"
#include "dictionary.h"
#include "losses.h"

struct event_stream {
	struct block block;
	struct dictionary threads; /* of the open block */
	struct dictionary tuples;  /* reasons or calls, packed into 64 bits */
	uint64_t next_seq;         /* of the record that should come next */
	uint64_t last_ns;          /* of the record before */
	uint32_t running_tid;      /* Switch: `next` of the record before, in this block */
	uint64_t written;
	uint64_t unwritten, unwritten_from_ns, unwritten_to_ns; /* delivered, but not to the file */
};

struct streams {
	struct event_stream *streams; /* [cpu * STREAMS + stream] */
	uint32_t cpus;
	struct chunk_pool *pool;
	uint32_t open_chunks_max; /* in use before all open blocks are written early */
	struct block_writer *writer;
	struct definitions *definitions;
	struct losses *losses;
};

int streams__open(struct streams *, uint32_t cpus, uint64_t start_ns); /* 0 or -ENOMEM */
void streams__close(struct streams *);

/* `count` records with the ordinals seq, seq + 1, ... of one message. */
void streams__add(struct streams *, uint32_t cpu, enum stream, uint64_t seq, const void *records,
		  uint32_t count);

/* Writes every open block, definitions and losses first. */
void streams__write(struct streams *);

/* The last loss: what was seen but never came, and what came but could not be written. */
void streams__add_final_losses(struct streams *, const uint64_t *seen, uint64_t now_ns);

enum offcut_block_type streams__block_type(enum stream);

#endif
