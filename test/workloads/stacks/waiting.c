/* SPDX-License-Identifier: MIT */
/*
 * A C program as a distribution builds it: -O2, no frame pointers, nothing that keeps a stack
 * readable but its unwind tables. Its threads wait in a mutex, a condition variable, poll, sleeps, a
 * callback of qsort's and at the bottom of a recursion, each time for a millisecond or more.
 *
 * usage: waiting SECONDS
 */
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define THREADS_EACH 2
#define NOINLINE __attribute__((noinline))

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t queue_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t queue_filled = PTHREAD_COND_INITIALIZER;
static int queue_length;
static atomic_bool over;

static NOINLINE void wait_a_little(long ns)
{
	struct timespec time = { .tv_sec = 0, .tv_nsec = ns };

	nanosleep(&time, NULL);
}

static NOINLINE void hold_lock(void)
{
	pthread_mutex_lock(&lock);
	wait_a_little(2000000);
	pthread_mutex_unlock(&lock);
	wait_a_little(1000000);
}

static NOINLINE int take_from_queue(void)
{
	struct timespec until;
	int taken;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec++;
	pthread_mutex_lock(&queue_lock);
	while (!queue_length && !over)
		if (pthread_cond_timedwait(&queue_filled, &queue_lock, &until))
			break;
	taken = queue_length;
	queue_length = 0;
	pthread_mutex_unlock(&queue_lock);
	return taken;
}

static NOINLINE void fill_queue(void)
{
	wait_a_little(3000000);
	pthread_mutex_lock(&queue_lock);
	queue_length++;
	pthread_cond_broadcast(&queue_filled);
	pthread_mutex_unlock(&queue_lock);
}

static NOINLINE int compare_slowly(const void *a, const void *b)
{
	wait_a_little(1500000);
	return *(const int *)a - *(const int *)b;
}

static NOINLINE void sort_slowly(void)
{
	int values[4] = { 3, 1, 4, 2 };

	qsort(values, 4, sizeof(values[0]), compare_slowly);
}

/* A frame of its own size at every depth, so that no two look alike. */
static NOINLINE int sink(int depth)
{
	volatile char frame[16 + 24 * depth];
	int deeper = 0;

	memset((char *)frame, depth, sizeof(frame));
	if (depth)
		deeper = sink(depth - 1);
	else
		wait_a_little(2500000);
	return deeper + frame[depth];
}

static NOINLINE void poll_a_pipe(void)
{
	int ends[2];
	struct pollfd asked;

	if (pipe(ends))
		return;
	asked = (struct pollfd){ .fd = ends[0], .events = POLLIN };
	poll(&asked, 1, 2);
	close(ends[0]);
	close(ends[1]);
}

static void *locker(void *unused) { while (!over) hold_lock(); return unused; }
static void *taker(void *unused) { while (!over) take_from_queue(); return unused; }
static void *filler(void *unused) { while (!over) fill_queue(); return unused; }
static void *sorter(void *unused) { while (!over) sort_slowly(); return unused; }
static void *sinker(void *unused) { while (!over) sink(12); return unused; }
static void *poller(void *unused) { while (!over) poll_a_pipe(); return unused; }

int main(int argc, char **argv)
{
	void *(*roles[])(void *) = { locker, taker, filler, sorter, sinker, poller };
	enum { ROLES = sizeof(roles) / sizeof(roles[0]), THREADS = ROLES * THREADS_EACH };
	pthread_t threads[THREADS];
	unsigned seconds = argc > 1 ? (unsigned)atoi(argv[1]) : 5;

	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, roles[i % ROLES], NULL))
			return 1;
	for (unsigned tick = 0; tick < seconds * 50; tick++)
		wait_a_little(20000000);
	over = true;
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
