/* SPDX-License-Identifier: MIT */
/*
 * A storm of processes that are gone before anybody could look them up: each child makes one
 * failing open, sleeps for 200 us and ends; every second one first executes this program anew, under
 * the name "forks-exec". A handful run at a time. Prints, as JSON, the pids of both kinds.
 *
 * usage: forks [CHILDREN]
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>

#include "clocks.h"

#define AT_A_TIME 8

static void child__live(void)
{
	open("/nonexistent/child", O_RDONLY);
	sleep__us(200);
	_exit(0);
}

static int child__start(int executes)
{
	int pid = fork();

	must(pid >= 0, "fork");
	if (pid)
		return pid;
	if (!executes)
		child__live();
	execl("/proc/self/exe", "forks", "child", NULL);
	_exit(1);
}

static void pids__print(const int *pids, int count, int first)
{
	printf("[");
	for (int i = first; i < count; i += 2)
		printf("%s%d", i > first ? "," : "", pids[i]);
	printf("]");
}

int main(int argc, char **argv)
{
	int children = argc > 1 ? atoi(argv[1]) : 1000;
	int *pids;

	if (argc > 1 && !strcmp(argv[1], "child")) {
		thread__name("forks-exec");
		child__live();
	}
	gate__wait();
	pids = calloc(children, sizeof(*pids));
	must(pids != NULL, "memory");
	for (int i = 0; i < children; i++) {
		pids[i] = child__start(i % 2);
		if (i % AT_A_TIME == AT_A_TIME - 1)
			while (wait(NULL) > 0)
				;
	}
	while (wait(NULL) > 0)
		;
	printf("{\"forked\":");
	pids__print(pids, children, 0);
	printf(",\"executed\":");
	pids__print(pids, children, 1);
	printf("}\n");
	free(pids);
	return 0;
}
