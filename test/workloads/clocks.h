/* SPDX-License-Identifier: MIT */
/*
 * What a workload can know about its own thread without asking a tracer: wall time, CPU time and
 * the kernel's count of its context switches. Tests compare a recording with these. Also the start
 * gate: a workload announces its pid and waits, so that recorders can attach before it begins.
 */
#ifndef WORKLOAD_CLOCKS_H
#define WORKLOAD_CLOCKS_H

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S 1000000000ull

struct thread_clocks {
	unsigned long long wall_ns;
	unsigned long long cpu_ns;
	long voluntary;   /* switches since the thread began: it blocked */
	long involuntary; /* it was preempted or yielded */
};

static inline unsigned long long clock__ns(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

/* Wall time is read last at the beginning and first at the end, so that it encloses the least. */
static inline struct thread_clocks clocks__begin(void)
{
	struct thread_clocks c = {0};

	c.cpu_ns = clock__ns(CLOCK_THREAD_CPUTIME_ID);
	c.wall_ns = clock__ns(CLOCK_MONOTONIC);
	return c;
}

static inline struct thread_clocks clocks__since(struct thread_clocks begin)
{
	struct thread_clocks c = {0};
	struct rusage usage;

	c.wall_ns = clock__ns(CLOCK_MONOTONIC) - begin.wall_ns;
	c.cpu_ns = clock__ns(CLOCK_THREAD_CPUTIME_ID) - begin.cpu_ns;
	getrusage(RUSAGE_THREAD, &usage);
	c.voluntary = usage.ru_nvcsw;
	c.involuntary = usage.ru_nivcsw;
	return c;
}

static inline void sleep__us(long us)
{
	struct timespec t = {us / 1000000, us % 1000000 * 1000};

	clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL);
}

static inline void thread__name(const char *name)
{
	prctl(PR_SET_NAME, name);
}

/* Announces the pid on stdout and waits for a line, or the end, of stdin. */
static inline void gate__wait(void)
{
	char byte;

	printf("ready %d\n", getpid());
	fflush(stdout);
	while (read(0, &byte, 1) == 1 && byte != '\n')
		;
}

static inline void must(int ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	exit(1);
}

#endif
