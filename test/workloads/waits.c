/* SPDX-License-Identifier: MIT */
/*
 * Off-CPU time of known shape. Each thread is named for how it leaves the CPU: sleep, poll, pipe,
 * futex, or having it taken away (two hogs pinned to one CPU). Waits are milliseconds long, so that
 * the microseconds of starting and ending a thread do not matter. Prints, as JSON, what each thread
 * measured of itself: off-CPU time is its wall time less its CPU time.
 *
 * usage: waits [percent of the full length of about two seconds]
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <poll.h>
#include <sched.h>
#include <stdatomic.h>

#include "clocks.h"

#define SLEEPS 300
#define SLEEP_US 5000
#define POLLS 200
#define POLL_MS 7
#define PIPE_BYTES 300
#define PIPE_PAUSE_US 4000
#define FUTEX_WAKES 250
#define FUTEX_PAUSE_US 6000
#define HOG_CPU_MS 700

struct worker {
	const char *name;
	void (*run)(void);
	pthread_t thread;
	int tid;
	struct thread_clocks clocks;
};

static int percent = 100;
static int data_pipe[2], empty_pipe[2];
static atomic_int futex_word;

static int scaled(int count)
{
	return count * percent / 100;
}

static void sleeper__run(void)
{
	for (int i = 0; i < scaled(SLEEPS); i++)
		sleep__us(SLEEP_US);
}

static void poller__run(void)
{
	struct pollfd waiting = {.fd = empty_pipe[0], .events = POLLIN};

	for (int i = 0; i < scaled(POLLS); i++)
		poll(&waiting, 1, POLL_MS);
}

static void pipe_writer__run(void)
{
	for (int i = 0; i < scaled(PIPE_BYTES); i++) {
		sleep__us(PIPE_PAUSE_US);
		must(write(data_pipe[1], "x", 1) == 1, "write");
	}
}

static void pipe_reader__run(void)
{
	char byte;

	for (int i = 0; i < scaled(PIPE_BYTES); i++)
		must(read(data_pipe[0], &byte, 1) == 1, "read");
}

static void futex_waker__run(void)
{
	for (int i = 0; i < scaled(FUTEX_WAKES); i++) {
		sleep__us(FUTEX_PAUSE_US);
		atomic_fetch_add(&futex_word, 1);
		syscall(SYS_futex, &futex_word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
	}
}

static void futex_waiter__run(void)
{
	int seen;

	while ((seen = atomic_load(&futex_word)) < scaled(FUTEX_WAKES))
		syscall(SYS_futex, &futex_word, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
}

/* Both hogs on one CPU: each is off it, and runnable, about half of the time. */
static void hog__run(void)
{
	unsigned long long end = scaled(HOG_CPU_MS) * (NS_PER_S / 1000);
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof(one), &one);
	while (clock__ns(CLOCK_THREAD_CPUTIME_ID) < end)
		;
}

static struct worker workers[] = {
	{.name = "sleeper", .run = sleeper__run},
	{.name = "poller", .run = poller__run},
	{.name = "pipe-writer", .run = pipe_writer__run},
	{.name = "pipe-reader", .run = pipe_reader__run},
	{.name = "futex-waker", .run = futex_waker__run},
	{.name = "futex-waiter", .run = futex_waiter__run},
	{.name = "hog-1", .run = hog__run},
	{.name = "hog-2", .run = hog__run},
};
#define WORKERS (sizeof(workers) / sizeof(workers[0]))

static void *worker__main(void *argument)
{
	struct worker *worker = argument;
	struct thread_clocks begin = clocks__begin();

	thread__name(worker->name);
	worker->tid = syscall(SYS_gettid);
	worker->run();
	worker->clocks = clocks__since(begin);
	return NULL;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		percent = atoi(argv[1]);
	must(pipe(data_pipe) == 0 && pipe(empty_pipe) == 0, "pipe");
	gate__wait();
	for (size_t i = 0; i < WORKERS; i++)
		must(!pthread_create(&workers[i].thread, NULL, worker__main, &workers[i]), "thread");
	for (size_t i = 0; i < WORKERS; i++)
		pthread_join(workers[i].thread, NULL);

	printf("[");
	for (size_t i = 0; i < WORKERS; i++) {
		struct thread_clocks *c = &workers[i].clocks;

		printf("%s{\"name\":\"%s\",\"tid\":%d,\"offcpuNs\":%llu,\"cpuNs\":%llu,"
		       "\"voluntary\":%ld,\"involuntary\":%ld}",
		       i ? "," : "", workers[i].name, workers[i].tid, c->wall_ns - c->cpu_ns,
		       c->cpu_ns, c->voluntary, c->involuntary);
	}
	printf("]\n");
	return 0;
}
