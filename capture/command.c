/* SPDX-License-Identifier: MIT */
/* Two pipes: `go` holds the child back, `failure` closes by itself when exec succeeds. */
#define _GNU_SOURCE

#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void command__child(char **arguments, bool stdout_taken, int go_fd, int failure_fd)
{
	char byte;
	int code;

	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	if (stdout_taken)
		dup2(STDERR_FILENO, STDOUT_FILENO);
	if (read(go_fd, &byte, 1) != 1)
		_exit(COMMAND_NOT_FOUND);
	execvp(arguments[0], arguments);
	code = errno;
	if (write(failure_fd, &code, sizeof(code)) < 0)
		code = 0; /* nobody listens any more */
	_exit(code == ENOENT ? COMMAND_NOT_FOUND : COMMAND_NOT_EXECUTABLE);
}

int command__fork(struct command *command, char **arguments, bool stdout_taken,
		  struct capture_error *error)
{
	int go[2], failure[2];

	memset(command, 0, sizeof(*command));
	command->pid_fd = command->go_fd = command->failure_fd = -1;
	if (pipe2(go, O_CLOEXEC) < 0)
		return error__set(error, errno, "No pipe for the command: %s.", strerror(errno));
	command->go_fd = go[1];
	if (pipe2(failure, O_CLOEXEC) == 0) {
		command->failure_fd = failure[0];
		command->pid = fork();
		if (command->pid == 0) {
			close(go[1]);
			command__child(arguments, stdout_taken, go[0], failure[1]);
		}
		close(failure[1]);
	} else {
		command->pid = -1;
	}
	close(go[0]);
	if (command->pid > 0)
		command->pid_fd = (int)syscall(SYS_pidfd_open, command->pid, 0);
	if (command->pid < 0 || command->pid_fd < 0) {
		int code = errno;

		command__close(command);
		return error__set(error, code, "The command could not be started: %s.", strerror(code));
	}
	return 0;
}

int command__go(struct command *command, char **arguments, struct capture_error *error)
{
	int code = 0;
	char byte = 1;

	if (write(command->go_fd, &byte, 1) != 1 ||
	    read(command->failure_fd, &code, sizeof(code)) < 0)
		code = errno;
	close(command->go_fd);
	close(command->failure_fd);
	command->go_fd = command->failure_fd = -1;
	if (!code)
		return 0;
	command__wait(command);
	return error__set(error, code, "%s could not be run: %s.", arguments[0], strerror(code));
}

void command__signal(const struct command *command, int signal)
{
	if (command->pid > 0 && !command->ended)
		kill(command->pid, signal);
}

int command__wait(struct command *command)
{
	int status = 0;

	if (command->pid <= 0 || command->ended)
		return command->status;
	while (waitpid(command->pid, &status, 0) < 0) {
		if (errno != EINTR)
			break;
	}
	command->ended = true;
	command->status = WIFSIGNALED(status) ? COMMAND_SIGNAL_BASE + WTERMSIG(status) :
						WEXITSTATUS(status);
	return command->status;
}

static void descriptor__close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void command__close(struct command *command)
{
	bool never_went = command->go_fd >= 0;

	descriptor__close(&command->go_fd);
	descriptor__close(&command->failure_fd);
	descriptor__close(&command->pid_fd);
	if (never_went && command->pid > 0)
		command__wait(command);
}
