/* SPDX-License-Identifier: MIT */
/*
 * Opens what a recording is written to, by the rules in output.h, and says in a sentence why it
 * cannot. Everything that decides over somebody else's file is decided by open(2) itself or on the
 * descriptor, never by looking first.
 */
#define _GNU_SOURCE

#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool output__is_stdout(const char *path)
{
	return strcmp(path, "-") == 0;
}

const char *output__name(const char *path)
{
	return output__is_stdout(path) ? "stdout" : path;
}

static int output__explain(const char *path, int code, struct capture_error *error)
{
	if (code == EEXIST)
		return error__set(error, code,
				  "%s exists already. Choose another name with -o, or overwrite it with "
				  "--force.", path);
	if (code == ELOOP)
		return error__set(error, code,
				  "%s is a symbolic link, and recordings are not written through one. "
				  "Name the file it points to.", path);
	return error__set(error, code, "%s cannot be written: %s.", path, strerror(code));
}

static int output__stdout(struct capture_error *error)
{
	int fd;

	if (isatty(STDOUT_FILENO))
		return error__set(error, EINVAL,
				  "A recording is binary and stdout is a terminal. Send it into a file or "
				  "a pipe, or name a file with -o.");
	fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	return fd >= 0 ? fd : error__set(error, errno, "stdout cannot be written: %s.", strerror(errno));
}

/* Truncates only after looking: --force is for old recordings, not for devices and pipes. */
static int output__truncate(const char *path, int fd, struct capture_error *error)
{
	struct stat status;

	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
		return error__set(error, EINVAL,
				  "%s is not a regular file. Use -o - to write into a pipe.", path);
	if (ftruncate(fd, 0) < 0 || fchmod(fd, 0600) < 0)
		return output__explain(path, errno, error);
	return fd;
}

int output__open(const char *path, bool force, struct capture_error *error)
{
	int flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | (force ? O_NONBLOCK : O_EXCL);
	int fd, result;

	if (output__is_stdout(path))
		return output__stdout(error);
	fd = open(path, flags, 0600);
	if (fd < 0)
		return output__explain(path, errno, error);
	if (!force)
		return fd;
	result = output__truncate(path, fd, error);
	if (result < 0)
		close(fd);
	return result;
}

void output__close(int fd)
{
	if (fd >= 0)
		close(fd);
}

void output__discard(const char *path)
{
	if (!output__is_stdout(path))
		unlink(path);
}
