/* SPDX-License-Identifier: MIT */
/*
 * One loop: wait, drain the ring, and once a second draw a line under the past. The line is exact.
 * It is a time T such that every event before T is in the file: flushing each cpu's buffers after
 * T, then draining the ring, leaves nothing older behind.
 */
#define _GNU_SOURCE

#include "session.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "counters.h"
#include "kernel_features.h"
#include "output.h"
#include "processes.h"
#include "programs.h"
#include "ring.h"
#include "snapshots.h"

#define POLL_MS 250
#define TICK_NS 1000000000ull

/* A program marks itself busy before it reads the clock; its mark takes up to this long, and in
 * truth nanoseconds, to be seen on another cpu. */
#define SETTLE_NS 1000000ull

#define NS_PER_MS 1000000ull

enum source { SOURCE_RING, SOURCE_PROCESSES, SOURCE_STOP, SOURCE_COMMAND, SOURCES };

struct session {
	struct capture_config config;
	uint32_t cpus;
	int output_fd, stop_fd, epoll_fd;
	struct command command;
	struct programs *programs;
	struct processes *processes;
	struct sealing *sealing; /* NULL: none */
	struct snapshots *snapshots; /* NULL: not wanted, or the kernel cannot */
	int snapshots_errno;
	struct ring ring;
	struct encoder *encoder;
	struct counters *counters;
	uint64_t start_ns, next_tick_ns;
	uint64_t synced_ns; /* the last line that was drawn */
	int encoder_status;
	bool started;
	session_notice_fn notice;
	void *notice_context;
	_Atomic int ended; /* enum offcut_ended, 0: goes on */
};

static uint64_t clock__ns(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (uint64_t)time.tv_sec * 1000000000ull + (uint64_t)time.tv_nsec;
}

/* Mappings before the stacks that lead through them. */
static void session__prepare_for(struct session *session, const struct message_header *header,
				 size_t bytes)
{
	const struct dump_record *dump = (const void *)(header + 1);
	const struct stack_record *stack = (const void *)(header + 1);

	if (header->kind == MESSAGE_DUMP && bytes >= sizeof(*header) + sizeof(*dump))
		processes__prepare(session->processes, session->encoder, dump->pid, dump->time_ns);
	else if (header->kind == MESSAGE_STACK &&
		 bytes >= sizeof(*header) + offsetof(struct stack_record, frames) &&
		 stack->kind == STACK_USER)
		processes__prepare(session->processes, session->encoder, stack->pid,
				   stack->time_ns);
}

static void session__deliver(void *context, const void *message, size_t bytes)
{
	struct session *session = context;

	session__prepare_for(session, message, bytes);
	encoder__message(session->encoder, message, bytes);
}

