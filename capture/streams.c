/* SPDX-License-Identifier: MIT */
/*
 * Event streams: see streams.h. This is what runs per event: one lookup per thread and tuple, one
 * varint per column that varies. Everything else happens per message or per block.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "streams.h"

#define BLOCK_NS_MAX 1000000000ull
/*
 * Entries of a block's dictionary. Only a storm over tens of thousands of threads meets this, and
 * its blocks lose nothing by being short; unbounded tables on 128 CPUs would lose the memory limit.
 */
#define DICTIONARY_ENTRIES_MAX 4096u

_Static_assert(DICTIONARY_ENTRIES_MAX <= OFFCUT_DICTIONARY_MAX, "dictionary");
_Static_assert((int)SWITCH_PREEMPTED == OFFCUT_SWITCH_FLAG_PREEMPTED &&
		       (int)SWITCH_COMPAT == OFFCUT_SWITCH_FLAG_COMPAT &&
		       (int)WAKE_INTERRUPT == OFFCUT_WAKE_FLAG_INTERRUPT &&
		       (int)SYSCALL_COMPAT == OFFCUT_SYSCALL_FLAG_COMPAT &&
		       (int)SYSCALL_NO_ENTER == OFFCUT_SYSCALL_FLAG_NO_ENTER,
	       "flags are the format's");
_Static_assert((int)OFFCUT_SYSCALL_COLUMN_THREADS == (int)OFFCUT_ARGUMENTS_COLUMN_THREADS &&
		       (int)OFFCUT_SYSCALL_COLUMN_CALL_NR == (int)OFFCUT_ARGUMENTS_COLUMN_CALL_NR &&
		       (int)OFFCUT_SYSCALL_COLUMN_CALL_FLAGS ==
			       (int)OFFCUT_ARGUMENTS_COLUMN_CALL_FLAGS &&
		       (int)OFFCUT_SYSCALL_COLUMN_TIME == (int)OFFCUT_ARGUMENTS_COLUMN_TIME &&
		       (int)OFFCUT_SYSCALL_COLUMN_THREAD == (int)OFFCUT_ARGUMENTS_COLUMN_THREAD &&
		       (int)OFFCUT_SYSCALL_COLUMN_CALL == (int)OFFCUT_ARGUMENTS_COLUMN_CALL,
	       "both streams of calls begin with the same columns: see event_stream__add_call");

static const struct {
	enum offcut_block_type type;
	uint32_t columns, time_column, record_bytes;
} kinds[STREAMS] = {
	[STREAM_SWITCH] = { OFFCUT_BLOCK_TYPE_SWITCH, OFFCUT_SWITCH_COLUMNS,
			    OFFCUT_SWITCH_COLUMN_TIME, sizeof(struct switch_record) },
	[STREAM_WAKE] = { OFFCUT_BLOCK_TYPE_WAKE, OFFCUT_WAKE_COLUMNS, OFFCUT_WAKE_COLUMN_TIME,
			  sizeof(struct wake_record) },
	[STREAM_SYSCALL] = { OFFCUT_BLOCK_TYPE_SYSCALL, OFFCUT_SYSCALL_COLUMNS,
			     OFFCUT_SYSCALL_COLUMN_TIME, sizeof(struct syscall_record) },
	[STREAM_ARGUMENTS] = { OFFCUT_BLOCK_TYPE_ARGUMENTS, OFFCUT_ARGUMENTS_COLUMNS,
			       OFFCUT_ARGUMENTS_COLUMN_TIME, sizeof(struct arguments_record) },
};

enum offcut_block_type streams__block_type(enum stream stream)
{
	return kinds[stream].type;
}

int streams__open(struct streams *streams, uint32_t cpus, uint64_t start_ns)
{
	streams->cpus = cpus;
	streams->streams = calloc((size_t)cpus * STREAMS, sizeof(*streams->streams));
	if (!streams->streams)
		return -ENOMEM;
	for (uint32_t i = 0; i < cpus * STREAMS; i++)
		streams->streams[i].last_ns = start_ns;
	return 0;
}

