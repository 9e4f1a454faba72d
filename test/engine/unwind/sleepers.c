/* Threads that sleep where unwinding is hard. In: which one. Out: a line "ready" once it is about
 * to sleep, for ever. Built without frame pointers. */
#include <alloca.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void rest(void)
{
	puts("ready");
	fflush(stdout);
	pause();
}

__attribute__((noinline)) static int recursion(int depth)
{
	volatile char room[40];
	room[0] = (char)depth;
	if (depth == 0)
		rest();
	else
		recursion(depth - 1);
	return room[0];
}

__attribute__((noinline)) static int alloca_of(int bytes)
{
	char *room = alloca((size_t)bytes);
	memset(room, 1, (size_t)bytes);
	rest();
	return room[bytes / 2];
}

static int compare(const void *a, const void *b)
{
	rest();
	return *(const int *)a - *(const int *)b;
}

static void handler(int number)
{
	(void)number;
	rest();
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void *locker(void *nothing)
{
	(void)nothing;
	pthread_mutex_lock(&mutex);
	return NULL;
}

int main(int count, char **words)
{
	const char *which = count > 1 ? words[1] : "";
	int numbers[] = {3, 1, 2};
	if (!strcmp(which, "recursion"))
		return recursion(30);
	if (!strcmp(which, "alloca"))
		return alloca_of(count * 1000);
	if (!strcmp(which, "qsort"))
		qsort(numbers, 3, sizeof *numbers, compare);
	if (!strcmp(which, "signal")) {
		signal(SIGUSR1, handler);
		raise(SIGUSR1);
	}
	if (!strcmp(which, "poll")) {
		puts("ready");
		fflush(stdout);
		poll(NULL, 0, -1);
	}
	if (!strcmp(which, "futex")) {
		pthread_t thread;
		pthread_mutex_lock(&mutex);
		pthread_create(&thread, NULL, locker, NULL);
		usleep(50000);
		puts("ready");
		fflush(stdout);
		pthread_join(thread, NULL);
	}
	return 0;
}
