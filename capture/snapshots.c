/* SPDX-License-Identifier: MIT */
/*
 * Sleeping threads, asked where they are: see snapshots.h. The iterator is read like a file.
 */
#define _GNU_SOURCE
#include "snapshots.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/types.h>

#include "../bpf/events.h"
#include "snapshot.lskel.h"

/* Each takes some 25 us, and meanwhile nobody empties the ring: a tenth of a second. */
#define SNAPSHOT_THREADS_MAX 4096
#define BUFFER_BYTES (64u << 10) /* more than the iterator gives at once where pages have 4 KB */
#define LOAD_TRIES 10

struct snapshots {
	struct snapshot_bpf *skeleton;
	struct capture_config config;
	uint8_t *buffer;
	size_t used; /* bytes in the buffer that are not handed on yet */
};

static void snapshots__configure(struct snapshots *snapshots)
{
	const struct capture_config *config = &snapshots->config;
	struct snapshot_bpf *skeleton = snapshots->skeleton;
	uint32_t bytes = config->stack_bytes;

	skeleton->rodata->stacks = config->stacks;
	skeleton->rodata->stack_bytes =
		bytes < SNAPSHOT_STACK_BYTES_MAX ? bytes : SNAPSHOT_STACK_BYTES_MAX;
	skeleton->rodata->exact_stacks = config->exact_stacks;
	skeleton->rodata->threads_max = SNAPSHOT_THREADS_MAX;
	skeleton->rodata->filter_pids = config->pids.count || (config->command && !config->whole_host);
	skeleton->rodata->filter_tids = config->tids.count != 0;
	skeleton->rodata->filter_user = config->user_only;
	skeleton->rodata->filter_kernel = config->kernel_only;
	skeleton->rodata->filter_follow = config->follow;
}

/* The kernel gives up verifying when a signal comes, and wants to be asked again. */
static int snapshots__load(struct snapshots *snapshots)
{
	int result = -EAGAIN;

	for (int i = 0; i < LOAD_TRIES && result == -EAGAIN; i++) {
		if (snapshots->skeleton)
			snapshot_bpf__destroy(snapshots->skeleton);
		snapshots->skeleton = snapshot_bpf__open();
		if (!snapshots->skeleton)
			return -ENOMEM;
		snapshots__configure(snapshots);
		result = snapshot_bpf__load(snapshots->skeleton);
	}
	return result;
}

static int id_set__add(int map_fd, uint32_t id)
{
	uint8_t value = 1;

	return skel_map_update_elem(map_fd, &id, &value, BPF_ANY) < 0 ? -errno : 0;
}

int snapshots__add_pid(struct snapshots *snapshots, uint32_t pid)
{
	return id_set__add(snapshots->skeleton->maps.pids.map_fd, pid);
}

static int snapshots__fill_filters(struct snapshots *snapshots)
{
	const struct capture_config *config = &snapshots->config;
	int result = 0;

	for (size_t i = 0; i < config->pids.count && !result; i++)
		result = snapshots__add_pid(snapshots, config->pids.ids[i]);
	for (size_t i = 0; i < config->tids.count && !result; i++)
		result = id_set__add(snapshots->skeleton->maps.tids.map_fd, config->tids.ids[i]);
	return result;
}

/* Whole stacks of processes pass through it: kept out of core dumps, and zeroed after each use. */
static uint8_t *buffer__open(void)
{
	void *memory = mmap(NULL, BUFFER_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			    -1, 0);

	if (memory == MAP_FAILED)
		return NULL;
	madvise(memory, BUFFER_BYTES, MADV_DONTDUMP);
	return memory;
}

/* For as long as it is read only: it is attached to nothing that happens. */
static int snapshots__attach(struct snapshots *snapshots)
{
	return snapshot_bpf__ask_thread__attach(snapshots->skeleton) < 0 ? -errno : 0;
}

static void snapshots__detach(struct snapshots *snapshots)
{
	int *fd = snapshots->skeleton ? &snapshots->skeleton->links.ask_thread_fd : NULL;

	if (fd && *fd > 0)
		close(*fd);
	if (fd)
		*fd = 0;
}

int snapshots__open(struct snapshots **out, const struct capture_config *config)
{
	struct snapshots *snapshots = calloc(1, sizeof(*snapshots));
	int result;

	if (!snapshots)
		return -ENOMEM;
	snapshots->config = *config;
	snapshots->buffer = buffer__open();
	result = snapshots->buffer ? snapshots__load(snapshots) : -ENOMEM;
	if (!result)
		result = snapshots__fill_filters(snapshots);
	if (!result)
		result = snapshots__attach(snapshots);
	snapshots__detach(snapshots);
	if (result) {
		snapshots__close(snapshots);
		return result;
	}
	*out = snapshots;
	return 0;
}

void snapshots__close(struct snapshots *snapshots)
{
	if (!snapshots)
		return;
	if (snapshots->skeleton)
		snapshot_bpf__destroy(snapshots->skeleton);
	if (snapshots->buffer)
		munmap(snapshots->buffer, BUFFER_BYTES);
	free(snapshots);
}

/* A file to read one run from. */
static int snapshots__run(struct snapshots *snapshots)
{
	union bpf_attr attributes;

	if (snapshots__attach(snapshots))
		return -1;
	memset(&attributes, 0, sizeof(attributes));
	attributes.iter_create.link_fd = (uint32_t)snapshots->skeleton->links.ask_thread_fd;
	return (int)syscall(__NR_bpf, BPF_ITER_CREATE, &attributes, sizeof(attributes.iter_create));
}

/* Hands on the whole messages in the buffer, and keeps the beginning of the next. */
static void snapshots__deliver(struct snapshots *snapshots, snapshot_deliver_fn deliver,
			       void *context)
{
	const struct snapshot_part *part;
	size_t at = 0;

	while (snapshots->used - at >= sizeof(*part)) {
		part = (const void *)(snapshots->buffer + at);
		if (part->bytes > snapshots->used - at - sizeof(*part))
			break;
		deliver(context, part + 1, part->bytes);
		at += sizeof(*part) + part->bytes;
	}
	memmove(snapshots->buffer, snapshots->buffer + at, snapshots->used - at);
	explicit_bzero(snapshots->buffer + snapshots->used - at, at);
	snapshots->used -= at;
}

uint64_t snapshots__take(struct snapshots *snapshots, snapshot_deliver_fn deliver, void *context)
{
	int fd = snapshots__run(snapshots);
	ssize_t bytes = fd < 0 ? -1 : 1;

	snapshots->skeleton->bss->threads_asked = 0;
	snapshots->skeleton->bss->threads_refused = 0;
	snapshots->used = 0;
	while (bytes > 0 && snapshots->used < BUFFER_BYTES) {
		bytes = read(fd, snapshots->buffer + snapshots->used, BUFFER_BYTES - snapshots->used);
		if (bytes < 0 && (errno == EAGAIN || errno == EINTR)) {
			bytes = 1; /* after many threads that gave nothing it asks to be asked again */
			continue;
		}
		if (bytes <= 0)
			break;
		snapshots->used += (size_t)bytes;
		snapshots__deliver(snapshots, deliver, context);
	}
	explicit_bzero(snapshots->buffer, snapshots->used);
	if (fd >= 0)
		close(fd);
	snapshots__detach(snapshots);
	return snapshots->skeleton->bss->threads_refused;
}
