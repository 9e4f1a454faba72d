/* SPDX-License-Identifier: MIT */
/*
 * Drives capture/encoder without a kernel: makes ring messages of known content, hands them over
 * and prints, as one JSON object, what must be in the recording. Needs no privileges. The tests
 * read the recording with the oracle and compare.
 *
 *   encoder_driver SCENARIO FILE [KALLSYMS]
 *
 * FILE "-" is stdout; then the JSON goes to stderr. KALLSYMS stands for /proc/kallsyms.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "encoder_messages.h"
#include "format.h"
#include "proc_scan.h"

#define STRINGS ((1u << 20) + 1000) /* ARGUMENT_STRINGS_MAX of definitions.c, and some more */

/* Everything once: definitions, all streams, two CPUs. */
static void scenario__plain(struct driver *driver)
{
	uint32_t path = encoder__string(driver->encoder, "/usr/bin/true", 13);
	uint32_t object = encoder__object(driver->encoder, &(struct object){
		.kind = OFFCUT_OBJECT_KIND_FILE, .path = path, .device = 8 << 20 | 1, .inode = 42,
		.build_id = { { 0xab, 0xcd }, 2 } });

	encoder__mapping(driver->encoder, &(struct mapping){
		.start = 0x400000, .length = 0x10000, .pid = 100, .object = object });
	for (uint32_t tid = 100; tid < 104; tid++)
		driver__task(driver, tid, tid & ~1u, tid & 1 ? "pong" : "ping");
	driver__stack(driver, 0x1234, 100, 5, 0x400000);
	for (uint32_t i = 0; i < 100; i++) {
		driver__ping_pong(driver, i % 2, 64, false);
		driver__calls(driver, i % 2, 64, false);
		if (i % 10 == 9)
			driver__tick(driver);
	}
}

#define GONE 4194300u /* a pid that no process has here, so that /proc says nothing of it */
#define STACK 0x7ffd00001000ull

static void driver__lifecycle(struct driver *driver, uint32_t kind, uint32_t pid, uint32_t parent)
{
	encoder__task(driver->encoder, &(struct task){
		.time_ns = driver->now_ns, .kind = kind, .tid = pid, .pid = pid, .parent_pid = parent });
}

/* User stacks of a process, of its child, and of what that child executes. */
static void scenario__dumps(struct driver *driver)
{
	static const uint64_t words[] = {
		0x400123, 0x3fffff, 0x410000, STACK - 8, STACK, STACK + 88, STACK + 104, 0,
		0x404000, 0x2172657465727453, 0xffffffffffffffff, 0x40ffff, 42 };
	const uint32_t count = sizeof(words) / sizeof(*words);
	uint32_t file = encoder__string(driver->encoder, "/usr/bin/true", 13);
	uint32_t object = encoder__object(driver->encoder, &(struct object){
		.kind = OFFCUT_OBJECT_KIND_FILE, .path = file, .device = 1, .inode = 42 });
	struct mapping mapping = { .start = 0x400000, .length = 0x10000, .pid = GONE, .object = object };

	encoder__mapping(driver->encoder, &mapping);
	driver__dump(driver, 1, GONE, STACK, words, count, 0);
	driver__dump(driver, 1, GONE, STACK, words, count, 0);
	mapping.start = 0x404000;
	mapping.length = 0x1000;
	encoder__mapping(driver->encoder, &mapping);
	driver__dump(driver, 2, GONE, STACK, words, count, DUMP_TRUNCATED);
	driver__lifecycle(driver, OFFCUT_TASK_KIND_FORK, GONE + 1, GONE);
	driver__dump(driver, 3, GONE + 1, STACK, words, count, DUMP_EXACT_IP);
	driver__lifecycle(driver, OFFCUT_TASK_KIND_EXEC, GONE + 1, 0);
	driver__dump(driver, 4, GONE + 1, STACK, words, count, 0);
	driver__dump(driver, 5, GONE + 2, STACK, words, count, 0); /* of whom nothing is known */
	driver__lifecycle(driver, OFFCUT_TASK_KIND_EXIT, GONE, 0);
	driver__dump(driver, 6, GONE, STACK + 1, words, count, 0); /* on its way when it ended */
	driver->now_ns += 60000000000;
	driver__tick(driver);
	driver__dump(driver, 7, GONE, STACK, words, count, 0); /* long afterwards */
	message.header = (struct message_header){ MESSAGE_SNAPSHOT, 0, 1, 0 };
	message.snapshot = (struct snapshot_record){ .time_ns = driver->now_ns, .tid = GONE, .state = 1,
						     .nr = -1, .user_stack = 6 };
	driver__send(driver, sizeof(struct snapshot_record));
	driver__dump(driver, 8, GONE, STACK, words, count, 0);
	message.dump.record.hash = 9;
	message.dump.record.length = 8 * count + 8; /* more than there is */
	driver__send(driver, sizeof(struct dump_record) + 8 * count);
	message.dump.record.hash = 10;
	message.dump.record.length = 12; /* no words */
	driver__send(driver, sizeof(struct dump_record) + 8 * count);
	driver__tick(driver);
}

