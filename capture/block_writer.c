/* SPDX-License-Identifier: MIT */
/*
 * Whole blocks onto a file descriptor: see block_writer.h. The order of things is what makes an
 * ending certain: first room for the block and for the end of the recording is promised by the file
 * system, then the block is written in one piece, and only then does it count.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "block_writer.h"
#include "crc32c.h"

/* For the end of a recording: four Lost rows per CPU, counters, Totals; enough for 400 CPUs. */
#define END_BYTES (64u << 10)
/* Asked of the file system at a time, so that not every block costs a call. */
#define RESERVE_STEP_BYTES (256u << 10)
/*
 * An index row weighs about 12 bytes: 6 MB at most, 16 if every value were of the longest. Longer
 * recordings have no index: readers scan.
 */
#define INDEX_BLOCKS_MAX 8u
#define INDEX_BYTES_MAX (16u << 20)
/* Of size_max, kept for what is still in the ring when the limit is noticed. */
#define SIZE_MARGIN_SHARE 16u
#define SIZE_MARGIN_BYTES_MAX (4u << 20)
/* Payloads below this are not worth LZ4's own overhead. */
#define LZ4_BYTES_MIN 64u

#define SCRATCH_RAW_BYTES (2u * BLOCK_OPEN_BYTES_MAX)

_Static_assert(SCRATCH_RAW_BYTES <= OFFCUT_BLOCK_RAW_BYTES_MAX, "raw payload");
_Static_assert(SCRATCH_RAW_BYTES <= OFFCUT_BLOCK_STORED_BYTES_MAX, "stored payload");

static int block_writer__allocate(struct block_writer *writer)
{
	writer->raw = malloc(SCRATCH_RAW_BYTES);
	writer->stored = malloc(sizeof(struct offcut_block_header) + SCRATCH_RAW_BYTES);
	writer->lz4 = malloc(sizeof(*writer->lz4));
	writer->index = calloc(INDEX_BLOCKS_MAX, sizeof(*writer->index));
	if (!writer->raw || !writer->stored || !writer->lz4 || !writer->index)
		return -ENOMEM;
	if (chunk_pool__open(&writer->index_pool, INDEX_BYTES_MAX))
		return -ENOMEM;
	for (uint32_t i = 0; i < INDEX_BLOCKS_MAX; i++)
		block__init(&writer->index[i], &writer->index_pool, OFFCUT_BLOCK_TYPE_INDEX,
			    OFFCUT_CPU_NONE, OFFCUT_INDEX_COLUMNS);
	return 0;
}

int block_writer__open(struct block_writer *writer, int fd, uint64_t size_max,
		       struct capture_error *error)
{
	struct stat status;

	memset(writer, 0, sizeof(*writer));
	writer->fd = fd;
	writer->size_max = size_max;
	if (fstat(fd, &status))
		return error__set(error, errno, "Cannot examine the output: %s.", strerror(errno));
	writer->is_file = S_ISREG(status.st_mode);
	writer->reserves = writer->is_file;
	if (writer->is_file)
		writer->base = lseek(fd, 0, SEEK_CUR);
	if (writer->base < 0)
		return error__set(error, errno, "Cannot find the end of the output: %s.",
				  strerror(errno));
	if (block_writer__allocate(writer)) {
		block_writer__close(writer);
		return error__set(error, ENOMEM, "Not enough memory to write a recording.");
	}
	return 0;
}

void block_writer__close(struct block_writer *writer)
{
	free(writer->raw);
	free(writer->stored);
	free(writer->lz4);
	free(writer->index);
	chunk_pool__close(&writer->index_pool);
	memset(writer, 0, sizeof(*writer));
}

/*
 * Keeps END_BYTES promised beyond what is about to be written. A file system that cannot promise
 * leaves it to luck: then a full disk is noticed by the write itself.
 */
