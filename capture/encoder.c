/* SPDX-License-Identifier: MIT */
/*
 * The encoder's front: see encoder.h. Takes messages apart, hands records to streams.c,
 * definitions.c and tasks.c, and keeps the order in which a tick and the end write what those have
 * collected.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "block.h"
#include "block_writer.h"
#include "counts.h"
#include "definitions.h"
#include "encoder.h"
#include "meta.h"
#include "snapshot_block.h"
#include "streams.h"
#include "string_record.h"
#include "user_dumps.h"

#define CLOCK_INTERVAL_NS 10000000000ull
/*
 * What all open blocks together may hold before they are written early: enough that a storm on a
 * few CPUs never meets it, and room for blocks of a decent size on hosts that have hundreds.
 */
#define OPEN_BYTES_MAX (6u << 20)
#define OPEN_BYTES_MAX_PER_CPU (32u << 10)
/* Beyond that: what one message and the definitions may add before somebody looks. */
#define POOL_HEADROOM_BYTES (16u << 20)

struct encoder {
	struct chunk_pool pool;
	struct block_writer writer;
	struct losses losses;
	struct definitions definitions;
	struct sealed sealed;
	struct streams streams;
	struct counts counts;
	struct user_dumps dumps;
	struct block clock, sync, totals, snapshots;
	uint32_t cpus;
	uint64_t start_ns;
	uint64_t clock_ns; /* of the last Clock */
	uint64_t sync_ns;  /* of the last Sync */
	uint64_t watermark_ns;
};