void streams__close(struct streams *streams)
{
	for (uint32_t i = 0; streams->streams && i < streams->cpus * STREAMS; i++) {
		dictionary__close(&streams->streams[i].threads);
		dictionary__close(&streams->streams[i].tuples);
	}
	free(streams->streams);
	memset(streams, 0, sizeof(*streams));
}

/* Most possible CPUs of a host are never there: a stream costs nothing until its first record. */
static bool event_stream__prepare(struct streams *streams, uint32_t cpu, enum stream kind)
{
	struct event_stream *stream = &streams->streams[cpu * STREAMS + kind];

	if (stream->block.columns_count)
		return true;
	if (dictionary__open(&stream->threads, DICTIONARY_ENTRIES_MAX) ||
	    dictionary__open(&stream->tuples, DICTIONARY_ENTRIES_MAX)) {
		dictionary__close(&stream->threads);
		return false;
	}
	block__init(&stream->block, streams->pool, kinds[kind].type, cpu, kinds[kind].columns);
	return true;
}

static void event_stream__did_not_write(struct event_stream *stream, uint64_t from_ns,
					uint64_t to_ns, uint64_t count)
{
	if (!stream->unwritten)
		stream->unwritten_from_ns = from_ns;
	stream->unwritten_to_ns = to_ns;
	stream->unwritten += count;
}

static void event_stream__store_threads(struct event_stream *stream, uint32_t column)
{
	for (uint32_t i = 0; i < stream->threads.count; i++)
		block__delta(&stream->block, column, stream->threads.keys[i]);
}

/* Tuples of a number and flags: see event_stream__add_call. */
static void event_stream__store_calls(struct event_stream *stream)
{
	struct block *block = &stream->block;
	const uint64_t *keys = stream->tuples.keys;

	for (uint32_t i = 0; i < stream->tuples.count; i++) {
		block__signed(block, OFFCUT_SYSCALL_COLUMN_CALL_NR, (int16_t)(keys[i] >> 16));
		block__unsigned(block, OFFCUT_SYSCALL_COLUMN_CALL_FLAGS, (uint16_t)keys[i]);
	}
}

/* The tuples of switches have a state, too: see event_stream__add_switch. */
static void event_stream__store_dictionaries(struct event_stream *stream)
{
	struct block *block = &stream->block;
	const uint64_t *keys = stream->tuples.keys;

	switch (block->type) {
	case OFFCUT_BLOCK_TYPE_SWITCH:
		event_stream__store_threads(stream, OFFCUT_SWITCH_COLUMN_THREADS);
		for (uint32_t i = 0; i < stream->tuples.count; i++) {
			block__unsigned(block, OFFCUT_SWITCH_COLUMN_REASON_STATE, keys[i] >> 32);
			block__signed(block, OFFCUT_SWITCH_COLUMN_REASON_NR,
				      (int16_t)(keys[i] >> 16));
			block__unsigned(block, OFFCUT_SWITCH_COLUMN_REASON_FLAGS,
					(uint16_t)keys[i]);
		}
		break;
	case OFFCUT_BLOCK_TYPE_WAKE:
		event_stream__store_threads(stream, OFFCUT_WAKE_COLUMN_THREADS);
		break;
	case OFFCUT_BLOCK_TYPE_SYSCALL:
	case OFFCUT_BLOCK_TYPE_ARGUMENTS:
		event_stream__store_threads(stream, OFFCUT_SYSCALL_COLUMN_THREADS);
		event_stream__store_calls(stream);
		break;
	}
}

static void event_stream__write(struct streams *streams, struct event_stream *stream)
{
	struct block *block = &stream->block;

	if (!block->records)
		return;
	definitions__write(streams->definitions);
	losses__write(streams->losses); /* the gap before this block is explained before it */
	event_stream__store_dictionaries(stream);
	if (block_writer__write(streams->writer, block))
		stream->written += block->records;
	else
		event_stream__did_not_write(stream, block->first_ns, block->last_ns,
					    block->records);
	block__reset(block);
	dictionary__reset(&stream->threads);
	dictionary__reset(&stream->tuples);
}

void streams__write(struct streams *streams)
{
	for (uint32_t i = 0; i < streams->cpus * STREAMS; i++)
		event_stream__write(streams, &streams->streams[i]);
}

