/* SPDX-License-Identifier: MIT */
/*
 * Executable mappings of a process: see proc_maps.h. Two ways to the same rows: the ioctl, and the
 * text with the build ids fetched from the files.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "maps_line.h"
#include "proc_maps.h"
#include "procmap_query.h"
#include "read_file.h"

#define MAPPINGS_MAX 65536      /* executable ones of a process; a JIT may have many */
#define ANONYMOUS_NAME "//anon" /* as perf names it */

void proc_maps__init(struct proc_maps *maps)
{
	memset(maps, 0, sizeof(*maps));
	maps->vdso = build_id__of_vdso();
}

static uint32_t object_kind(const char *name)
{
	if (!strcmp(name, "[vdso]"))
		return OFFCUT_OBJECT_KIND_VDSO;
	if (!*name || *name == '[' || !strcmp(name, ANONYMOUS_NAME))
		return OFFCUT_OBJECT_KIND_ANONYMOUS;
	return OFFCUT_OBJECT_KIND_FILE;
}

uint32_t proc_maps__object(struct proc_maps *maps, struct encoder *encoder, const char *name,
			   uint64_t device, uint64_t inode, const struct build_id *build_id)
{
	struct object object = { .kind = object_kind(name) };

	if (!*name)
		name = ANONYMOUS_NAME;
	object.path = encoder__string(encoder, name, strlen(name));
	object.name = name;
	if (object.kind == OFFCUT_OBJECT_KIND_VDSO) {
		object.build_id = maps->vdso;
	} else if (object.kind == OFFCUT_OBJECT_KIND_FILE) {
		object.device = device;
		object.inode = inode;
		object.build_id = *build_id;
	}
	return encoder__object(encoder, &object);
}

/* False when the kernel does not know the question. */
static bool proc_maps__query(struct proc_maps *maps, struct encoder *encoder, int directory,
			     uint32_t pid, uint64_t time_ns)
{
	int fd = openat(directory, "maps", O_RDONLY | O_CLOEXEC);
	char name[PATH_MAX];
	struct build_id build_id;
	struct procmap_query query = { 0 };
	struct mapping mapping = { .time_ns = time_ns, .pid = pid };
	bool is_known = true;

	if (fd < 0)
		return true; /* gone, or not ours to see */
	for (uint32_t i = 0; i < MAPPINGS_MAX; i++) {
		query.size = sizeof(query);
		query.query_flags = PROCMAP_EXECUTABLE | PROCMAP_COVERING_OR_NEXT;
		query.query_addr = query.vma_end;
		query.vma_name_addr = (__u64)(uintptr_t)name;
		query.vma_name_size = sizeof(name);
		query.build_id_addr = (__u64)(uintptr_t)build_id.bytes;
		query.build_id_size = sizeof(build_id.bytes);
		if (ioctl(fd, PROCMAP_QUERY_IOCTL, &query)) {
			is_known = errno != ENOTTY && errno != EINVAL;
			break;
		}
		build_id.length = query.build_id_size;
		if (!query.vma_name_size)
			name[0] = '\0';
		mapping.start = query.vma_start;
		mapping.length = query.vma_end - query.vma_start;
		mapping.file_offset = query.vma_offset;
		mapping.object = proc_maps__object(
			maps, encoder, name, (uint64_t)query.dev_major << 20 | query.dev_minor,
			query.inode, &build_id);
		encoder__mapping(encoder, &mapping);
	}
	close(fd);
	return is_known;
}

/* Opened by way of the mapping itself: right in any mount namespace and for deleted files. */
static int open_mapped_file(int directory, const struct maps_line *line)
{
	char path[PATH_MAX + 8];
	struct stat status;
	int fd;

	snprintf(path, sizeof(path), "map_files/%llx-%llx", (unsigned long long)line->start,
		 (unsigned long long)line->end);
	fd = openat(directory, path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		return fd;
	/* That takes privileges; the path may by now name another file, so look at what opened. */
	snprintf(path, sizeof(path), "root%s", line->name);
	fd = openat(directory, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -1;
	if (fstat(fd, &status) || !S_ISREG(status.st_mode) || status.st_ino != line->inode ||
	    ((uint64_t)major(status.st_dev) << 20 | minor(status.st_dev)) != line->device) {
		close(fd);
		return -1;
	}
	return fd;
}

static struct build_id proc_maps__build_id(struct proc_maps *maps, int directory,
					   const struct maps_line *line)
{
	struct build_id_cache_slot *slot =
		&maps->cache[(line->inode * 31 + line->device) % BUILD_ID_CACHE_SLOTS];
	int fd;

	if (slot->inode == line->inode && slot->device == line->device)
		return slot->build_id;
	fd = open_mapped_file(directory, line);
	if (fd < 0)
		return (struct build_id){ 0 };
	*slot = (struct build_id_cache_slot){ line->device, line->inode,
					      build_id__of_elf_file(fd) };
	close(fd);
	return slot->build_id;
}

static void proc_maps__line(struct proc_maps *maps, struct encoder *encoder, int directory,
			    uint32_t pid, uint64_t time_ns, const char *text)
{
	struct mapping mapping = { .time_ns = time_ns, .pid = pid };
	struct build_id build_id = { 0 };
	struct maps_line line;

	/* [vsyscall] is in every process and never on a stack: calls into it trap. */
	if (!maps_line__parse(&line, text) || !line.is_executable ||
	    !strcmp(line.name, "[vsyscall]"))
		return;
	if (line.inode && *line.name == '/')
		build_id = proc_maps__build_id(maps, directory, &line);
	mapping.start = line.start;
	mapping.length = line.end - line.start;
	mapping.file_offset = line.file_offset;
	mapping.object =
		proc_maps__object(maps, encoder, line.name, line.device, line.inode, &build_id);
	encoder__mapping(encoder, &mapping);
}

static void proc_maps__read_text(struct proc_maps *maps, struct encoder *encoder, int directory,
				 uint32_t pid, uint64_t time_ns)
{
	struct line_reader *reader = malloc(sizeof(*reader));
	const char *line;

	if (reader && !line_reader__open(reader, directory, "maps")) {
		while ((line = line_reader__next(reader)))
			proc_maps__line(maps, encoder, directory, pid, time_ns, line);
		line_reader__close(reader);
	}
	free(reader);
}

void proc_maps__read(struct proc_maps *maps, struct encoder *encoder, int directory, uint32_t pid,
		     uint64_t time_ns)
{
	if (!maps->lacks_query)
		maps->lacks_query = !proc_maps__query(maps, encoder, directory, pid, time_ns);
	if (maps->lacks_query)
		proc_maps__read_text(maps, encoder, directory, pid, time_ns);
}
