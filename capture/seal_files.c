/* SPDX-License-Identifier: MIT */
/* Files to be sealed: see seal_files.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "process_symbols.h"
#include "read_file.h"
#include "seal_files.h"

#define OBJECTS_MAX 65536u
#define PROCESS_SYMBOLS_MAX 65536u /* of one process and pass */

struct seal_file {
	struct seal_file *next_open;
	struct needed_owner owner;
	uint32_t kind;
	int fd; /* -1: closed, or never opened */
	bool is_reported;
	struct mapped_file file;
	struct object_sent sent;
	char path[];
};

void seal_files__init(struct seal_files *files, bool is_full, const struct seal_files_sink *sink)
{
	memset(files, 0, sizeof(*files));
	files->is_full = is_full;
	files->sink = *sink;
	files->open_end = &files->open_first;
	for (uint32_t i = 0; i < SEAL_PROCESSES_MAX; i++)
		files->processes[i].map_fd = files->processes[i].dump_fd = -1;
}

static void descriptor__close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void seal_process__close(struct seal_process *process)
{
	descriptor__close(&process->map_fd);
	descriptor__close(&process->dump_fd);
	process->pid = 0;
}

void seal_files__close(struct seal_files *files)
{
	for (uint32_t i = 0; i < files->capacity; i++) {
		struct seal_file *file = files->objects[i];

		if (!file)
			continue;
		descriptor__close(&file->fd);
		object_sent__close(&file->sent);
		free(file);
	}
	free(files->objects);
	for (uint32_t i = 0; i < SEAL_PROCESSES_MAX; i++)
		seal_process__close(&files->processes[i]);
}

static bool seal_files__grow(struct seal_files *files, uint32_t id)
{
	uint32_t capacity = files->capacity ? files->capacity : 256;
	struct seal_file **larger;

	while (capacity <= id && capacity < OBJECTS_MAX)
		capacity *= 2;
	if (capacity <= id)
		return false;
	larger = realloc(files->objects, capacity * sizeof(struct seal_file *));
	if (!larger)
		return false;
	memset(larger + files->capacity, 0,
	       (capacity - files->capacity) * sizeof(struct seal_file *));
	files->objects = larger;
	files->capacity = capacity;
	return true;
}

/* Of the object, as this process shows it. */
static struct seal_file *seal_files__make(struct seal_files *files, const struct needed_owner *owner,
					  uint32_t kind, const struct mapped_file *mapped)
{
	size_t path_bytes = strlen(mapped->path) + 1;
	uint32_t id = owner->object_id;
	struct seal_file *file;

	if (id >= files->capacity && !seal_files__grow(files, id))
		return NULL;
	file = files->objects[id];
	if (!file) {
		file = calloc(1, sizeof(*file) + path_bytes);
		if (!file)
			return NULL;
		file->fd = -1;
		file->kind = kind;
		memcpy(file->path, mapped->path, path_bytes);
		files->objects[id] = file;
	}
	file->owner = *owner;
	file->file = *mapped;
	file->file.path = file->path;
	return file;
}

/* Room for one more descriptor: the one that was opened first is closed. */
static void seal_files__make_room(struct seal_files *files)
{
	struct seal_file *oldest = files->open_first;

	if (files->open_count < SEAL_DESCRIPTORS_MAX)
		return;
	files->open_first = oldest->next_open;
	if (!files->open_first)
		files->open_end = &files->open_first;
	oldest->next_open = NULL;
	descriptor__close(&oldest->fd);
	files->open_count--;
}

static int seal_files__reopen(struct seal_files *files, struct seal_file *file)
{
	int fd;

	if (file->fd >= 0)
		return 0;
	seal_files__make_room(files);
	fd = file->kind == OFFCUT_OBJECT_KIND_VDSO ? vdso__open() : mapped_file__open(&file->file);
	if (fd < 0)
		return fd;
	file->fd = fd;
	*files->open_end = file;
	files->open_end = &file->next_open;
	files->open_count++;
	return 0;
}

int seal_files__open_object(struct seal_files *files, const struct needed_owner *owner,
			    uint32_t kind, const struct mapped_file *mapped)
{
	struct seal_file *file = seal_files__make(files, owner, kind, mapped);

	return file ? seal_files__reopen(files, file) : -ENOMEM;
}

/* "NStgid:\t4711\t1": the last number is the process's own idea of its pid. */
static uint32_t pid__in_namespace(uint32_t pid)
{
	char path[32], text[2048];
	char *line, *last;

	snprintf(path, sizeof(path), "/proc/%u/status", pid);
	if (read_file(AT_FDCWD, path, text, sizeof(text)) <= 0)
		return pid;
	line = strstr(text, "\nNStgid:");
	if (!line)
		return pid;
	line++;
	line[strcspn(line, "\n")] = '\0';
	last = strrchr(line, '\t');
	return last ? (uint32_t)strtoul(last + 1, NULL, 10) : pid;
}

/* Its own, in its own /tmp; or if it is gone, as its parent or this host sees that. */
static int perf_map__open(const struct seal_process *process)
{
	const uint32_t roots[] = { process->pid, process->parent_pid, 0 };
	char path[32];
	int fd = -ENOENT;

	snprintf(path, sizeof(path), "/tmp/perf-%u.map", process->name);
	for (size_t i = 0; fd < 0 && i < sizeof(roots) / sizeof(*roots); i++)
		if (roots[i] || i + 1 == sizeof(roots) / sizeof(*roots))
			fd = process_file__open(roots[i], path);
	return fd < 0 ? -1 : fd;
}

