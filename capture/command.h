/* SPDX-License-Identifier: MIT */
/*
 * The command after `--`: made before anything is attached, so that its pid can be asked for; it
 * waits on a pipe until recording runs and becomes the program only then. Nothing of the program
 * is missed, and nothing else of this process is in it.
 */
#ifndef OFFCUT_COMMAND_H
#define OFFCUT_COMMAND_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "error.h"

#define COMMAND_NOT_FOUND 127 /* exit statuses, as shells have them */
#define COMMAND_NOT_EXECUTABLE 126
#define COMMAND_SIGNAL_BASE 128

struct command {
	pid_t pid;      /* 0: none, or waited for */
	int pid_fd;     /* readable once it has ended */
	int go_fd;      /* write end: one byte lets it go, closing it ends it */
	int failure_fd; /* read end: errno, if the program could not be run */
	bool ended;
	int status; /* for our own exit, once it has ended */
};

/* `stdout_taken`: the recording goes there, so the command's output goes to stderr. */
int command__fork(struct command *, char **arguments, bool stdout_taken, struct capture_error *);
/* Lets it go. Fails, with the reason, where the program cannot be run. */
int command__go(struct command *, char **arguments, struct capture_error *);

void command__signal(const struct command *, int signal);
/* Waits until it has ended; returns its exit status, or 128 + its signal. */
int command__wait(struct command *);
/* Ends it if it never was let go. */
void command__close(struct command *);

#endif
