/* SPDX-License-Identifier: MIT */
/*
 * perf-PID.map and jitdump: see process_symbols.h.
 *
 * A map says nothing of time: code that is thrown away makes room for other code, and a later line
 * holds from then on. So a first pass finds for each address the last line that covers it, and a
 * second one reads just those lines. Records of a jitdump have a time each; all that cover an
 * address count. Layout of the latter: "JIT dump specification", tools/perf in the kernel's sources.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "process_symbols.h"

#define CHUNK_BYTES (64u << 10)
#define LINE_BYTES 4200u	  /* of a line that are looked at: a name has 4096 */
#define COVERINGS_MAX (64u << 20) /* steps: a file of lines that all cover everything */
#define JITDUMP_LOADS_MAX (1u << 20)
#define JITDUMP_NAME_BYTES 4096u
#define NO_LINE UINT64_MAX

/* The first address not below `at`. */
static size_t addresses__first(const uint64_t *addresses, size_t count, uint64_t at)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (addresses[middle] < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool hexadecimal(const char **at, const char *end, uint64_t *value)
{
	const char *from;

	if (end - *at > 2 && (*at)[0] == '0' && ((*at)[1] | 0x20) == 'x')
		*at += 2;
	*value = 0;
	for (from = *at; *at < end && *at - from < 16; ++*at) {
		char digit = **at | 0x20;

		if (digit >= '0' && digit <= '9')
			*value = *value << 4 | (uint64_t)(digit - '0');
		else if (digit >= 'a' && digit <= 'f')
			*value = *value << 4 | (uint64_t)(digit - 'a' + 10);
		else
			break;
	}
	return *at > from && *at < end && *(*at)++ == ' ';
}

/* "7f3a4c000000 1c0 LazyCompile:~main /srv/app.js:1" */
static bool line__parse(const char *at, size_t bytes, struct process_symbol *symbol)
{
	const char *end = at + bytes;

	memset(symbol, 0, sizeof(*symbol));
	if (!hexadecimal(&at, end, &symbol->address) || !hexadecimal(&at, end, &symbol->length))
		return false;
	symbol->name = at;
	symbol->name_bytes = (size_t)(end - at);
	return symbol->name_bytes > 0;
}

struct perf_map {
	const uint64_t *addresses;
	size_t count;
	uint64_t *lines; /* by address: where the last line that covers it begins */
	uint64_t coverings;
};

static void perf_map__line(struct perf_map *map, const char *line, size_t bytes, uint64_t offset)
{
	struct process_symbol symbol;

	if (!line__parse(line, bytes, &symbol))
		return;
	for (size_t i = addresses__first(map->addresses, map->count, symbol.address);
	     i < map->count && map->addresses[i] - symbol.address < symbol.length; i++) {
		if (map->coverings++ >= COVERINGS_MAX)
			return;
		map->lines[i] = offset;
	}
}

static ssize_t read_at(int fd, void *out, size_t bytes, uint64_t offset)
{
	ssize_t got;

	do {
		got = pread(fd, out, bytes, (off_t)offset);
	} while (got < 0 && errno == EINTR);
	return got;
}

/* The whole lines of a chunk; a line longer than the chunk is cut. Returns how much is done with. */
static size_t perf_map__chunk(struct perf_map *map, const char *chunk, size_t bytes, uint64_t offset)
{
	size_t done = 0;

	while (done < bytes) {
		const char *end = memchr(chunk + done, '\n', bytes - done);
		size_t length = end ? (size_t)(end - chunk) - done : bytes - done;

		if (!end && done)
			break;
		perf_map__line(map, chunk + done, length, offset + done);
		done += length + (end != NULL);
	}
	return done;
}

static bool perf_map__find_lines(struct perf_map *map, int fd)
{
	char *chunk = malloc(CHUNK_BYTES);
	uint64_t offset = 0;
	ssize_t got = 0;

	while (chunk && offset < PERF_MAP_BYTES_MAX && map->coverings < COVERINGS_MAX) {
		got = read_at(fd, chunk, CHUNK_BYTES, offset);
		if (got <= 0)
			break;
		offset += perf_map__chunk(map, chunk, (size_t)got, offset);
	}
	free(chunk);
	return chunk && got == 0;
}

static int line__compare(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return left < right ? -1 : left > right;
}

/* In the order of the file, each once. */
static void perf_map__emit(struct perf_map *map, int fd, process_symbol_fn emit, void *context)
{
	char line[LINE_BYTES];
	struct process_symbol symbol;

	qsort(map->lines, map->count, sizeof(*map->lines), line__compare);
	for (size_t i = 0; i < map->count && map->lines[i] != NO_LINE; i++) {
		const char *end;
		ssize_t got;

		if (i && map->lines[i] == map->lines[i - 1])
			continue;
		got = read_at(fd, line, sizeof(line), map->lines[i]);
		if (got <= 0)
			return;
		end = memchr(line, '\n', (size_t)got);
		if (line__parse(line, end ? (size_t)(end - line) : (size_t)got, &symbol) &&
		    !emit(context, &symbol))
			return;
	}
}

bool perf_map__read(int fd, const uint64_t *addresses, size_t count, process_symbol_fn emit,
		    void *context)
{
	struct perf_map map = { .addresses = addresses, .count = count };
	bool whole;

	map.lines = malloc((count + 1) * sizeof(*map.lines));
	if (!map.lines)
		return false;
	memset(map.lines, 0xff, count * sizeof(*map.lines));
	whole = perf_map__find_lines(&map, fd);
	perf_map__emit(&map, fd, emit, context);
	free(map.lines);
	return whole;
}

#define JITDUMP_MAGIC 0x4A695444u
#define JITDUMP_ARCH_TIME 1u /* flag: times are a counter's of the processor, not nanoseconds */
#define JITDUMP_LOAD 0u

struct jitdump_header {
	uint32_t magic, version, bytes, machine, reserved, pid;
	uint64_t time, flags;
};

struct jitdump_record {
	uint32_t kind, bytes;
	uint64_t time;
};

struct jitdump_load {
	uint32_t pid, tid;
	uint64_t virtual_address, address, length, index;
};

_Static_assert(sizeof(struct jitdump_header) == 40 && sizeof(struct jitdump_record) == 16 &&
		       sizeof(struct jitdump_load) == 40,
	       "as in the specification");

/* A JIT_CODE_LOAD at `offset`, of which the record's head is read. False: stop. */
static bool jitdump__load(int fd, uint64_t offset, const struct jitdump_record *record,
			  const uint64_t *addresses, size_t count, bool times_are_ns,
			  process_symbol_fn emit, void *context)
{
	char name[JITDUMP_NAME_BYTES];
	struct jitdump_load load;
	struct process_symbol symbol;
	uint64_t head = sizeof(*record) + sizeof(load);
	size_t first, wanted;
	ssize_t got;

	if (record->bytes <= head ||
	    read_at(fd, &load, sizeof(load), offset + sizeof(*record)) != sizeof(load))
		return false;
	first = addresses__first(addresses, count, load.address);
	if (first == count || addresses[first] - load.address >= load.length)
		return true;
	wanted = record->bytes - head < sizeof(name) ? (size_t)(record->bytes - head) : sizeof(name);
	got = read_at(fd, name, wanted, offset + head);
	if (got <= 0)
		return false;
	symbol = (struct process_symbol){ 0, times_are_ns ? record->time : 0, load.address,
					  load.length, name, strnlen(name, (size_t)got) };
	return !symbol.name_bytes || emit(context, &symbol);
}

bool jitdump__read(int fd, const uint64_t *addresses, size_t count, process_symbol_fn emit,
		   void *context)
{
	struct jitdump_header header;
	struct jitdump_record record;
	uint64_t offset;
	uint32_t loads = 0;

	if (read_at(fd, &header, sizeof(header), 0) != sizeof(header) ||
	    header.magic != JITDUMP_MAGIC || header.bytes < sizeof(header))
		return false;
	for (offset = header.bytes; offset < JITDUMP_BYTES_MAX; offset += record.bytes) {
		if (read_at(fd, &record, sizeof(record), offset) != sizeof(record))
			return true; /* so far it is written */
		if (record.bytes < sizeof(record))
			return false;
		if (record.kind != JITDUMP_LOAD)
			continue;
		if (loads++ == JITDUMP_LOADS_MAX ||
		    !jitdump__load(fd, offset, &record, addresses, count,
				   !(header.flags & JITDUMP_ARCH_TIME), emit, context))
			return false;
	}
	return false;
}

bool jitdump__is_path(const char *path)
{
	const char *name = strrchr(path, '/');
	size_t bytes = name ? strlen(++name) : 0;

	return bytes > 9 && !strncmp(name, "jit-", 4) && !strcmp(name + bytes - 5, ".dump");
}
