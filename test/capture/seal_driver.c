/* SPDX-License-Identifier: MIT */
/*
 * Drives what sealing reads files with, without a recorder: an ELF file, a perf map or a jitdump, and
 * hexadecimal offsets or addresses from standard input, one a line. Prints what would be sealed, one
 * finding a line; bytes in hexadecimal. Built with the compiler's checks of every access, for the
 * files are hostile.
 *
 *   seal_driver needed|full|twice|map|dump FILE     twice: the odd addresses first, then all
 *   seal_driver code                                 "OBJECT OFFSET PID ADDRESS" a line
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "needed_code.h"
#include "object_seal.h"
#include "process_symbols.h"

static bool print_part(void *context, const struct section_part *part)
{
	(void)context;
	printf("part %u %u %" PRIx64 " %u %u ", part->object, part->kind, part->address, part->total,
	       part->offset);
	for (uint32_t i = 0; i < part->length; i++)
		printf("%02x", part->bytes[i]);
	putchar('\n');
	return true;
}

static bool print_symbol(void *context, const struct object_symbol *symbol)
{
	(void)context;
	printf("symbol %u %" PRIx64 " %" PRIx64 " %.*s\n", symbol->source, symbol->address,
	       symbol->length, (int)symbol->name_bytes, symbol->name);
	return true;
}

static bool print_process_symbol(void *context, const struct process_symbol *symbol)
{
	(void)context;
	printf("symbol %" PRIu64 " %" PRIx64 " %" PRIx64 " %.*s\n", symbol->time_ns, symbol->address,
	       symbol->length, (int)symbol->name_bytes, symbol->name);
	return true;
}

static struct needed_code code;

static void read_addresses(bool in_process)
{
	char line[64];

	while (fgets(line, sizeof(line), stdin)) {
		uint64_t at = strtoull(line, NULL, 16);

		needed_code__add(&code, in_process ? 0 : 1, at, 7, at);
	}
}

static void seal(int fd, bool is_full, const struct needed_address *rows, size_t count,
		 struct object_sent *sent)
{
	const struct seal_sink sink = { NULL, print_part, print_symbol };
	const struct object_seal object = { 1, fd, is_full, rows, count };
	struct object_sealed sealed = object_seal__run(&object, sent, &sink);

	printf("sealed %u %d %d %" PRIu64 " %u\n", sealed.status, sealed.is_damaged, sealed.is_cut,
	       sealed.section_bytes, sealed.symbols);
}

static void seal_object(int fd, const char *how, const struct needed_address *rows, size_t count)
{
	struct needed_address *odd = malloc((count + 1) * sizeof(*odd));
	struct object_sent sent = { 0 };
	size_t odd_count = 0;

	for (size_t i = 0; i < count; i++)
		if (rows[i].at & 1)
			odd[odd_count++] = rows[i];
	if (!strcmp(how, "twice"))
		seal(fd, false, odd, odd_count, &sent);
	seal(fd, !strcmp(how, "full"), rows, count, &sent);
	object_sent__close(&sent);
	free(odd);
}

static void read_process(int fd, bool is_map, const struct needed_address *rows, size_t count)
{
	uint64_t *addresses = malloc((count + 1) * sizeof(*addresses));
	bool whole;

	for (size_t i = 0; i < count; i++)
		addresses[i] = rows[i].at;
	whole = is_map ? perf_map__read(fd, addresses, count, print_process_symbol, NULL)
		       : jitdump__read(fd, addresses, count, print_process_symbol, NULL);
	printf("read %d\n", whole);
	free(addresses);
}

/* What the set makes of additions: rows, owners, refusals. */
static int check_code(void)
{
	struct needed_address *rows;
	struct needed_owner owner;
	char line[128];
	size_t count;

	while (fgets(line, sizeof(line), stdin)) {
		uint32_t object, pid;
		uint64_t offset, address;

		if (sscanf(line, "%" SCNu32 " %" SCNx64 " %" SCNu32 " %" SCNx64, &object, &offset, &pid,
			   &address) == 4)
			needed_code__add(&code, object, offset, pid, address);
	}
	while (needed_code__next_owner(&code, &owner))
		printf("owner %u %u %" PRIx64 "\n", owner.object_id, owner.pid, owner.address);
	for (int processes = 0; processes < 2; processes++) {
		count = needed_code__rows(&code, processes, &rows);
		for (size_t i = 0; i < count; i++)
			printf("row %u %u %" PRIx64 "\n", rows[i].is_in_process, rows[i].owner,
			       rows[i].at);
		free(rows);
	}
	printf("refused %" PRIu64 "\n", code.refused);
	return 0;
}

int main(int argc, char **argv)
{
	bool is_code = argc == 2 && !strcmp(argv[1], "code");
	struct needed_address *rows;
	size_t count;
	bool is_map, in_process;
	int fd;

	if (needed_code__open(&code, 1) || (argc != 3 && !is_code)) {
		fprintf(stderr, "usage: seal_driver needed|full|twice|map|dump FILE < OFFSETS\n");
		return 2;
	}
	if (is_code)
		return check_code();
	fd = open(argv[2], O_RDONLY);
	if (fd < 0) {
		perror(argv[2]);
		return 1;
	}
	is_map = !strcmp(argv[1], "map");
	in_process = is_map || !strcmp(argv[1], "dump");
	read_addresses(in_process);
	count = needed_code__rows(&code, true, &rows);
	if (in_process)
		read_process(fd, is_map, rows, count);
	else
		seal_object(fd, argv[1], rows, count);
	free(rows);
	needed_code__close(&code);
	close(fd);
	return 0;
}