static void event_stream__gap(struct streams *streams, struct event_stream *stream, uint64_t seq,
			      uint64_t time_ns)
{
	struct loss gap = {
		.cpu = stream->block.cpu,
		.stream = stream->block.type,
		.reason = OFFCUT_LOST_REASON_RING_FULL,
		.from_ns = stream->last_ns,
		.to_ns = time_ns,
		.count = seq - stream->next_seq,
	};

	event_stream__write(streams, stream);
	if (block_writer__refuses(streams->writer))
		event_stream__did_not_write(stream, gap.from_ns, gap.to_ns, gap.count);
	else
		losses__add(streams->losses, &gap);
}

/* A record at `time_ns` with ordinal `seq` comes next: into the open block if it may. */
static void event_stream__begin_record(struct streams *streams, struct event_stream *stream,
				       uint64_t seq, uint64_t time_ns, uint32_t time_column)
{
	struct block *block = &stream->block;

	if (block->records && time_ns >= block->last_ns &&
	    time_ns - block->first_ns < BLOCK_NS_MAX) {
		block->last_ns = time_ns;
		block->records++;
		return;
	}
	event_stream__write(streams, stream);
	block->first_seq = seq;
	block->first_ns = block->last_ns = time_ns;
	block->records = 1;
	stream->running_tid = OFFCUT_TID_OTHER;
	column__start_time(&block->columns[time_column], time_ns);
}

static void event_stream__add_switch(struct streams *streams, struct event_stream *stream,
				     const struct switch_record *record)
{
	struct block *block = &stream->block;
	struct definitions *definitions = streams->definitions;
	uint64_t reason = (uint64_t)record->prev_state << 32 |
			  (uint64_t)(uint16_t)record->prev_nr << 16 | record->flags;
	uint32_t prev = 0;

	if (block->records == 1 || record->prev_tid != stream->running_tid)
		prev = dictionary__index(&stream->threads, record->prev_tid) + 1;
	stream->running_tid = record->next_tid;
	block__time(block, OFFCUT_SWITCH_COLUMN_TIME, record->time_ns);
	block__unsigned(block, OFFCUT_SWITCH_COLUMN_PREV, prev);
	block__unsigned(block, OFFCUT_SWITCH_COLUMN_NEXT,
			dictionary__index(&stream->threads, record->next_tid));
	block__unsigned(block, OFFCUT_SWITCH_COLUMN_REASON,
			dictionary__index(&stream->tuples, reason));
	block__unsigned(block, OFFCUT_SWITCH_COLUMN_KERNEL_STACK,
			definitions__stack_id(definitions, record->kernel_stack));
	block__unsigned(block, OFFCUT_SWITCH_COLUMN_USER_STACK,
			definitions__stack_id(definitions, record->user_stack));
}

static void event_stream__add_wake(struct event_stream *stream, const struct wake_record *record)
{
	struct block *block = &stream->block;

	block__time(block, OFFCUT_WAKE_COLUMN_TIME, record->time_ns);
	block__unsigned(block, OFFCUT_WAKE_COLUMN_WAKER,
			dictionary__index(&stream->threads, record->waker_tid));
	block__unsigned(block, OFFCUT_WAKE_COLUMN_WAKEE,
			dictionary__index(&stream->threads, record->wakee_tid));
	block__unsigned(block, OFFCUT_WAKE_COLUMN_TARGET_CPU, record->target_cpu);
	block__unsigned(block, OFFCUT_WAKE_COLUMN_FLAGS, record->flags);
}

/*
 * What records of calls that end and of calls that begin have alike. As a call of its own it costs the
 * encoder 2.6 %, inline nothing (encoder_driver's syscall-storm, median of 25 pairs).
 */
static inline void event_stream__add_call(struct event_stream *stream, uint64_t time_ns, uint32_t tid,
				   int16_t nr, uint16_t flags)
{
	struct block *block = &stream->block;
	uint64_t call = (uint64_t)(uint16_t)nr << 16 | flags;

	block__time(block, OFFCUT_SYSCALL_COLUMN_TIME, time_ns);
	block__unsigned(block, OFFCUT_SYSCALL_COLUMN_THREAD,
			dictionary__index(&stream->threads, tid));
	block__unsigned(block, OFFCUT_SYSCALL_COLUMN_CALL,
			dictionary__index(&stream->tuples, call));
}