/* Nothing happens. */
static void scenario__empty(struct driver *driver)
{
	driver->now_ns += 1000000000;
	driver__tick(driver);
}

/* A ring that is full now and then: gaps at the start, in the middle, at the end. */
static void scenario__gaps(struct driver *driver)
{
	for (uint32_t i = 0; i < 300; i++) {
		bool lose = i < 3 || i > 290 || driver__random(driver, 7) == 0;

		driver__ping_pong(driver, i % 2, 1 + driver__random(driver, 64), lose);
		driver__calls(driver, i % 2, 1 + driver__random(driver, 64), lose);
		if (i % 50 == 49)
			driver__tick(driver);
	}
}

/* Clocks that step back, blocks of a second, records of one CPU a day apart. */
static void scenario__time(struct driver *driver)
{
	for (uint32_t i = 0; i < 50; i++) {
		driver__ping_pong(driver, 0, 64, false);
		if (i % 10 == 3)
			driver->now_ns -= 500000;
		if (i % 10 == 6)
			driver->now_ns += 1700000000;
		if (i == 30)
			driver->now_ns += 86400ull * 1000000000;
	}
	driver__tick(driver);
}

/* More threads than a dictionary holds, all meeting on one CPU. */
static void scenario__threads(struct driver *driver)
{
	char comm[COMM_BYTES];
	uint32_t tid = 1000;

	for (uint32_t i = 0; i < 100000; i++) {
		snprintf(comm, sizeof(comm), "worker-%u", i);
		driver__task(driver, 1000 + i, 1000, comm);
	}
	for (uint32_t batch = 0; batch < 3200; batch++) {
		for (uint32_t i = 0; i < 64; i++) {
			uint32_t next = 1000 + driver__random(driver, 100000);

			driver->now_ns += 1000;
			message.switches[i] = (struct switch_record){
				.time_ns = driver->now_ns, .prev_tid = tid, .next_tid = next,
				.prev_state = driver__random(driver, 3),
				.prev_nr = (__s16)driver__random(driver, 400) };
			tid = next;
		}
		driver__batch(driver, 0, STREAM_SWITCH, 64, false);
	}
	driver__tick(driver);
}

/* 128 CPUs in a storm: the memory of all open blocks together is bounded. */
static void scenario__cpus(struct driver *driver)
{
	for (uint32_t round = 0; round < 60; round++) {
		uint64_t now_ns = driver->now_ns;

		for (uint32_t cpu = 0; cpu < 128; cpu++) {
			driver->now_ns = now_ns;
			driver__ping_pong(driver, cpu, 64, false);
			driver__calls(driver, cpu, 64, false);
		}
	}
	driver__tick(driver);
}

/* Distinct stacks without end: ids run out, records go on. */
static void scenario__stacks(struct driver *driver)
{
	for (uint64_t hash = 1; hash <= 1100000; hash++) {
		if (hash % 5 != 4) /* every fifth definition is lost in the ring */
			driver__stack(driver, hash * 0x9E3779B97F4A7C15ull, 100, 3, 0x400000);
		if (hash % 64 == 0) {
			for (uint32_t i = 0; i < 64; i++) {
				driver->now_ns += 1000;
				message.switches[i] = (struct switch_record){
					.time_ns = driver->now_ns, .prev_tid = 100 + i % 2,
					.next_tid = 101 - i % 2, .prev_state = 1, .prev_nr = 0,
					.user_stack = (hash - i) * 0x9E3779B97F4A7C15ull };
			}
			driver__batch(driver, 0, STREAM_SWITCH, 64, false);
		}
	}
	driver__tick(driver);
}

/* Kernel stacks that come again and again, through the kernel and a module: 16 addresses. */
static void scenario__symbols(struct driver *driver)
{
	for (uint64_t i = 0; i < 100; i++) {
		driver__stack(driver, 1 + i % 4, 0, 4, 0xffffffff81001000ull + i % 4 * 0x100);
		driver__stack(driver, 5 + i % 4, 0, 2, 0xffffffffc0101000ull + i % 4 * 0x100);
		driver->now_ns += 1000000;
		if (i % 10 == 9)
			driver__tick(driver);
	}
}

/* The process that started this one, read from /proc as kernels before and from 6.11 on let it. */
static void scan_parent(struct driver *driver, bool as_text)
{
	static struct proc_scan scan;
	static uint32_t parent;

	parent = (uint32_t)getppid();
	proc_scan__init(&scan);
	scan.maps.lacks_query = as_text;
	proc_scan__begin(&scan, &parent, 1, 0);
	proc_scan__step(&scan, driver->encoder, UINT64_MAX);
	driver__tick(driver);
}

