/* SPDX-License-Identifier: MIT */
/*
 * System calls of known number: four threads, each of which makes its own, exactly counted number
 * of calls of several kinds, many of them failing. The number of every other call (starting and
 * ending threads) is the same in each run too: no lock is ever contended and no thread is joined
 * before it has long ended. Prints, as JSON, what each thread counted by (call, errno).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>

#include "clocks.h"

#define THREADS 4
#define TALLIES_MAX 32
#define SETTLE_US 300000 /* by then an ended thread has really ended, under strace too */

struct tally {
	long nr;
	int error;
	long count;
};

struct caller {
	pthread_t thread;
	int index;
	int tid;
	struct tally tallies[TALLIES_MAX];
	int tallies_used;
};

static struct caller callers[THREADS];
static int gate_pipe[2], done_pipe[2], null_fd;

static void tally__add(struct caller *caller, long nr, int error)
{
	int i;

	for (i = 0; i < caller->tallies_used; i++)
		if (caller->tallies[i].nr == nr && caller->tallies[i].error == error)
			break;
	if (i == caller->tallies_used)
		caller->tallies[caller->tallies_used++] = (struct tally){nr, error, 0};
	caller->tallies[i].count++;
}

static void call__repeat(struct caller *caller, int times, long nr, long a, long b, long c, long d)
{
	for (int i = 0; i < times; i++) {
		long result = syscall(nr, a, b, c, d);

		tally__add(caller, nr, result == -1 ? errno : 0);
	}
}

static void *caller__main(void *argument)
{
	struct timespec nap = {0, 100000};
	struct caller *caller = argument;
	char name[16], byte = 0;
	int n = caller->index + 1;

	snprintf(name, sizeof(name), "caller-%d", caller->index);
	call__repeat(caller, 1, SYS_prctl, PR_SET_NAME, (long)name, 0, 0);
	caller->tid = syscall(SYS_gettid);
	tally__add(caller, SYS_gettid, 0);
	call__repeat(caller, 1, SYS_read, gate_pipe[0], (long)&byte, 1, 0);

	call__repeat(caller, 1000 * n, SYS_getppid, 0, 0, 0, 0);
	call__repeat(caller, 100 * n, SYS_openat, AT_FDCWD, (long)"/nonexistent/file", O_RDONLY, 0);
	call__repeat(caller, 10 * n, SYS_openat, AT_FDCWD, (long)"/dev/null/file", O_RDONLY, 0);
	call__repeat(caller, 50 * n, SYS_close, -1, 0, 0, 0);
	call__repeat(caller, 40 * n, SYS_read, -1, (long)&byte, 1, 0);
	call__repeat(caller, 30 * n, SYS_lseek, gate_pipe[0], 0, SEEK_SET, 0);
	call__repeat(caller, 20 * n, SYS_ioctl, null_fd, TIOCGWINSZ, 0, 0);
	call__repeat(caller, 200 * n, SYS_write, null_fd, (long)"x", 1, 0);
	call__repeat(caller, 7 * n, SYS_kill, 0x7ffffffe, 0, 0, 0);
	call__repeat(caller, 25 * n, SYS_nanosleep, (long)&nap, 0, 0, 0);
	call__repeat(caller, 1, SYS_write, done_pipe[1], (long)"d", 1, 0);
	return NULL;
}

static void caller__print(const struct caller *caller)
{
	printf("{\"name\":\"caller-%d\",\"tid\":%d,\"calls\":[", caller->index, caller->tid);
	for (int i = 0; i < caller->tallies_used; i++)
		printf("%s{\"nr\":%ld,\"errno\":%d,\"count\":%ld}", i ? "," : "",
		       caller->tallies[i].nr, caller->tallies[i].error, caller->tallies[i].count);
	printf("]}");
}

int main(void)
{
	char byte;

	must(pipe(gate_pipe) == 0 && pipe(done_pipe) == 0, "pipe");
	null_fd = open("/dev/null", O_WRONLY);
	must(null_fd >= 0, "/dev/null");
	gate__wait();
	for (int i = 0; i < THREADS; i++) {
		callers[i].index = i;
		must(!pthread_create(&callers[i].thread, NULL, caller__main, &callers[i]), "thread");
	}
	for (int i = 0; i < THREADS; i++)
		must(write(gate_pipe[1], "g", 1) == 1, "gate");
	for (int i = 0; i < THREADS; i++)
		must(read(done_pipe[0], &byte, 1) == 1, "done");
	sleep__us(SETTLE_US);
	printf("[");
	for (int i = 0; i < THREADS; i++) {
		pthread_join(callers[i].thread, NULL);
		if (i)
			printf(",");
		caller__print(&callers[i]);
	}
	printf("]\n");
	return 0;
}