static void event_stream__add_syscall(struct streams *streams, struct event_stream *stream,
				      const struct syscall_record *record)
{
	struct block *block = &stream->block;

	event_stream__add_call(stream, record->time_ns, record->tid, record->nr, record->flags);
	block__signed(block, OFFCUT_SYSCALL_COLUMN_RESULT, record->result);
	block__unsigned(block, OFFCUT_SYSCALL_COLUMN_DURATION, record->duration_ns);
	block__unsigned(block, OFFCUT_SYSCALL_COLUMN_OFFCPU, record->offcpu_ns);
	block__unsigned(block, OFFCUT_SYSCALL_COLUMN_USER_STACK,
			definitions__stack_id(streams->definitions, record->user_stack));
}

static void event_stream__add_arguments(struct event_stream *stream,
					const struct arguments_record *record)
{
	event_stream__add_call(stream, record->time_ns, record->tid, record->nr, record->flags);
	for (uint32_t i = 0; i < CALL_ARGUMENTS; i++)
		block__delta(&stream->block, OFFCUT_ARGUMENTS_COLUMN_ARG0 + i,
			     record->arguments[i]);
}

static void event_stream__add_records(struct streams *streams, struct event_stream *stream,
				      enum stream kind, uint64_t seq, const uint8_t *records,
				      uint32_t count)
{
	for (uint32_t i = 0; i < count; i++, records += kinds[kind].record_bytes) {
		uint64_t time_ns;

		memcpy(&time_ns, records, sizeof(time_ns)); /* first field of them all */
		event_stream__begin_record(streams, stream, seq + i, time_ns,
					   kinds[kind].time_column);
		if (kind == STREAM_SWITCH)
			event_stream__add_switch(streams, stream, (const void *)records);
		else if (kind == STREAM_WAKE)
			event_stream__add_wake(stream, (const void *)records);
		else if (kind == STREAM_SYSCALL)
			event_stream__add_syscall(streams, stream, (const void *)records);
		else
			event_stream__add_arguments(stream, (const void *)records);
		stream->last_ns = time_ns;
	}
	stream->next_seq = seq + count;
}

void streams__add(struct streams *streams, uint32_t cpu, enum stream kind, uint64_t seq,
		  const void *records, uint32_t count)
{
	struct event_stream *stream = &streams->streams[cpu * STREAMS + kind];
	uint64_t time_ns;

	if (!count || !event_stream__prepare(streams, cpu, kind))
		return; /* without memory: a gap like any other */
	memcpy(&time_ns, records, sizeof(time_ns));
	if (seq > stream->next_seq)
		event_stream__gap(streams, stream, seq, time_ns);
	if (block__is_full(&stream->block, count) ||
	    !dictionary__reserve(&stream->threads, 2 * count) ||
	    !dictionary__reserve(&stream->tuples, count))
		event_stream__write(streams, stream);
	if (streams->pool->chunks_used > streams->open_chunks_max)
		streams__write(streams);
	event_stream__add_records(streams, stream, kind, seq, records, count);
}

void streams__add_final_losses(struct streams *streams, const uint64_t *seen, uint64_t now_ns)
{
	for (uint32_t i = 0; i < streams->cpus * STREAMS; i++) {
		struct event_stream *stream = &streams->streams[i];
		struct loss loss = {
			.cpu = i / STREAMS,
			.stream = kinds[i % STREAMS].type,
			.reason = OFFCUT_LOST_REASON_RING_FULL,
			.from_ns = stream->last_ns,
			.to_ns = now_ns,
		};

		if (seen[i] > stream->next_seq) {
			loss.count = seen[i] - stream->next_seq;
			losses__add(streams->losses, &loss);
			stream->next_seq = seen[i];
		}
		loss.reason = streams->writer->write_errno ? OFFCUT_LOST_REASON_WRITE_ERROR
							   : OFFCUT_LOST_REASON_LIMIT_REACHED;
		loss.from_ns = stream->unwritten_from_ns;
		loss.to_ns = stream->unwritten_to_ns;
		loss.count = stream->unwritten;
		losses__add(streams->losses, &loss);
	}
}