static void seal_process__open(struct seal_process *process)
{
	if (process->map_fd < 0)
		process->map_fd = perf_map__open(process);
	if (process->dump_fd < 0)
		process->dump_fd = mapped_jitdump__open(process->pid);
	if (process->dump_fd < 0)
		process->dump_fd = -1;
}

static struct seal_process *seal_files__process(struct seal_files *files, uint32_t pid)
{
	for (uint32_t i = 0; i < SEAL_PROCESSES_MAX; i++)
		if (files->processes[i].pid == pid)
			return &files->processes[i];
	return NULL;
}

void seal_files__open_process(struct seal_files *files, uint32_t pid, uint32_t parent_pid)
{
	struct seal_process *process = seal_files__process(files, pid);

	if (!process)
		process = &files->processes[files->processes_next++ % SEAL_PROCESSES_MAX];
	seal_process__close(process); /* of another process, or of an earlier one of this pid */
	process->pid = pid;
	process->parent_pid = parent_pid;
	process->name = pid__in_namespace(pid);
	seal_process__open(process);
}

/* The rows of one owner. */
struct group {
	const struct needed_address *rows;
	size_t count;
};

/* False: nobody wants more. */
static bool seal_files__seal_object(struct seal_files *files, const struct group *group)
{
	uint32_t id = group->rows[0].owner;
	struct seal_file *file = id < files->capacity ? files->objects[id] : NULL;
	struct seal_report report = { .owner = { .object_id = id } };
	struct object_seal seal = { .object = id, .is_full = files->is_full,
				    .needed = group->rows, .count = group->count };

	report.open_errno = file ? -seal_files__reopen(files, file) : ENOENT;
	if (!report.open_errno) {
		seal.fd = file->fd;
		report.sealed = object_seal__run(&seal, &file->sent, &files->sink.object);
	}
	return files->sink.report(files->sink.object.context, &report);
}

struct process_pass {
	struct seal_files *files;
	uint32_t pid, symbols;
};

static bool process_pass__take(void *context, const struct process_symbol *symbol)
{
	struct process_pass *pass = context;
	struct process_symbol found = *symbol;

	found.pid = pass->pid;
	if (found.name_bytes > OFFCUT_STRING_BYTES_MAX)
		found.name_bytes = OFFCUT_STRING_BYTES_MAX;
	return pass->symbols++ < PROCESS_SYMBOLS_MAX &&
	       pass->files->sink.process_symbol(pass->files->sink.object.context, &found);
}

/* The addresses of return addresses' calls too: see pass__find_addresses of object_seal.c. */
static size_t group__addresses(const struct group *group, uint64_t *addresses)
{
	size_t count = 0;

	for (size_t i = 0; i < group->count; i++) {
		uint64_t at = group->rows[i].at;

		if (at && (!count || addresses[count - 1] < at - 1))
			addresses[count++] = at - 1;
		if (!count || addresses[count - 1] < at)
			addresses[count++] = at;
	}
	return count;
}

static bool seal_files__seal_process(struct seal_files *files, const struct group *group)
{
	struct process_pass pass = { .files = files, .pid = group->rows[0].owner };
	struct seal_report report = { .owner = { .pid = pass.pid } };
	struct seal_process *process = seal_files__process(files, pass.pid);
	uint64_t *addresses = malloc(2 * group->count * sizeof(*addresses));
	size_t count;

	if (process)
		seal_process__open(process); /* it may have come later than the first stack */
	if (!addresses || !process || (process->map_fd < 0 && process->dump_fd < 0)) {
		free(addresses);
		report.open_errno = ENOENT;
		return files->sink.report(files->sink.object.context, &report);
	}
	count = group__addresses(group, addresses);
	if (process->map_fd >= 0 && !perf_map__read(process->map_fd, addresses, count,
						    process_pass__take, &pass))
		report.sealed.is_damaged = true;
	if (process->dump_fd >= 0 && !jitdump__read(process->dump_fd, addresses, count,
						    process_pass__take, &pass))
		report.sealed.is_damaged = true;
	free(addresses);
	report.sealed.symbols = pass.symbols;
	return files->sink.report(files->sink.object.context, &report);
}

static int group__compare(const void *a, const void *b)
{
	const struct group *left = a, *right = b;

	if (left->count != right->count)
		return left->count > right->count ? -1 : 1;
	return left->rows < right->rows ? -1 : left->rows > right->rows;
}

void seal_files__pass(struct seal_files *files, const struct needed_address *rows, size_t count)
{
	size_t groups_count = 0;
	struct group *groups;

	for (size_t at = 0; at < count; at = needed_code__owner_end(rows, at, count))
		groups_count++;
	groups = malloc((groups_count + 1) * sizeof(*groups));
	if (!groups)
		return;
	groups_count = 0;
	for (size_t at = 0, end; at < count; at = end) {
		end = needed_code__owner_end(rows, at, count);
		groups[groups_count++] = (struct group){ rows + at, end - at };
	}
	qsort(groups, groups_count, sizeof(*groups), group__compare);
	for (size_t i = 0; i < groups_count; i++)
		if (!(groups[i].rows->is_in_process
			      ? seal_files__seal_process(files, &groups[i])
			      : seal_files__seal_object(files, &groups[i])))
			break;
	free(groups);
}