static int block_writer__reserve(struct block_writer *writer, uint64_t bytes)
{
	uint64_t needed = writer->offset + bytes + END_BYTES;

	if (!writer->reserves || writer->ending || needed <= writer->reserved)
		return 0;
	for (uint64_t step = RESERVE_STEP_BYTES;; step = 0) {
		if (!fallocate(writer->fd, FALLOC_FL_KEEP_SIZE,
			       writer->base + (off_t)writer->reserved,
			       (off_t)(needed + step - writer->reserved))) {
			writer->reserved = needed + step;
			return 0;
		}
		if (errno == EINTR) {
			step = RESERVE_STEP_BYTES;
			continue;
		}
		if (errno != ENOSPC && errno != EDQUOT && errno != EFBIG) {
			writer->reserves = false;
			return 0;
		}
		if (!step)
			return -errno;
	}
}

static int block_writer__write_all(struct block_writer *writer, const void *bytes, size_t length)
{
	const uint8_t *at = bytes;

	while (length) {
		ssize_t written = write(writer->fd, at, length);

		if (written > 0) {
			at += written;
			length -= (size_t)written;
		} else if (written == 0) {
			return -EIO;
		} else if (errno == EAGAIN) {
			struct pollfd ready = { .fd = writer->fd, .events = POLLOUT };

			poll(&ready, 1, -1);
		} else if (errno != EINTR) {
			return -errno;
		}
	}
	return 0;
}

/* A torn block is written over by the next one; on a pipe it cannot be, so that is the end. */
static void block_writer__fail(struct block_writer *writer, int error, bool torn)
{
	off_t end = writer->base + (off_t)writer->offset;

	if (!writer->write_errno)
		writer->write_errno = -error;
	if (!torn)
		return;
	if (!writer->is_file || lseek(writer->fd, end, SEEK_SET) < 0)
		writer->broken = true;
	/* Where nothing was promised, the torn bytes are all the room there is for the end. */
	else if (!writer->reserves && ftruncate(writer->fd, end))
		writer->broken = true;
}

static int block_writer__append(struct block_writer *writer, const void *bytes, size_t length)
{
	int error = block_writer__reserve(writer, length);

	if (error) {
		block_writer__fail(writer, error, false);
		return error;
	}
	error = block_writer__write_all(writer, bytes, length);
	if (error) {
		block_writer__fail(writer, error, true);
		return error;
	}
	writer->offset += length;
	return 0;
}

int block_writer__file_header(struct block_writer *writer, struct offcut_file_header *header)
{
	header->crc32c = crc32c(0, header, offsetof(struct offcut_file_header, crc32c));
	return block_writer__append(writer, header, sizeof(*header));
}

/* Payload into `stored` behind its header. */
static void block_writer__encode(struct block_writer *writer, const struct block *block)
{
	struct offcut_block_header *header = (struct offcut_block_header *)writer->stored;
	uint8_t *payload = writer->stored + sizeof(*header);
	size_t raw_bytes = block__payload(block, writer->raw);
	size_t stored_bytes = 0;

	if (raw_bytes >= LZ4_BYTES_MIN)
		stored_bytes =
			lz4__compress(writer->lz4, writer->raw, raw_bytes, payload, raw_bytes - 1);
	*header = (struct offcut_block_header){
		.magic = OFFCUT_BLOCK_MAGIC,
		.type = block->type,
		.codec = stored_bytes ? OFFCUT_CODEC_LZ4 : OFFCUT_CODEC_RAW,
		.cpu = block->cpu,
		.records = block->records,
		.raw_bytes = (uint32_t)raw_bytes,
		.stored_bytes = (uint32_t)(stored_bytes ? stored_bytes : raw_bytes),
		.sequence = writer->sequence,
		.first_seq = block->first_seq,
		.first_ns = block->first_ns,
		.last_ns = block->last_ns,
	};
	if (!stored_bytes)
		memcpy(payload, writer->raw, raw_bytes);
	header->crc32c = crc32c(0, header, offsetof(struct offcut_block_header, crc32c));
	header->crc32c = crc32c(header->crc32c, payload, header->stored_bytes);
}

