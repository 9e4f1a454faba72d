/* SPDX-License-Identifier: MIT */
/*
 * Files by way of a mapping: see mapped_file.h. First the mapping itself, which is right whatever
 * has become of the path; then the path as the process, its parent and this host see it. What opens
 * must be the file that was mapped: a path is a name, not an identity.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "mapped_file.h"
#include "maps_line.h"
#include "process_symbols.h"
#include "read_file.h"

#define VDSO_BYTES_MAX 65536u /* it has two pages today */

/* Looked at first, by a descriptor that opens nothing: opening a device can do things. */
static int regular__open(const char *path, int flags)
{
	char link[32];
	struct stat status;
	int fd, place = open(path, O_PATH | O_CLOEXEC | flags);

	if (place < 0)
		return -errno;
	if (fstat(place, &status) || !S_ISREG(status.st_mode)) {
		close(place);
		return -ESTALE;
	}
	snprintf(link, sizeof(link), "/proc/self/fd/%d", place);
	fd = open(link, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		fd = -errno;
	close(place);
	return fd;
}

int process_file__open(uint32_t pid, const char *path)
{
	char below_root[PATH_MAX + 32];

	if (*path != '/')
		return -ENOENT; /* a name the kernel made up */
	if (!pid)
		return regular__open(path, O_NOFOLLOW);
	snprintf(below_root, sizeof(below_root), "/proc/%u/root%s", pid, path);
	return regular__open(below_root, O_NOFOLLOW);
}

/* Device numbers differ between a mapping and stat on file systems that are layers of others. */
static bool mapped_file__is(const struct mapped_file *file, int fd, bool by_mapping)
{
	struct build_id build_id;
	struct stat status;

	if (file->build_id.length) {
		build_id = build_id__of_elf_file(fd);
		return build_id.length == file->build_id.length &&
		       !memcmp(build_id.bytes, file->build_id.bytes, build_id.length);
	}
	if (fstat(fd, &status) || status.st_ino != file->inode)
		return false;
	return by_mapping || file->device == ((uint64_t)major(status.st_dev) << 20 |
					      minor(status.st_dev));
}

static int mapped_file__accept(const struct mapped_file *file, int fd, bool by_mapping)
{
	if (fd < 0 || mapped_file__is(file, fd, by_mapping))
		return fd;
	close(fd);
	return -ESTALE;
}

/* Does this mapping hold the address, or, without one, a jitdump? */
static bool mapping__is_wanted(const struct maps_line *line, uint64_t address)
{
	if (!line->inode)
		return false;
	if (!address)
		return line->is_executable && jitdump__is_path(line->name);
	return line->start <= address && address < line->end;
}

/*
 * By a mapping that there is now: where it begins and ends is the name of the link. If it is another
 * file's by now, accept says so.
 */
static int mapping__open(uint32_t pid, uint64_t address)
{
	struct line_reader *reader = malloc(sizeof(*reader));
	struct maps_line line;
	const char *text;
	char path[96];
	int fd = -ENOENT;

	snprintf(path, sizeof(path), "/proc/%u/maps", pid);
	if (!reader || line_reader__open(reader, AT_FDCWD, path)) {
		free(reader);
		return -ENOENT;
	}
	while (fd == -ENOENT && (text = line_reader__next(reader))) {
		if (!maps_line__parse(&line, text) || !mapping__is_wanted(&line, address))
			continue;
		snprintf(path, sizeof(path), "/proc/%u/map_files/%llx-%llx", pid,
			 (unsigned long long)line.start, (unsigned long long)line.end);
		fd = regular__open(path, 0);
		if (fd < 0 && !address) /* the link takes privileges that the path does not */
			fd = process_file__open(pid, line.name);
	}
	line_reader__close(reader);
	free(reader);
	return fd;
}

int mapped_jitdump__open(uint32_t pid)
{
	return mapping__open(pid, 0);
}

int mapped_file__open(const struct mapped_file *file)
{
	const uint32_t roots[] = { file->pid, file->parent_pid, 0 };
	int fd = -ENOENT, result = -ENOENT;

	if (file->pid && file->address)
		fd = mapped_file__accept(file, mapping__open(file->pid, file->address), true);
	for (size_t i = 0; fd < 0 && i < sizeof(roots) / sizeof(*roots); i++) {
		if (i + 1 < sizeof(roots) / sizeof(*roots) && !roots[i])
			continue;
		result = fd == -ENOENT ? result : fd;
		fd = mapped_file__accept(file, process_file__open(roots[i], file->path), false);
	}
	return fd >= 0 || fd != -ENOENT ? fd : result;
}

/* The kernel reads it for us, up to where nothing is mapped any more, and faults in our stead. */
int vdso__open(void)
{
	const void *image = (const void *)getauxval(AT_SYSINFO_EHDR);
	int fd;

	if (!image)
		return -ENOENT;
	fd = memfd_create("vdso", MFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, image, VDSO_BYTES_MAX) > 0)
		return fd;
	close(fd);
	return -EFAULT;
}
