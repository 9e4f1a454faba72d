/* SPDX-License-Identifier: MIT */
/*
 * Whole blocks onto a file descriptor: payload, LZ4, header, CRC32C, one write. Keeps the index and
 * the trailer's numbers. Works on files and pipes alike and never seeks forward. When the disk is
 * full it stops before the room that it reserved for the end of the recording (the last losses,
 * Totals, trailer), so that a recording cut short by a full disk still ends well.
 */
#ifndef OFFCUT_BLOCK_WRITER_H
#define OFFCUT_BLOCK_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "block.h"
#include "error.h"
#include "lz4.h"

struct block_writer {
	int fd;
	bool is_file;      /* can go back over a torn block */
	off_t base;        /* of the recording in the file; 0 but for `>> file` */
	uint64_t offset;   /* bytes of whole blocks so far */
	uint64_t reserved; /* bytes from base that the file system has promised */
	bool reserves;     /* the file system knows how to promise */
	uint64_t size_max; /* 0: none */
	bool overflowed;   /* a block did not fit in size_max */
	bool ending;       /* the reserve and the last part of size_max may be used */
	int write_errno;   /* first failure; from then on nothing but the end is written */
	bool broken;       /* not even the end: the reader of a pipe has gone, ... */
	uint32_t sequence; /* of the next block */
	uint64_t raw_bytes;
	uint8_t *raw, *stored; /* scratch: payload, header and compressed payload */
	struct lz4 *lz4;
	struct chunk_pool index_pool;
	struct block *index; /* INDEX_BLOCKS_MAX */
	uint32_t index_blocks;
	bool index_overflowed;
};

int block_writer__open(struct block_writer *, int fd, uint64_t size_max, struct capture_error *);
void block_writer__close(struct block_writer *);

int block_writer__file_header(struct block_writer *, struct offcut_file_header *);

/*
 * False when the block is not in the file: because writing failed, now or before (write_errno), or
 * because it did not fit in size_max (overflowed). Both are final: a block after a missing one
 * might refer to its definitions.
 */
bool block_writer__write(struct block_writer *, const struct block *);

/* No block will be written any more, but for the end of the recording where that still works. */
bool block_writer__refuses(const struct block_writer *);

/* size_max is near enough that the recording should end. */
bool block_writer__is_full(const struct block_writer *);

/* Does this block fit, so that it can be left out if not? */
bool block_writer__has_room(const struct block_writer *, const struct block *);

/* What follows is the end of the recording: reserved room may be used. */
void block_writer__begin_end(struct block_writer *);
/* Index and trailer; nothing after it. 0 or -write_errno. */
int block_writer__finish(struct block_writer *, uint32_t ended);

#endif
