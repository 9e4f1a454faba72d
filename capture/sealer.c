/* SPDX-License-Identifier: MIT */
/*
 * The sealing thread: see sealer.h. Two lists under one lock: requests to the thread, results from
 * it. The files themselves are the thread's alone, in seal_files.c.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "sealer.h"

#define REQUESTS_MAX 4096u
#define RESULTS_BYTES_MAX (8u << 20) /* beyond it the thread waits until some are taken */
#define STACK_BYTES (256u << 10)
#define LOWEST_NICE 19
#define IO_WHO_PROCESS 1 /* ioprio_set(2), for which there is no header */
#define IO_IDLE (3 << 13)
#define CLOSE_NS_MAX 1000000000ull

enum request_kind { REQUEST_OPEN_OBJECT, REQUEST_OPEN_PROCESS, REQUEST_PASS };

struct request {
	struct request *next;
	enum request_kind kind;
	struct needed_owner owner;
	uint32_t object_kind, parent_pid;
	struct mapped_file file; /* its path is behind */
	struct needed_address *rows;
	size_t count;
	char path[];
};

struct sealer {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct request *requests, **requests_end;
	uint32_t requests_count;
	struct seal_result *results, **results_end;
	size_t results_bytes;
	bool is_closing, has_ended;
	struct seal_files files; /* the thread's */
};

static struct timespec timespec__of_ns(uint64_t ns)
{
	return (struct timespec){ (time_t)(ns / 1000000000ull), (long)(ns % 1000000000ull) };
}

static uint64_t monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

/* False once nobody wants results any more. */
static bool sealer__put(struct sealer *sealer, const struct seal_result *result, const void *bytes,
			size_t length)
{
	struct seal_result *put = malloc(sizeof(*put) + length);

	if (!put)
		return false;
	*put = *result;
	put->next = NULL;
	if (length)
		memcpy(put->bytes, bytes, length);
	pthread_mutex_lock(&sealer->lock);
	while (sealer->results_bytes > RESULTS_BYTES_MAX && !sealer->is_closing)
		pthread_cond_wait(&sealer->changed, &sealer->lock);
	if (sealer->is_closing) {
		pthread_mutex_unlock(&sealer->lock);
		free(put);
		return false;
	}
	*sealer->results_end = put;
	sealer->results_end = &put->next;
	sealer->results_bytes += sizeof(*put) + length;
	pthread_cond_broadcast(&sealer->changed);
	pthread_mutex_unlock(&sealer->lock);
	return true;
}

static bool put_part(void *sealer, const struct section_part *part)
{
	struct seal_result result = { .kind = SEAL_PART, .part = *part };

	return sealer__put(sealer, &result, part->bytes, part->length);
}

static bool put_object_symbol(void *sealer, const struct object_symbol *symbol)
{
	struct seal_result result = { .kind = SEAL_OBJECT_SYMBOL, .object_symbol = *symbol };

	return sealer__put(sealer, &result, symbol->name, symbol->name_bytes);
}

static bool put_process_symbol(void *sealer, const struct process_symbol *symbol)
{
	struct seal_result result = { .kind = SEAL_PROCESS_SYMBOL, .process_symbol = *symbol };

	return sealer__put(sealer, &result, symbol->name, symbol->name_bytes);
}

static bool put_report(void *sealer, const struct seal_report *report)
{
	struct seal_result result = { .kind = SEAL_REPORT, .report = *report };

	return sealer__put(sealer, &result, NULL, 0);
}

static void sealer__not_opened(struct sealer *sealer, const struct needed_owner *owner, int error)
{
	struct seal_result result = { .kind = SEAL_NOT_OPENED,
				      .report = { .owner = *owner, .open_errno = -error } };

	sealer__put(sealer, &result, NULL, 0);
}

static void sealer__serve(struct sealer *sealer, const struct request *request)
{
	const struct seal_result ended = { .kind = SEAL_PASS_ENDED };
	int error = 0;

	switch (request->kind) {
	case REQUEST_OPEN_OBJECT:
		error = seal_files__open_object(&sealer->files, &request->owner,
						request->object_kind, &request->file);
		break;
	case REQUEST_OPEN_PROCESS:
		seal_files__open_process(&sealer->files, request->owner.pid, request->parent_pid);
		break;
	case REQUEST_PASS:
		seal_files__pass(&sealer->files, request->rows, request->count);
		sealer__put(sealer, &ended, NULL, 0);
		break;
	}
	if (error)
		sealer__not_opened(sealer, &request->owner, error);
}

static void request__free(struct request *request)
{
	free(request->rows);
	free(request);
}

/* The next request, or NULL at the end. */
static struct request *sealer__next(struct sealer *sealer)
{
	struct request *request = NULL;

	pthread_mutex_lock(&sealer->lock);
	while (!sealer->requests && !sealer->is_closing)
		pthread_cond_wait(&sealer->changed, &sealer->lock);
	if (!sealer->is_closing) {
		request = sealer->requests;
		sealer->requests = request->next;
		sealer->requests_count--;
		if (!sealer->requests)
			sealer->requests_end = &sealer->requests;
	}
	pthread_mutex_unlock(&sealer->lock);
	return request;
}

/* Both are of this thread alone. Where they are not allowed it goes on without. */
static void priority__lower(void)
{
	setpriority(PRIO_PROCESS, 0, LOWEST_NICE);
	syscall(SYS_ioprio_set, IO_WHO_PROCESS, 0, IO_IDLE);
}

