/* SPDX-License-Identifier: MIT */
/* See cgroups.h. An id that cannot be opened is of a group that is gone: asked for once. */
#define _GNU_SOURCE

#include "cgroups.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "read_file.h"

#define FILEID_KERNFS 0xfe /* of include/linux/exportfs.h: the handle is the id */

/* "32 25 0:28 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw": root, mount point. */
static bool mount__parse(struct cgroups *cgroups, char *line)
{
	char *fields[5], *at = line;

	if (!strstr(line, " - cgroup2 "))
		return false;
	for (int i = 0; i < 5; i++) {
		fields[i] = strsep(&at, " ");
		if (!at)
			return false;
	}
	if (strlen(fields[3]) >= CGROUP_PATH_BYTES || strlen(fields[4]) >= CGROUP_PATH_BYTES)
		return false;
	strcpy(cgroups->root, strcmp(fields[3], "/") ? fields[3] : "");
	strcpy(cgroups->mount, fields[4]);
	return true;
}

void cgroups__open(struct cgroups *cgroups)
{
	static struct line_reader reader; /* large; only one recording begins at a time */
	char *line;

	cgroups->fd = -1;
	if (line_reader__open(&reader, AT_FDCWD, "/proc/self/mountinfo"))
		return;
	while (cgroups->fd < 0 && (line = line_reader__next(&reader)))
		if (mount__parse(cgroups, line))
			cgroups->fd = open(cgroups->mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	line_reader__close(&reader);
}

void cgroups__close(struct cgroups *cgroups)
{
	if (cgroups->fd >= 0)
		close(cgroups->fd);
	cgroups->fd = -1;
}

uint64_t cgroups__id(const struct cgroups *cgroups, const char *path)
{
	size_t root_bytes = strlen(cgroups->root);
	struct stat status;

	if (cgroups->fd < 0 || strncmp(path, cgroups->root, root_bytes))
		return 0;
	path += root_bytes;
	path += *path == '/';
	return fstatat(cgroups->fd, *path ? path : ".", &status, 0) ? 0 : status.st_ino;
}

/* Where the descriptor leads, below the mount point; its length, 0 if that is not to be had. */
static size_t path__of(const struct cgroups *cgroups, int fd, char path[2 * CGROUP_PATH_BYTES])
{
	char link[32], target[CGROUP_PATH_BYTES];
	size_t mount_bytes = strlen(cgroups->mount);
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, target, sizeof(target) - 1);
	if (length < (ssize_t)mount_bytes)
		return 0;
	target[length] = '\0';
	if (strncmp(target, cgroups->mount, mount_bytes))
		return 0;
	snprintf(path, 2 * CGROUP_PATH_BYTES, "%s%s", cgroups->root, target + mount_bytes);
	if (!*path)
		strcpy(path, "/");
	return strlen(path);
}

static void cgroup__define(const struct cgroups *cgroups, struct encoder *encoder, uint64_t id)
{
	struct {
		struct file_handle handle;
		uint64_t id;
	} by_id = { { .handle_bytes = sizeof(id), .handle_type = FILEID_KERNFS }, id };
	char path[2 * CGROUP_PATH_BYTES];
	size_t length;
	int fd;

	_Static_assert(offsetof(struct file_handle, f_handle) == sizeof(struct file_handle),
		       "the id is where the handle's bytes are");
	fd = open_by_handle_at(cgroups->fd, &by_id.handle, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	length = path__of(cgroups, fd, path);
	close(fd);
	if (length)
		encoder__cgroup(encoder, id, path, length);
}

void cgroups__resolve(const struct cgroups *cgroups, struct encoder *encoder)
{
	uint64_t id;

	while ((id = encoder__next_cgroup(encoder)))
		if (cgroups->fd >= 0)
			cgroup__define(cgroups, encoder, id);
}