static void scenario__parent(struct driver *driver)
{
	scan_parent(driver, false);
}

static void scenario__parent_as_text(struct driver *driver)
{
	scan_parent(driver, true);
}

static void scenario__switch_storm(struct driver *driver)
{
	for (uint32_t i = 0; i < 40000; i++) {
		driver__ping_pong(driver, 0, 64, false);
		if (i % 6000 == 5999)
			driver__tick(driver);
	}
}

static void scenario__syscall_storm(struct driver *driver)
{
	for (uint32_t i = 0; i < 80000; i++) {
		driver__calls(driver, 0, 64, false);
		if (i % 60000 == 59999)
			driver__tick(driver);
	}
}

/* Arguments of both ABIs on two cpus, some of them lost, and what they point to. */
static void scenario__arguments(struct driver *driver)
{
	static const uint8_t ipv4[16] = { 2, 0, 0x15, 0x38, 127, 0, 0, 1 };

	driver__string(driver, 1, 0, "/etc/passwd", 11);
	driver__string(driver, 0, STRING_TRUNCATED, "/etc/pa", 7);
	driver__string(driver, 1, STRING_UNREADABLE, "", 0);
	driver__string(driver, 1, STRING_ADDRESS, ipv4, sizeof(ipv4));
	driver__string(driver, 1, STRING_ADDRESS | STRING_UNREADABLE, "", 0);
	driver__string(driver, 1, 0, "", 0);
	message.string.length = STRING_BYTES_MAX + 1; /* malformed: ignored */
	driver__send(driver, sizeof(message.string));
	for (uint32_t i = 0; i < 40; i++)
		driver__arguments(driver, i % 2, 1 + driver__random(driver, 64), i % 10 == 9);
	driver__tick(driver);
}

/* More names of files than a recording keeps; those of threads go on. */
static void scenario__strings(struct driver *driver)
{
	char name[32];

	for (uint32_t i = 0; i < STRINGS; i++) {
		int length = snprintf(name, sizeof(name), "/tmp/%u", i);

		driver->now_ns += 100;
		driver__string(driver, 0, 0, name, (uint32_t)length);
		if (i % 4096 == 4095)
			driver__tick(driver);
	}
	driver__task(driver, 100, 100, "afterwards");
	driver__tick(driver);
}

/* Cgroups that tasks name: each is asked for once, and written once if there is a path for it. */
static void scenario__cgroups(struct driver *driver)
{
	static const struct task tasks[] = {
		{ .tid = 1, .pid = 1, .cgroup = 1 },	  { .tid = 2, .pid = 2, .cgroup = 77 },
		{ .tid = 3, .pid = 3, .cgroup = 77 },	  { .tid = 4, .pid = 4 },
		{ .tid = 5, .pid = 5, .cgroup = 1ull << 40 },
	};
	uint64_t id;

	encoder__cgroup(driver->encoder, 1, "/", 1);
	encoder__cgroup(driver->encoder, 1, "/another", 8);
	for (size_t i = 0; i < sizeof(tasks) / sizeof(*tasks); i++)
		encoder__task(driver->encoder, &tasks[i]);
	while ((id = encoder__next_cgroup(driver->encoder)))
		if (id != 77)
			encoder__cgroup(driver->encoder, id, "/large.slice", 12);
	encoder__task(driver->encoder, &tasks[1]);
	if (encoder__next_cgroup(driver->encoder))
		abort();
	driver__tick(driver);
}

/* Until the encoder says that the end is near, as session.c does. */
static void scenario__size(struct driver *driver)
{
	while (encoder__status(driver->encoder) == 0 && driver->now_ns < 2 * START_NS) {
		driver__ping_pong(driver, 0, 64, false);
		driver__calls(driver, 1, 64, false);
		if (driver->now_ns % 16 == 0)
			driver__tick(driver);
	}
}

/* The same, but deaf: the limit must hold all the same, and what is beyond it be counted. */
static void scenario__size_ignored(struct driver *driver)
{
	for (uint32_t i = 0; i < 20000; i++) {
		driver__ping_pong(driver, 0, 64, false);
		driver__calls(driver, 1, 64, false);
		if (i % 100 == 99)
			driver__tick(driver);
	}
}