static uint64_t clock_ns(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

static void encoder__write_clock(struct encoder *encoder)
{
	struct block *block = &encoder->clock;

	encoder->clock_ns = clock_ns(CLOCK_MONOTONIC);
	block__unsigned(block, OFFCUT_CLOCK_COLUMN_MONOTONIC, encoder->clock_ns);
	block__unsigned(block, OFFCUT_CLOCK_COLUMN_BOOTTIME, clock_ns(CLOCK_BOOTTIME));
	block__unsigned(block, OFFCUT_CLOCK_COLUMN_REALTIME, clock_ns(CLOCK_REALTIME));
	block__add_record(block, encoder->clock_ns);
	block_writer__write(&encoder->writer, block);
	block__reset(block);
}

static void encoder__write_sync(struct encoder *encoder, uint64_t watermark_ns)
{
	struct block *block = &encoder->sync;

	block->first_ns = block->last_ns = watermark_ns;
	if (block_writer__write(&encoder->writer, block))
		encoder->sync_ns = watermark_ns;
	block__reset(block);
}

static int encoder__open_parts(struct encoder *encoder, const struct encoder_config *config)
{
	struct chunk_pool *pool = &encoder->pool;
	struct block_writer *writer = &encoder->writer;
	size_t open_bytes_max = OPEN_BYTES_MAX + (size_t)config->cpus * OPEN_BYTES_MAX_PER_CPU;
	struct definitions_config definitions = {
		.pool = pool,
		.writer = writer,
		.losses = &encoder->losses,
		.start_ns = config->start_monotonic_ns,
		.kallsyms = config->kallsyms ? config->kallsyms : "/proc/kallsyms",
		.seals = config->sealed && strcmp(config->sealed, "none"),
		.opens_all = config->opens_all,
	};

	if (chunk_pool__open(pool, open_bytes_max + POOL_HEADROOM_BYTES))
		return -ENOMEM;
	losses__init(&encoder->losses, pool, writer);
	counts__init(&encoder->counts, pool, writer, config->start_monotonic_ns);
	block__init(&encoder->clock, pool, OFFCUT_BLOCK_TYPE_CLOCK, OFFCUT_CPU_NONE,
		    OFFCUT_CLOCK_COLUMNS);
	block__init(&encoder->sync, pool, OFFCUT_BLOCK_TYPE_SYNC, OFFCUT_CPU_NONE, 0);
	block__init(&encoder->totals, pool, OFFCUT_BLOCK_TYPE_TOTALS, OFFCUT_CPU_NONE,
		    OFFCUT_TOTALS_COLUMNS);
	block__init(&encoder->snapshots, pool, OFFCUT_BLOCK_TYPE_SNAPSHOT, OFFCUT_CPU_NONE,
		    OFFCUT_SNAPSHOT_COLUMNS);
	if (definitions__open(&encoder->definitions, &definitions) ||
	    user_dumps__open(&encoder->dumps, pool, writer, &encoder->definitions,
			     config->keep_stack_bytes))
		return -ENOMEM;
	encoder->definitions.stack_code.spaces = &encoder->dumps.spaces;
	sealed__init(&encoder->sealed, pool, &encoder->definitions, writer);
	encoder->streams = (struct streams){
		.pool = pool,
		.open_chunks_max = (uint32_t)(open_bytes_max / CHUNK_BYTES),
		.writer = writer,
		.definitions = &encoder->definitions,
		.losses = &encoder->losses,
	};
	return streams__open(&encoder->streams, config->cpus, config->start_monotonic_ns);
}

/* File header, Meta and the first Clock. */
static int encoder__write_head(struct encoder *encoder, const struct encoder_config *config)
{
	struct offcut_file_header header = {
		.start_monotonic_ns = config->start_monotonic_ns,
		.start_realtime_ns = config->start_realtime_ns,
		.cpus = config->cpus,
	};
	uint64_t stext = symbols__stext(encoder->definitions.symbols);
	char stext_text[24];
	const struct meta_entry entries[] = {
		{ "writer", config->writer },
		{ "command", config->command },
		{ "options", config->options },
		{ "streams", config->streams },
		{ "stackMinUs", config->stack_min_us },
		{ "stackBytes", config->stack_bytes },
		{ "stackBytesKept", config->stack_bytes_kept },
		{ "filter", config->filter },
		{ "sealed", config->sealed },
		{ "kernelStext", stext ? stext_text : NULL },
		{ "kernelSymbols",
		  symbols__are_hidden(encoder->definitions.symbols) ? "hidden" : NULL },
	};

	snprintf(stext_text, sizeof(stext_text), "%llx", (unsigned long long)stext);
	meta__file_header(&header);
	block_writer__file_header(&encoder->writer, &header);
	meta__write(&encoder->writer, &encoder->pool, entries, sizeof(entries) / sizeof(*entries),
		    config->start_monotonic_ns);
	encoder__write_clock(encoder);
	return -encoder->writer.write_errno;
}

int encoder__open(struct encoder **out, const struct encoder_config *config,
		  struct capture_error *error)
{
	struct encoder *encoder = calloc(1, sizeof(*encoder));
	int result;

	if (!encoder)
		return error__set(error, ENOMEM, "Not enough memory to write a recording.");
	encoder->cpus = config->cpus;
	encoder->start_ns = config->start_monotonic_ns;
	result = block_writer__open(&encoder->writer, config->fd, config->size_max_bytes, error);
	if (result)
		goto fail;
	if (!config->cpus || config->cpus > OFFCUT_CPU_MAX + 1) {
		result = error__set(error, EINVAL, "%u CPUs: a recording has 1 to %u.",
				    config->cpus, OFFCUT_CPU_MAX + 1);
		goto fail;
	}
	if (encoder__open_parts(encoder, config)) {
		result = error__set(error, ENOMEM, "Not enough memory to write a recording.");
		goto fail;
	}
	if (encoder__write_head(encoder, config)) {
		result = error__set(error, encoder->writer.write_errno,
				    "Cannot write the beginning of the recording: %s.",
				    strerror(encoder->writer.write_errno));
		goto fail;
	}
	*out = encoder;
	return 0;
fail:
	encoder__close(encoder);
	return result;
}

void encoder__close(struct encoder *encoder)
{
	if (!encoder)
		return;
	streams__close(&encoder->streams);
	user_dumps__close(&encoder->dumps);
	definitions__close(&encoder->definitions);
	block_writer__close(&encoder->writer);
	chunk_pool__close(&encoder->pool);
	free(encoder);
}

static void encoder__stack(struct encoder *encoder, const void *record, size_t bytes)
{
	const struct stack_record *stack = record;
	size_t head = offsetof(struct stack_record, frames);

	if (bytes < head || stack->depth > FRAMES_MAX ||
	    bytes < head + stack->depth * sizeof(*stack->frames))
		return;
	definitions__stack(&encoder->definitions, stack,
			   stack->kind == STACK_USER ? user_dumps__frames(&encoder->dumps, stack)
						     : stack->depth);
}

static void encoder__dump(struct encoder *encoder, const void *record, size_t bytes)
{
	const struct dump_record *dump = record;

	if (bytes < sizeof(*dump) || dump->length > DUMP_BYTES_MAX || dump->length % 8 ||
	    bytes - sizeof(*dump) < dump->length)
		return;
	user_dumps__add(&encoder->dumps, dump, (const uint64_t *)(dump + 1));
}

static void encoder__snapshot(struct encoder *encoder, const void *record, size_t bytes)
{
	if (bytes < sizeof(struct snapshot_record))
		return;
	snapshot_block__add(&encoder->snapshots, &encoder->writer, &encoder->definitions, record);
}

static void encoder__task_record(struct encoder *encoder, const void *record, size_t bytes)
{
	const struct task_record *seen = record;
	struct task task = { .kind = OFFCUT_TASK_KIND_SEEN };

	if (bytes < sizeof(*seen))
		return;
	task.time_ns = seen->time_ns;
	task.start_ns = seen->start_ns;
	task.cgroup = seen->cgroup;
	task.tid = seen->tid;
	task.pid = seen->pid;
	task.parent_pid = seen->parent_pid;
	task.comm = encoder__string(encoder, seen->comm, strnlen(seen->comm, sizeof(seen->comm)));
	task.flags = seen->flags;
	encoder__task(encoder, &task);
}

static void encoder__events(struct encoder *encoder, const struct message_header *header,
			    enum stream stream, size_t record_bytes, size_t bytes)
{
	const uint8_t *records = (const uint8_t *)(header + 1);
	uint32_t count = header->count;

	if (count > bytes / record_bytes)
		return;
	for (uint32_t done = 0, part; done < count; done += part) {
		part = count - done < BATCH_RECORDS_MAX ? count - done : BATCH_RECORDS_MAX;
		streams__add(&encoder->streams, header->cpu, stream, header->seq + done,
			     records + done * record_bytes, part);
	}
}

void encoder__message(struct encoder *encoder, const void *message, size_t bytes)
{
	const struct message_header *header = message;

	if (bytes < sizeof(*header) || header->cpu >= encoder->cpus)
		return;
	bytes -= sizeof(*header);
	switch (header->kind) {
	case MESSAGE_SWITCH:
		encoder__events(encoder, header, STREAM_SWITCH, sizeof(struct switch_record),
				bytes);
		break;
	case MESSAGE_WAKE:
		encoder__events(encoder, header, STREAM_WAKE, sizeof(struct wake_record), bytes);
		break;
	case MESSAGE_SYSCALL:
		encoder__events(encoder, header, STREAM_SYSCALL, sizeof(struct syscall_record),
				bytes);
		break;
	case MESSAGE_ARGUMENTS:
		encoder__events(encoder, header, STREAM_ARGUMENTS, sizeof(struct arguments_record),
				bytes);
		break;
	case MESSAGE_STRING:
		string_record__define(&encoder->definitions, (const void *)(header + 1), bytes);
		break;
	case MESSAGE_STACK:
		encoder__stack(encoder, header + 1, bytes);
		break;
	case MESSAGE_DUMP:
		encoder__dump(encoder, header + 1, bytes);
		break;
	case MESSAGE_SNAPSHOT:
		encoder__snapshot(encoder, header + 1, bytes);
		break;
	case MESSAGE_TASK:
		encoder__task_record(encoder, header + 1, bytes);
		break;
	}
}

void encoder__lost(struct encoder *encoder, uint32_t cpu, uint32_t block_type, uint32_t reason,
		   uint64_t from_ns, uint64_t to_ns, uint64_t count)
{
	struct loss loss = { cpu, block_type, reason, from_ns, to_ns, count };

	losses__add(&encoder->losses, &loss);
}

void encoder__counts(struct encoder *encoder,
		     const struct syscall_count (*syscalls)[SYSCALL_NR_MAX + 1],
		     const struct offcpu_count *offcpu, uint64_t now_ns)
{
	counts__set(&encoder->counts, syscalls, offcpu, now_ns);
}

uint32_t encoder__string(struct encoder *encoder, const char *bytes, size_t length)
{
	return definitions__string(&encoder->definitions, bytes, length);
}

uint32_t encoder__object(struct encoder *encoder, const struct object *object)
{
	return definitions__object(&encoder->definitions, object);
}

void encoder__mapping(struct encoder *encoder, const struct mapping *mapping)
{
	definitions__mapping(&encoder->definitions, mapping);
	address_spaces__map(&encoder->dumps.spaces, mapping);
}

void encoder__task(struct encoder *encoder, const struct task *task)
{
	struct address_spaces *spaces = &encoder->dumps.spaces;

	definitions__task(&encoder->definitions, task);
	if (task->kind == OFFCUT_TASK_KIND_FORK && task->pid != task->parent_pid)
		address_spaces__fork(spaces, task->pid, task->parent_pid);
	else if (task->kind == OFFCUT_TASK_KIND_EXEC)
		address_spaces__exec(spaces, task->pid);
	else if (task->kind == OFFCUT_TASK_KIND_EXIT && task->tid == task->pid)
		address_spaces__exit(spaces, task->pid, task->time_ns);
}

struct address_spaces *encoder__address_spaces(struct encoder *encoder)
{
	return &encoder->dumps.spaces;
}

uint64_t encoder__next_cgroup(struct encoder *encoder)
{
	return definitions__next_cgroup(&encoder->definitions);
}

void encoder__cgroup(struct encoder *encoder, uint64_t id, const char *path, size_t length)
{
	definitions__cgroup(&encoder->definitions, id, path, length);
}

void encoder__mappings_known(struct encoder *encoder, uint64_t until_ns)
{
	stack_code__resolve(&encoder->definitions.stack_code, until_ns);
}

struct needed_code *encoder__needed_code(struct encoder *encoder)
{
	return &encoder->definitions.stack_code.needed;
}

const struct mapped_object *encoder__mapped_object(const struct encoder *encoder,
						   uint32_t object_id)
{
	return mapped_objects__find(&encoder->definitions.stack_code.objects, object_id);
}

uint32_t encoder__parent(const struct encoder *encoder, uint32_t pid)
{
	return tasks__parent(&encoder->definitions.tasks, pid);
}

struct sealed *encoder__sealed(struct encoder *encoder)
{
	return &encoder->sealed;
}

/* Everything that is open, definitions before their use. */
static void encoder__flush(struct encoder *encoder)
{
	definitions__write(&encoder->definitions);
	user_dumps__write(&encoder->dumps);
	snapshot_block__write(&encoder->snapshots, &encoder->writer);
	losses__write(&encoder->losses);
	streams__write(&encoder->streams);
	losses__write(&encoder->losses);
	counts__write(&encoder->counts);
}

int encoder__status(const struct encoder *encoder)
{
	if (encoder->writer.write_errno)
		return -encoder->writer.write_errno;
	return block_writer__is_full(&encoder->writer);
}

int encoder__tick(struct encoder *encoder, uint64_t watermark_ns)
{
	encoder->watermark_ns = watermark_ns;
	encoder__flush(encoder);
	encoder->definitions.now_ns = watermark_ns;
	address_spaces__sweep(&encoder->dumps.spaces, watermark_ns);
	if (clock_ns(CLOCK_MONOTONIC) - encoder->clock_ns >= CLOCK_INTERVAL_NS)
		encoder__write_clock(encoder);
	encoder__write_sync(encoder, watermark_ns);
	return encoder__status(encoder);
}

static void encoder__write_totals(struct encoder *encoder, const uint64_t *seen)
{
	struct block *block = &encoder->totals;
	uint64_t now_ns = clock_ns(CLOCK_MONOTONIC);

	for (uint32_t i = 0; i < encoder->cpus * STREAMS; i++) {
		uint64_t written = encoder->streams.streams[i].written;

		if (!seen[i] && !written)
			continue;
		block__unsigned(block, OFFCUT_TOTALS_COLUMN_CPU, i / STREAMS);
		block__unsigned(block, OFFCUT_TOTALS_COLUMN_STREAM,
				streams__block_type(i % STREAMS));
		block__unsigned(block, OFFCUT_TOTALS_COLUMN_SEEN, seen[i]);
		block__unsigned(block, OFFCUT_TOTALS_COLUMN_WRITTEN, written);
		block__unsigned(block, OFFCUT_TOTALS_COLUMN_LOST, seen[i] - written);
		block__add_record(block, now_ns);
		if (block__is_full(block, 1)) {
			block_writer__write(&encoder->writer, block);
			block__reset(block);
		}
	}
	block_writer__write(&encoder->writer, block);
	block__reset(block);
}

static void encoder__summarize(const struct encoder *encoder, const uint64_t *seen,
			       struct encoder_summary *summary)
{
	const struct definitions *definitions = &encoder->definitions;

	memset(summary, 0, sizeof(*summary));
	for (uint32_t i = 0; i < encoder->cpus * STREAMS; i++) {
		uint64_t written = encoder->streams.streams[i].written;

		summary->seen[i % STREAMS] += seen[i];
		summary->written[i % STREAMS] += written;
		summary->lost[i % STREAMS] += seen[i] - written;
	}
	memcpy(summary->lost_by_reason, encoder->losses.by_reason, sizeof(summary->lost_by_reason));
	summary->file_bytes = encoder->writer.offset;
	summary->raw_bytes = encoder->writer.raw_bytes;
	summary->blocks = encoder->writer.sequence;
	summary->stacks = definitions->stack_ids.count;
	summary->stacks_undefined = summary->stacks - definitions->stacks_defined;
	summary->strings = definitions->string_ids.next_id - 1;
	summary->objects = definitions->object_ids.next_id - 1;
	summary->kernel_symbols = definitions->symbols_count;
	summary->string_arguments = definitions->string_arguments_count;
	summary->write_errno = encoder->writer.write_errno;
}

int encoder__finish(struct encoder *encoder, uint32_t ended, const uint64_t *seen,
		    struct encoder_summary *summary)
{
	int result;

	encoder__flush(encoder);
	block_writer__begin_end(&encoder->writer);
	streams__add_final_losses(&encoder->streams, seen, encoder->watermark_ns);
	losses__write(&encoder->losses);
	counts__write(&encoder->counts);
	encoder__write_clock(encoder);
	if (encoder->sync_ns < encoder->watermark_ns)
		encoder__write_sync(encoder, encoder->watermark_ns);
	encoder__write_totals(encoder, seen);
	if (encoder->writer.write_errno)
		ended = OFFCUT_ENDED_WRITE_ERROR;
	result = block_writer__finish(&encoder->writer, ended);
	encoder__summarize(encoder, seen, summary);
	return result;
}
