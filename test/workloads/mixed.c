/* SPDX-License-Identifier: MIT */
/*
 * The demo's workload: a bit of everything that makes threads wait, each thread named for what it
 * does, each wait in a function named for why. Two threads want a lock that a third keeps too long;
 * two pass a byte to and fro; one sleeps, one writes and fsyncs, one opens files that are not there
 * and one computes. Ends by itself after the given time.
 *
 * usage: mixed SECONDS FILE   (FILE is written to, and removed at the end)
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdatomic.h>

#include "clocks.h"

#define FRAME __attribute__((noinline, noclone))

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_bool over;
static int ping[2], pong[2], disk_file;

FRAME static void hold_the_lock(void)
{
	pthread_mutex_lock(&lock);
	sleep__us(3000);
	pthread_mutex_unlock(&lock);
}

FRAME static void wait_for_the_lock(void)
{
	pthread_mutex_lock(&lock);
	pthread_mutex_unlock(&lock);
}

static void lock_holder__run(void)
{
	while (!over) {
		hold_the_lock();
		sleep__us(500);
	}
}

static void lock_waiter__run(void)
{
	while (!over) {
		wait_for_the_lock();
		sleep__us(1000);
	}
}

FRAME static int wait_for_a_byte(int fd)
{
	char byte;

	return read(fd, &byte, 1) == 1;
}

static void pinger__run(void)
{
	for (long i = 1; !over; i++) {
		must(write(ping[1], "x", 1) == 1, "ping");
		wait_for_a_byte(pong[0]);
		if (i % 100 == 0)
			sleep__us(5000);
	}
	close(ping[1]);
}

static void ponger__run(void)
{
	while (wait_for_a_byte(ping[0]))
		must(write(pong[1], "x", 1) == 1, "pong");
}

FRAME static void sleep_a_while(void)
{
	sleep__us(20000);
}

static void sleeper__run(void)
{
	while (!over)
		sleep_a_while();
}

FRAME static void write_and_wait_for_the_disk(void)
{
	static char page[4096];

	must(pwrite(disk_file, page, sizeof(page), 0) == sizeof(page), "write");
	fsync(disk_file);
}

static void fsyncer__run(void)
{
	while (!over) {
		write_and_wait_for_the_disk();
		sleep__us(2000);
	}
}

FRAME static void look_for_a_missing_file(void)
{
	must(open("/etc/offcut/does-not-exist.conf", O_RDONLY) < 0, "file should not exist");
}

static void file_seeker__run(void)
{
	while (!over) {
		for (int i = 0; i < 100; i++)
			look_for_a_missing_file();
		sleep__us(10000);
	}
}

static void cpu_hog__run(void)
{
	volatile unsigned long sum = 0;

	while (!over)
		for (int i = 0; i < 100000; i++)
			sum += i;
}

static const struct {
	const char *name;
	void (*run)(void);
} workers[] = {
	{"lock-holder", lock_holder__run}, {"lock-waiter-1", lock_waiter__run},
	{"lock-waiter-2", lock_waiter__run}, {"pipe-ping", pinger__run},
	{"pipe-pong", ponger__run}, {"sleeper", sleeper__run},
	{"fsyncer", fsyncer__run}, {"file-seeker", file_seeker__run},
	{"cpu-hog", cpu_hog__run},
};
#define WORKERS (sizeof(workers) / sizeof(workers[0]))

static void *worker__main(void *index)
{
	thread__name(workers[(size_t)index].name);
	workers[(size_t)index].run();
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t threads[WORKERS];

	if (argc != 3) {
		fprintf(stderr, "usage: mixed SECONDS FILE\n");
		return 2;
	}
	disk_file = open(argv[2], O_CREAT | O_WRONLY | O_TRUNC, 0600);
	must(disk_file >= 0, argv[2]);
	must(pipe(ping) == 0 && pipe(pong) == 0, "pipe");
	gate__wait();
	for (size_t i = 0; i < WORKERS; i++)
		must(!pthread_create(&threads[i], NULL, worker__main, (void *)i), "thread");
	sleep__us(atof(argv[1]) * 1000000);
	over = 1;
	for (size_t i = 0; i < WORKERS; i++)
		pthread_join(threads[i], NULL);
	unlink(argv[2]);
	return 0;
}