static const struct scenario {
	const char *name;
	void (*run)(struct driver *);
	uint32_t cpus;
	uint64_t size_max_bytes;
} scenarios[] = {
	{ "plain", scenario__plain, 2, 0 },
	{ "empty", scenario__empty, 2, 0 },
	{ "gaps", scenario__gaps, 2, 0 },
	{ "time", scenario__time, 1, 0 },
	{ "threads", scenario__threads, 1, 0 },
	{ "cpus", scenario__cpus, 128, 0 },
	{ "stacks", scenario__stacks, 1, 0 },
	{ "symbols", scenario__symbols, 1, 0 },
	{ "dumps", scenario__dumps, 1, 0 },
	{ "parent", scenario__parent, 1, 0 },
	{ "parent-as-text", scenario__parent_as_text, 1, 0 },
	{ "arguments", scenario__arguments, 2, 0 },
	{ "strings", scenario__strings, 1, 0 },
	{ "cgroups", scenario__cgroups, 1, 0 },
	{ "switch-storm", scenario__switch_storm, 1, 0 },
	{ "syscall-storm", scenario__syscall_storm, 1, 0 },
	{ "size", scenario__size, 2, 3000000 },
	{ "size-ignored", scenario__size_ignored, 2, 3000000 },
	/* On a device that is full: see encoder.test.ts. */
	{ "disk", scenario__size_ignored, 2, 0 },
};

static void print_result(FILE *out, const struct driver *driver,
			 const struct encoder_summary *summary, int result)
{
	static const char *const names[STREAMS] = { "switch", "wake", "syscall", "arguments" };
	uint64_t sent = driver->sent[0] + driver->sent[1] + driver->sent[2] + driver->sent[3];

	fprintf(out, "{\"result\":%d,\"writeErrno\":%d,\"fileBytes\":%" PRIu64
		     ",\"blocks\":%" PRIu64 ",\"rawBytes\":%" PRIu64 ",\"stacks\":%" PRIu64
		     ",\"stacksUndefined\":%" PRIu64 ",\"strings\":%" PRIu64
		     ",\"syscallErrors\":%" PRIu64 ",\"nsPerEvent\":%.1f,\"bytesPerEvent\":%.2f",
		result, summary->write_errno, summary->file_bytes, summary->blocks,
		summary->raw_bytes, summary->stacks, summary->stacks_undefined, summary->strings,
		driver->syscall_errors, sent ? (double)driver->spent_ns / (double)sent : 0.0,
		sent ? (double)summary->file_bytes / (double)sent : 0.0);
	for (int i = 0; i < STREAMS; i++)
		fprintf(out,
			",\"%s\":{\"sent\":%" PRIu64 ",\"dropped\":%" PRIu64 ",\"seen\":%" PRIu64
			",\"written\":%" PRIu64 ",\"lost\":%" PRIu64 "}",
			names[i], driver->sent[i], driver->dropped[i], summary->seen[i],
			summary->written[i], summary->lost[i]);
	fprintf(out, ",\"lostByReason\":[");
	for (int i = 0; i < LOST_REASONS; i++)
		fprintf(out, "%s%" PRIu64, i ? "," : "", summary->lost_by_reason[i]);
	fprintf(out, "]}\n");
}

static int run(const struct scenario *scenario, int fd, FILE *out, const char *kallsyms)
{
	static struct driver driver = { .now_ns = START_NS, .random = 88172645463325252ull };
	struct encoder_summary summary;
	struct capture_error error;
	int result;

	if (encoder__open(&driver.encoder, &(struct encoder_config){
		    .fd = fd, .size_max_bytes = scenario->size_max_bytes, .cpus = scenario->cpus,
		    .start_monotonic_ns = START_NS, .start_realtime_ns = 1700000000000000000ull,
		    .writer = "encoder_driver", .options = scenario->name,
		    .streams = "switch,wake,syscall", .stack_min_us = "100", .filter = "",
		    .kallsyms = kallsyms },
			  &error)) {
		fprintf(stderr, "encoder_driver: %s\n", error.text);
		return 1;
	}
	scenario->run(&driver);
	driver__tick(&driver);
	result = encoder__finish(driver.encoder, OFFCUT_ENDED_STOPPED, driver.seen, &summary);
	encoder__close(driver.encoder);
	print_result(out, &driver, &summary, result);
	return 0;
}

int main(int argc, char **argv)
{
	bool to_stdout = argc >= 3 && !strcmp(argv[2], "-");
	int fd;

	if (argc < 3 || argc > 4) {
		fprintf(stderr, "usage: encoder_driver SCENARIO FILE [KALLSYMS]\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN); /* as session.c has them: errors, not deaths */
	signal(SIGXFSZ, SIG_IGN);
	fd = to_stdout ? STDOUT_FILENO : open(argv[2], O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (fd < 0) {
		perror(argv[2]);
		return 1;
	}
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(*scenarios); i++)
		if (!strcmp(scenarios[i].name, argv[1]))
			return run(&scenarios[i], fd, to_stdout ? stderr : stdout, argv[3]);
	fprintf(stderr, "encoder_driver: no scenario \"%s\"\n", argv[1]);
	return 2;
}
