/* SPDX-License-Identifier: MIT */
/*
 * Facts of the host: see meta.h. Whatever cannot be read is left out: no recording fails for want
 * of a distribution's name.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "build_id.h"
#include "meta.h"
#include "read_file.h"

#define VALUE_BYTES 256

static void meta__add(struct block *block, const char *key, const char *value, uint64_t time_ns)
{
	size_t key_bytes = strlen(key), value_bytes = strlen(value);

	if (value_bytes > OFFCUT_STRING_BYTES_MAX)
		value_bytes = OFFCUT_STRING_BYTES_MAX;
	block__unsigned(block, OFFCUT_META_COLUMN_KEY_LENGTH, key_bytes);
	block__bytes(block, OFFCUT_META_COLUMN_KEY, key, key_bytes);
	block__unsigned(block, OFFCUT_META_COLUMN_VALUE_LENGTH, value_bytes);
	block__bytes(block, OFFCUT_META_COLUMN_VALUE, value, value_bytes);
	block__add_record(block, time_ns);
}

/* PRETTY_NAME="Debian GNU/Linux 12 (bookworm)" */
static void meta__add_os(struct block *block, uint64_t time_ns)
{
	char text[4096];
	char *name, *end;

	if (read_file(AT_FDCWD, "/etc/os-release", text, sizeof(text)) <= 0)
		return;
	name = strstr(text, "PRETTY_NAME=");
	if (!name)
		return;
	name += strlen("PRETTY_NAME=");
	name += *name == '"';
	end = name + strcspn(name, "\"\n");
	*end = '\0';
	meta__add(block, "os", name, time_ns);
}

static void meta__add_kernel_build_id(struct block *block, uint64_t time_ns)
{
	struct build_id id = build_id__of_notes_file("/sys/kernel/notes");
	char text[2 * sizeof(id.bytes) + 1] = "";

	for (uint32_t i = 0; i < id.length; i++)
		snprintf(text + 2 * i, 3, "%02x", id.bytes[i]);
	if (id.length)
		meta__add(block, "kernelBuildId", text, time_ns);
}

static void meta__add_host(struct block *block, uint64_t time_ns)
{
	char text[VALUE_BYTES];
	struct utsname host;
	time_t now = time(NULL);
	struct tm local;

	if (!uname(&host)) {
		meta__add(block, "host", host.nodename, time_ns);
		meta__add(block, "kernel", host.release, time_ns);
		meta__add(block, "machine", host.machine, time_ns);
	}
	meta__add_os(block, time_ns);
	if (localtime_r(&now, &local)) {
		snprintf(text, sizeof(text), "%ld", local.tm_gmtoff / 60);
		meta__add(block, "timezone", text, time_ns);
	}
	meta__add_kernel_build_id(block, time_ns);
	snprintf(text, sizeof(text), "%ld", sysconf(_SC_NPROCESSORS_ONLN));
	meta__add(block, "cpusOnline", text, time_ns);
	snprintf(text, sizeof(text), "%llu",
		 (unsigned long long)sysconf(_SC_PHYS_PAGES) *
			 (unsigned long long)sysconf(_SC_PAGESIZE));
	meta__add(block, "memoryBytes", text, time_ns);
}

bool meta__write(struct block_writer *writer, struct chunk_pool *pool,
		 const struct meta_entry *entries, size_t count, uint64_t time_ns)
{
	struct block block;
	bool written;

	block__init(&block, pool, OFFCUT_BLOCK_TYPE_META, OFFCUT_CPU_NONE, OFFCUT_META_COLUMNS);
	for (size_t i = 0; i < count; i++)
		if (entries[i].value)
			meta__add(&block, entries[i].key, entries[i].value, time_ns);
	meta__add_host(&block, time_ns);
	written = block_writer__write(writer, &block);
	block__reset(&block);
	return written;
}

/* "5c5af6b1-7f2c-4f0c-..." to 16 bytes; zeros when it is anything else. */
static void meta__boot_id(uint8_t boot_id[16])
{
	char text[64];
	size_t digits = 0;

	memset(boot_id, 0, 16);
	if (read_file(AT_FDCWD, "/proc/sys/kernel/random/boot_id", text, sizeof(text)) <= 0)
		return;
	for (const char *at = text; *at && digits < 32; at++) {
		const char *digit = strchr("0123456789abcdef", tolower(*at));

		if (digit) {
			boot_id[digits / 2] |=
				(uint8_t)((digit - "0123456789abcdef") << (digits % 2 ? 0 : 4));
			digits++;
		}
	}
	if (digits != 32)
		memset(boot_id, 0, 16);
}

void meta__file_header(struct offcut_file_header *header)
{
	header->magic = OFFCUT_FILE_MAGIC;
	header->version_major = OFFCUT_VERSION_MAJOR;
	header->version_minor = OFFCUT_VERSION_MINOR;
	header->header_bytes = sizeof(*header);
#if defined(__x86_64__)
	header->arch = OFFCUT_ARCH_X86_64;
#elif defined(__aarch64__)
	header->arch = OFFCUT_ARCH_AARCH64;
#else
#error "recordings know x86-64 and aarch64"
#endif
	header->page_bytes = (uint32_t)sysconf(_SC_PAGESIZE);
	meta__boot_id(header->boot_id);
}
