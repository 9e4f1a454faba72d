/* SPDX-License-Identifier: MIT */
/*
 * As many events a second as one CPU can make, pinned to it: the worst case for a recorder, and
 * what the bench slows down. "switch": two processes hand a byte to and fro through two pipes (2
 * switches, 2 wakeups and 4 calls a round, as `perf bench sched pipe`). "syscall": one byte read
 * from /dev/zero and written to /dev/null (2 calls a round, as `dd bs=1`). Prints the nanoseconds
 * per round and the pids: "<ns> <pid> [<pid>]".
 *
 * usage: storm switch|syscall ROUNDS CPU
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "clocks.h"

static void byte__pass(int from, int to, long rounds)
{
	char byte = 0;

	for (long i = 0; i < rounds; i++) {
		must(write(to, &byte, 1) == 1, "write");
		must(read(from, &byte, 1) == 1, "read");
	}
}

static void switch__storm(long rounds)
{
	int there[2], back[2], other;
	unsigned long long begin;
	char byte;

	must(pipe(there) == 0 && pipe(back) == 0, "pipe");
	other = fork();
	must(other >= 0, "fork");
	if (!other) {
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* or it would wait for a byte for ever */
		for (long i = 0; i < rounds; i++) {
			must(read(there[0], &byte, 1) == 1, "read");
			must(write(back[1], &byte, 1) == 1, "write");
		}
		_exit(0);
	}
	begin = clock__ns(CLOCK_MONOTONIC);
	byte__pass(back[0], there[1], rounds);
	printf("%.1f %d %d\n", (double)(clock__ns(CLOCK_MONOTONIC) - begin) / rounds, getpid(), other);
	waitpid(other, NULL, 0);
}

static void syscall__storm(long rounds)
{
	int from = open("/dev/zero", O_RDONLY), to = open("/dev/null", O_WRONLY);
	unsigned long long begin = clock__ns(CLOCK_MONOTONIC);

	byte__pass(from, to, rounds);
	printf("%.1f %d\n", (double)(clock__ns(CLOCK_MONOTONIC) - begin) / rounds, getpid());
}

int main(int argc, char **argv)
{
	cpu_set_t one;

	if (argc != 4) {
		fprintf(stderr, "usage: storm switch|syscall ROUNDS CPU\n");
		return 2;
	}
	CPU_ZERO(&one);
	CPU_SET(atoi(argv[3]), &one);
	must(sched_setaffinity(0, sizeof(one), &one) == 0, "cpu");
	if (!strcmp(argv[1], "switch"))
		switch__storm(atol(argv[2]));
	else
		syscall__storm(atol(argv[2]));
	return 0;
}