static void *sealer__run(void *context)
{
	struct sealer *sealer = context;
	struct request *request;

	priority__lower();
	while ((request = sealer__next(sealer))) {
		sealer__serve(sealer, request);
		request__free(request);
	}
	pthread_mutex_lock(&sealer->lock);
	sealer->has_ended = true;
	pthread_cond_broadcast(&sealer->changed);
	pthread_mutex_unlock(&sealer->lock);
	return NULL;
}

static int sealer__start(struct sealer *sealer)
{
	pthread_attr_t attributes;
	sigset_t all, before;
	int error;

	sigfillset(&all); /* signals are for the thread that records */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_BYTES);
	error = pthread_create(&sealer->thread, &attributes, sealer__run, sealer);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	return -error;
}

int sealer__open(struct sealer **out, bool is_full)
{
	struct sealer *sealer = calloc(1, sizeof(*sealer));
	pthread_condattr_t attributes;
	int error;

	if (!sealer)
		return -ENOMEM;
	pthread_mutex_init(&sealer->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&sealer->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	sealer->requests_end = &sealer->requests;
	sealer->results_end = &sealer->results;
	seal_files__init(&sealer->files, is_full,
			 &(struct seal_files_sink){ { sealer, put_part, put_object_symbol },
						    put_process_symbol, put_report });
	error = sealer__start(sealer);
	if (error) {
		free(sealer);
		return error;
	}
	*out = sealer;
	return 0;
}

static bool sealer__request(struct sealer *sealer, struct request *request)
{
	bool is_taken;

	pthread_mutex_lock(&sealer->lock);
	is_taken = request->kind == REQUEST_PASS || sealer->requests_count < REQUESTS_MAX;
	if (is_taken) {
		*sealer->requests_end = request;
		sealer->requests_end = &request->next;
		sealer->requests_count++;
		pthread_cond_broadcast(&sealer->changed);
	}
	pthread_mutex_unlock(&sealer->lock);
	if (!is_taken)
		request__free(request);
	return is_taken;
}

bool sealer__open_object(struct sealer *sealer, const struct needed_owner *owner, uint32_t kind,
			 const struct mapped_file *file)
{
	size_t path_bytes = strlen(file->path) + 1;
	struct request *request = calloc(1, sizeof(*request) + path_bytes);

	if (!request)
		return false;
	request->kind = REQUEST_OPEN_OBJECT;
	request->owner = *owner;
	request->object_kind = kind;
	request->file = *file;
	request->file.path = memcpy(request->path, file->path, path_bytes);
	return sealer__request(sealer, request);
}

bool sealer__open_process(struct sealer *sealer, const struct needed_owner *owner,
			  uint32_t parent_pid)
{
	struct request *request = calloc(1, sizeof(*request));

	if (!request)
		return false;
	request->kind = REQUEST_OPEN_PROCESS;
	request->owner = *owner;
	request->parent_pid = parent_pid;
	return sealer__request(sealer, request);
}

bool sealer__pass(struct sealer *sealer, struct needed_address *rows, size_t count)
{
	struct request *request = calloc(1, sizeof(*request));

	if (!request) {
		free(rows);
		return false;
	}
	request->kind = REQUEST_PASS;
	request->rows = rows;
	request->count = count;
	return sealer__request(sealer, request);
}

/* What the results point to has moved with them. */
static void results__point(struct seal_result *results)
{
	for (; results; results = results->next) {
		if (results->kind == SEAL_PART)
			results->part.bytes = results->bytes;
		else if (results->kind == SEAL_OBJECT_SYMBOL)
			results->object_symbol.name = (const char *)results->bytes;
		else if (results->kind == SEAL_PROCESS_SYMBOL)
			results->process_symbol.name = (const char *)results->bytes;
	}
}

struct seal_result *sealer__take(struct sealer *sealer, uint64_t deadline_ns)
{
	struct timespec deadline = timespec__of_ns(deadline_ns);
	struct seal_result *results;

	pthread_mutex_lock(&sealer->lock);
	while (deadline_ns && !sealer->results &&
	       pthread_cond_timedwait(&sealer->changed, &sealer->lock, &deadline) != ETIMEDOUT)
		;
	results = sealer->results;
	sealer->results = NULL;
	sealer->results_end = &sealer->results;
	sealer->results_bytes = 0;
	pthread_cond_broadcast(&sealer->changed);
	pthread_mutex_unlock(&sealer->lock);
	results__point(results);
	return results;
}

static void sealer__free(struct sealer *sealer)
{
	while (sealer->requests) {
		struct request *request = sealer->requests;

		sealer->requests = request->next;
		request__free(request);
	}
	while (sealer->results) {
		struct seal_result *result = sealer->results;

		sealer->results = result->next;
		free(result);
	}
	seal_files__close(&sealer->files);
	pthread_mutex_destroy(&sealer->lock);
	pthread_cond_destroy(&sealer->changed);
	free(sealer);
}

void sealer__close(struct sealer *sealer)
{
	struct timespec deadline = timespec__of_ns(monotonic_ns() + CLOSE_NS_MAX);
	bool has_ended;

	if (!sealer)
		return;
	pthread_mutex_lock(&sealer->lock);
	sealer->is_closing = true;
	pthread_cond_broadcast(&sealer->changed);
	while (!sealer->has_ended &&
	       pthread_cond_timedwait(&sealer->changed, &sealer->lock, &deadline) != ETIMEDOUT)
		;
	has_ended = sealer->has_ended;
	pthread_mutex_unlock(&sealer->lock);
	if (!has_ended) {
		pthread_detach(sealer->thread);
		return;
	}
	pthread_join(sealer->thread, NULL);
	sealer__free(sealer);
}
