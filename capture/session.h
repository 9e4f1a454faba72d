/* SPDX-License-Identifier: MIT */
/*
 * The life of a recording: open, start, run, close. main.c drives it for the command line and the
 * Node addon for a program; so nothing here prints, exits, keeps globals or touches signals.
 *
 *   session__open   refuses early: output, capabilities, kernel. Loads, attaches nothing
 *   session__start  from here on every event is recorded
 *   session__run    until duration, size, the command's exit or session__stop; ends the file well
 *   session__close
 */
#ifndef OFFCUT_SESSION_H
#define OFFCUT_SESSION_H

#include "config.h"
#include "encoder.h"
#include "error.h"
#include "format.h"
#include "sealing.h"

#define OFFCUT_WRITER "offcut-capture 0.1.0"

struct session;

struct session_summary {
	struct encoder_summary encoder;
	enum offcut_ended ended;
	uint64_t duration_ns;
	struct sealing_summary sealing;
	int command_status; /* with a command: what to exit with */
};

/* Called from session__run with a sentence worth telling at once, such as that the disk is full. */
typedef void (*session_notice_fn)(void *context, const char *sentence);

int session__open(struct session **out, const struct capture_config *, struct capture_error *);
void session__on_notice(struct session *, session_notice_fn, void *context);
int session__start(struct session *, struct capture_error *);
int session__run(struct session *, struct session_summary *, struct capture_error *);

/* Ends the recording. From any thread, and from a signal handler; the first reason counts. */
void session__stop(struct session *, enum offcut_ended);

void session__close(struct session *); /* NULL is fine */

#endif