static void block_writer__index_add(struct block_writer *writer, const struct block *block,
				    uint64_t offset)
{
	struct block *index = &writer->index[writer->index_blocks];

	if (writer->index_overflowed)
		return;
	if (index->records == OFFCUT_BLOCK_RECORDS_MAX) {
		writer->index_overflowed = writer->index_blocks + 1 == INDEX_BLOCKS_MAX;
		if (writer->index_overflowed)
			return;
		index = &writer->index[++writer->index_blocks];
	}
	block__unsigned(index, OFFCUT_INDEX_COLUMN_TYPE, block->type);
	block__unsigned(index, OFFCUT_INDEX_COLUMN_CPU, block->cpu);
	block__delta(index, OFFCUT_INDEX_COLUMN_OFFSET, offset);
	block__delta(index, OFFCUT_INDEX_COLUMN_FIRST_NS, block->first_ns);
	block__unsigned(index, OFFCUT_INDEX_COLUMN_SPAN, block->last_ns - block->first_ns);
	block__add_record(index, block->first_ns);
}

static uint64_t block_writer__end_bytes(const struct block_writer *writer)
{
	uint64_t bytes = END_BYTES;

	if (!writer->index_overflowed)
		for (uint32_t i = 0; i <= writer->index_blocks; i++)
			bytes += block__payload_max(&writer->index[i]);
	return bytes;
}

bool block_writer__is_full(const struct block_writer *writer)
{
	uint64_t margin = writer->size_max / SIZE_MARGIN_SHARE;

	if (margin > SIZE_MARGIN_BYTES_MAX)
		margin = SIZE_MARGIN_BYTES_MAX;
	return writer->size_max &&
	       (writer->overflowed ||
		writer->offset + block_writer__end_bytes(writer) + margin > writer->size_max);
}

bool block_writer__has_room(const struct block_writer *writer, const struct block *block)
{
	uint64_t bytes = sizeof(struct offcut_block_header) + block__payload_max(block);

	return !writer->size_max ||
	       writer->offset + bytes + block_writer__end_bytes(writer) <= writer->size_max;
}

bool block_writer__refuses(const struct block_writer *writer)
{
	return writer->broken || ((writer->write_errno || writer->overflowed) && !writer->ending);
}

bool block_writer__write(struct block_writer *writer, const struct block *block)
{
	struct offcut_block_header *header = (struct offcut_block_header *)writer->stored;
	uint64_t offset = writer->offset;
	size_t length;

	if (block_writer__refuses(writer))
		return false;
	block_writer__encode(writer, block);
	length = sizeof(*header) + header->stored_bytes;
	writer->overflowed |= writer->size_max &&
			      offset + length + block_writer__end_bytes(writer) > writer->size_max;
	if (block_writer__refuses(writer) || block_writer__append(writer, writer->stored, length))
		return false;
	writer->sequence++;
	writer->raw_bytes += header->raw_bytes;
	if (block->type != OFFCUT_BLOCK_TYPE_INDEX)
		block_writer__index_add(writer, block, offset);
	return true;
}

void block_writer__begin_end(struct block_writer *writer)
{
	writer->ending = true;
}

/* 0 where there is none: too long, or no room for it. */
static uint64_t block_writer__write_index(struct block_writer *writer)
{
	uint64_t offset = writer->offset;

	if (writer->index_overflowed)
		return 0;
	for (uint32_t i = 0; i <= writer->index_blocks; i++)
		if (!block_writer__write(writer, &writer->index[i]))
			return 0;
	return offset;
}

int block_writer__finish(struct block_writer *writer, uint32_t ended)
{
	struct offcut_trailer trailer = {
		.magic = OFFCUT_TRAILER_MAGIC,
		.index_offset = block_writer__write_index(writer),
		.ended = ended,
	};

	trailer.blocks = writer->sequence;
	trailer.crc32c = crc32c(0, &trailer, offsetof(struct offcut_trailer, crc32c));
	if (!writer->broken)
		block_writer__append(writer, &trailer, sizeof(trailer));
	/* Gives back what was promised and not needed, and what is left of a torn block. */
	if (writer->is_file && ftruncate(writer->fd, writer->base + (off_t)writer->offset))
		block_writer__fail(writer, -errno, false);
	return -writer->write_errno;
}