static int session__watch(struct session *session, int fd, enum source source, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.u32 = source };

	return epoll_ctl(session->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

/* The ring is watched for its wakeups, not for its contents: those are looked at anyway. */
static int session__open_poll(struct session *session, struct capture_error *error)
{
	session->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	session->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (session->epoll_fd < 0 || session->stop_fd < 0 ||
	    session__watch(session, session->stop_fd, SOURCE_STOP, EPOLLIN) < 0 ||
	    session__watch(session, session->ring.fd, SOURCE_RING, EPOLLIN | EPOLLET) < 0 ||
	    processes__watch(session->processes, session->epoll_fd, SOURCE_PROCESSES) < 0 ||
	    (session->command.pid && session__watch(session, session->command.pid_fd,
						    SOURCE_COMMAND, EPOLLIN) < 0))
		return error__set(error, errno, "The session's events cannot be waited for: %s.",
				  strerror(errno));
	return 0;
}

/* A recording of nobody would be a valid answer to a mistyped pid. */
static int ids__check(const struct id_list *ids, const char *noun, struct capture_error *error)
{
	char path[32];

	for (size_t i = 0; i < ids->count; i++) {
		snprintf(path, sizeof(path), "/proc/%u", ids->ids[i]);
		if (access(path, F_OK) < 0 && errno == ENOENT)
			return error__set(error, ESRCH, "There is no %s %u.", noun, ids->ids[i]);
	}
	return 0;
}

static int session__open_command(struct session *session, struct capture_error *error)
{
	const struct capture_config *config = &session->config;

	if (!config->command)
		return 0;
	return command__fork(&session->command, config->command,
			     output__is_stdout(config->output), error);
}

/* Nobody else's names and mappings than those of the processes that are recorded. A thread's own
 * process is not known here, so with -t it is everybody's. */
static int session__open_processes(struct session *session, struct capture_error *error)
{
	const struct capture_config *config = &session->config;
	struct id_list pids = config->pids;
	struct processes_config processes = { .cpus = session->cpus };

	if (session->command.pid && !config->whole_host && pids.count < CONFIG_IDS_MAX)
		pids.ids[pids.count++] = (uint32_t)session->command.pid;
	if (pids.count && !config->tids.count) {
		processes.pids = pids.ids;
		processes.pids_count = pids.count;
	}
	return processes__open(&session->processes, &processes, error);
}

/* Where the kernel cannot, the rest is recorded. */
static void session__open_snapshots(struct session *session)
{
	const struct capture_config *config = &session->config;

	if (!config->snapshots || !config->offcpu)
		return;
	session->snapshots_errno = -snapshots__open(&session->snapshots, config);
	if (session->snapshots && session->command.pid && !config->whole_host)
		snapshots__add_pid(session->snapshots, (uint32_t)session->command.pid);
}

static int session__open_parts(struct session *session, struct capture_error *error)
{
	const struct capture_config *config = &session->config;
	int result = ids__check(&config->pids, "process", error);

	if (!result)
		result = ids__check(&config->tids, "thread", error);
	if (result)
		return result;
	session->output_fd = output__open(config->output, config->force, error);
	if (session->output_fd < 0)
		return session->output_fd;
	result = session__open_command(session, error);
	if (!result)
		result = programs__open(&session->programs, config, session->cpus, error);
	if (!result && session->command.pid && !config->whole_host)
		programs__add_pid(session->programs, (uint32_t)session->command.pid);
	if (!result)
		session__open_snapshots(session);
	if (!result)
		result = session__open_processes(session, error);
	if (!result && config->stacks && config->offcpu && config->seal != SEAL_NONE)
		result = sealing__open(&session->sealing, config->seal == SEAL_FULL,
				       output__is_stdout(config->output), error);
	if (!result)
		result = ring__open(&session->ring, programs__ring_fd(session->programs),
				    programs__ring_bytes(session->programs), error);
	if (!result)
		result = counters__open(&session->counters, session->cpus, error);
	if (!result)
		result = session__open_poll(session, error);
	return result;
}

int session__open(struct session **out, const struct capture_config *config,
		  struct capture_error *error)
{
	struct session *session = calloc(1, sizeof(*session));
	int result;

	if (!session)
		return error__set(error, ENOMEM, "There is no memory to record with.");
	session->config = *config;
	session->cpus = kernel__possible_cpus();
	session->output_fd = session->stop_fd = session->epoll_fd = -1;
	session->command.pid_fd = session->command.go_fd = session->command.failure_fd = -1;
	result = session__open_parts(session, error);
	if (result) {
		session__close(session);
		return result;
	}
	*out = session;
	return 0;
}

void session__close(struct session *session)
{
	if (!session)
		return;
	command__close(&session->command);
	sealing__close(session->sealing);
	encoder__close(session->encoder);
	counters__close(session->counters);
	snapshots__close(session->snapshots);
	ring__close(&session->ring);
	processes__close(session->processes);
	programs__close(session->programs);
	if (session->epoll_fd >= 0)
		close(session->epoll_fd);
	if (session->stop_fd >= 0)
		close(session->stop_fd);
	output__close(session->output_fd);
	if (session->output_fd >= 0 && !session->started)
		output__discard(session->config.output);
	free(session);
}

void session__on_notice(struct session *session, session_notice_fn notice, void *context)
{
	session->notice = notice;
	session->notice_context = context;
}

void session__stop(struct session *session, enum offcut_ended why)
{
	uint64_t one = 1;
	int none = 0, saved = errno;

	atomic_compare_exchange_strong(&session->ended, &none, (int)why);
	if (write(session->stop_fd, &one, sizeof(one)) < 0)
		errno = saved; /* the counter is full: it is readable all the same */
	errno = saved;
}

static void command__text(char **command, char *text, size_t bytes)
{
	size_t used = 0;

	text[0] = '\0';
	for (; command && *command && used < bytes; command++)
		used += (size_t)snprintf(text + used, bytes - used, "%s%s", used ? " " : "", *command);
}

static int session__open_encoder(struct session *session, struct capture_error *error)
{
	const struct capture_config *config = &session->config;
	char stack_min_us[24] = "off", stack_bytes[24] = "off", streams[40];
	char command[CONFIG_TEXT_BYTES];
	struct encoder_config encoder = {
		.fd = session->output_fd,
		.size_max_bytes = config->size_max_bytes,
		.cpus = session->cpus,
		.start_monotonic_ns = session->start_ns,
		.start_realtime_ns = clock__ns(CLOCK_REALTIME),
		.writer = OFFCUT_WRITER,
		.command = config->command ? command : NULL,
		.options = config->options_text,
		.streams = streams,
		.stack_min_us = stack_min_us,
		.stack_bytes = stack_bytes,
		.stack_bytes_kept = config->keep_stack_bytes ? "all" : NULL,
		.keep_stack_bytes = config->keep_stack_bytes,
		.filter = config->filter_text,
		.opens_all = session->sealing && processes__are_some(session->processes),
		.sealed = !session->sealing ? "none" : config->seal == SEAL_FULL ? "full" : "needed",
	};

	if (config->offcpu && config->stacks)
		snprintf(stack_min_us, sizeof(stack_min_us), "%llu",
			 (unsigned long long)config->stack_min_us);
	if (config->stack_bytes)
		snprintf(stack_bytes, sizeof(stack_bytes), "%u", config->stack_bytes);
	snprintf(streams, sizeof(streams), "%s%s%s%s%s", config->offcpu ? "switch" : "",
		 config->offcpu && config->wakeups ? ",wake" : "",
		 config->offcpu && config->syscalls ? "," : "", config->syscalls ? "syscall" : "",
		 config->arguments ? ",arguments" : "");
	command__text(config->command, command, sizeof(command));
	return encoder__open(&session->encoder, &encoder, error);
}

/* Where the sleeping threads are, now. */
static void session__take_snapshot(struct session *session)
{
	uint64_t before = clock__ns(CLOCK_MONOTONIC), refused;

	if (!session->snapshots)
		return;
	refused = snapshots__take(session->snapshots, session__deliver, session);
	if (refused)
		encoder__lost(session->encoder, OFFCUT_CPU_NONE, OFFCUT_BLOCK_TYPE_SNAPSHOT,
			      OFFCUT_LOST_REASON_LIMIT_REACHED, before, clock__ns(CLOCK_MONOTONIC),
			      refused);
}

/* What whoever records must know from the start. */
static void session__warn(struct session *session)
{
	char sentence[ERROR_TEXT_BYTES];

	if (session->notice && session->config.keep_stack_bytes)
		session->notice(session->notice_context,
				"--keep-stack-bytes: what programs had on their stacks, passwords and keys "
				"too, is in the recording.");
	if (!session->snapshots_errno || !session->notice)
		return;
	snprintf(sentence, sizeof(sentence),
		 "The kernel does not let sleeping threads be asked where they are (%s): who sleeps all "
		 "the while has no stack in the recording.", strerror(session->snapshots_errno));
	session->notice(session->notice_context, sentence);
}

int session__start(struct session *session, struct capture_error *error)
{
	int result;

	session->start_ns = clock__ns(CLOCK_MONOTONIC);
	session->synced_ns = session->start_ns;
	session->next_tick_ns = session->start_ns + TICK_NS;
	counters__start(session->counters, session->start_ns);
	result = session__open_encoder(session, error);
	if (!result)
		result = programs__attach(session->programs, error);
	if (!result)
		result = processes__start(session->processes, session->encoder, error);
	if (!result && session->sealing)
		sealing__poll(session->sealing, session->encoder);
	if (!result && session->command.pid)
		result = command__go(&session->command, session->config.command, error);
	if (!result) {
		session__warn(session);
		session__take_snapshot(session);
	}
	session->started = !result;
	return result;
}

static void session__look_at_encoder(struct session *session, int status)
{
	char sentence[ERROR_TEXT_BYTES];

	if (status == session->encoder_status)
		return;
	session->encoder_status = status;
	if (status > 0) {
		session__stop(session, OFFCUT_ENDED_SIZE_MAX);
	} else if (status == -EPIPE) {
		session__stop(session, OFFCUT_ENDED_WRITE_ERROR); /* nobody reads what is counted */
	} else if (status < 0 && session->notice) {
		snprintf(sentence, sizeof(sentence),
			 "%s could not be written any further: %s. Events are counted, not recorded, until "
			 "the end.", output__name(session->config.output), strerror(-status));
		session->notice(session->notice_context, sentence);
	}
}

/* Draws the line, unless a cpu could not be asked; then the one before holds a while longer. */
static void session__tick(struct session *session)
{
	uint64_t now = clock__ns(CLOCK_MONOTONIC);
	bool complete = programs__flush(session->programs);

	complete = ring__drain(&session->ring, session__deliver, session) && complete;
	processes__drain(session->processes, session->encoder);
	counters__report(session->counters, session->programs, session->encoder, now);
	if (complete)
		session->synced_ns = now - SETTLE_NS;
	if (session->sealing)
		sealing__tick(session->sealing, session->encoder, now);
	session__look_at_encoder(session, encoder__tick(session->encoder, session->synced_ns));
	session->next_tick_ns = now + TICK_NS;
}

static int session__timeout_ms(const struct session *session, uint64_t now)
{
	uint64_t until = now + POLL_MS * NS_PER_MS, end;

	if (session->config.duration_ns) {
		end = session->start_ns + session->config.duration_ns;
		until = end < until ? end : until;
	}
	if (session->next_tick_ns < until)
		until = session->next_tick_ns;
	return until > now ? (int)((until - now + NS_PER_MS - 1) / NS_PER_MS) : 0;
}

static void session__wait(struct session *session)
{
	struct epoll_event events[SOURCES];
	int count = epoll_wait(session->epoll_fd, events, SOURCES,
			       session__timeout_ms(session, clock__ns(CLOCK_MONOTONIC)));

	for (int i = 0; i < count; i++) {
		if (events[i].data.u32 == SOURCE_COMMAND)
			session__stop(session, OFFCUT_ENDED_COMMAND_EXIT);
	}
}

static void session__loop(struct session *session)
{
	while (!atomic_load(&session->ended)) {
		uint64_t now;

		session__wait(session);
		ring__drain(&session->ring, session__deliver, session);
		processes__drain(session->processes, session->encoder);
		if (session->sealing)
			sealing__poll(session->sealing, session->encoder);
		session__look_at_encoder(session, encoder__status(session->encoder));
		now = clock__ns(CLOCK_MONOTONIC);
		if (now >= session->next_tick_ns)
			session__tick(session);
		if (session->config.duration_ns &&
		    now - session->start_ns >= session->config.duration_ns)
			session__stop(session, OFFCUT_ENDED_DURATION);
	}
}

static int session__finish(struct session *session, struct session_summary *summary,
			   struct capture_error *error)
{
	uint64_t now;
	int result;

	session__take_snapshot(session);
	programs__detach(session->programs);
	now = clock__ns(CLOCK_MONOTONIC);
	ring__drain(&session->ring, session__deliver, session);
	programs__deliver_rest(session->programs, session__deliver, session);
	processes__finish(session->processes, session->encoder);
	counters__report(session->counters, session->programs, session->encoder, now);
	encoder__tick(session->encoder, now);
	memset(summary, 0, sizeof(*summary));
	if (session->sealing)
		sealing__finish(session->sealing, session->encoder,
				session->config.verbose ? session->notice : NULL,
				session->notice_context, &summary->sealing);
	summary->ended = (enum offcut_ended)atomic_load(&session->ended);
	summary->duration_ns = now - session->start_ns;
	result = encoder__finish(session->encoder, summary->ended,
				 counters__seen(session->counters, session->programs),
				 &summary->encoder);
	if (!result)
		return 0;
	summary->ended = OFFCUT_ENDED_WRITE_ERROR;
	return error__set(error, -result,
			  "%s is incomplete: %s. It can be read up to there; what came after was counted "
			  "as lost.", output__name(session->config.output), strerror(-result));
}

int session__run(struct session *session, struct session_summary *summary,
		 struct capture_error *error)
{
	int result;

	session__loop(session);
	result = session__finish(session, summary, error);
	if (session->command.pid) {
		if (summary->ended == OFFCUT_ENDED_SIGNAL)
			command__signal(&session->command, SIGTERM);
		summary->command_status = command__wait(&session->command);
	}
	return result;
}
