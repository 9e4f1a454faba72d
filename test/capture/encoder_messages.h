/* SPDX-License-Identifier: MIT */
/*
 * The driver's half that stands for the kernel: makes ring messages of known content, counts what it
 * sent and what it dropped as a full ring would, and hands the rest to the encoder. What is made of
 * them in which order are the scenarios of encoder_driver.c.
 */
#ifndef TEST_ENCODER_MESSAGES_H
#define TEST_ENCODER_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "encoder.h"

#define START_NS 1000000000000ull
#define CPUS_MAX 128

struct driver {
	struct encoder *encoder;
	uint64_t now_ns;
	uint64_t random;
	uint64_t seen[CPUS_MAX * STREAMS]; /* as the programs count: delivered or not */
	uint64_t sent[STREAMS], dropped[STREAMS];
	uint64_t offcpu_ns, syscall_errors;
	uint64_t spent_ns;
	struct syscall_count syscalls[2][SYSCALL_NR_MAX + 1];
	struct offcpu_count offcpu[OFFCPU_CLASSES];
};

static struct {
	struct message_header header;
	union {
		struct switch_record switches[BATCH_RECORDS_MAX];
		struct wake_record wakes[BATCH_RECORDS_MAX];
		struct syscall_record syscalls[BATCH_RECORDS_MAX];
		struct arguments_record arguments[BATCH_RECORDS_MAX];
		struct string_record string;
		struct stack_record stack;
		struct task_record task;
		struct snapshot_record snapshot;
		struct {
			struct dump_record record;
			uint64_t words[16];
		} dump;
	};
} message;

static uint64_t clock_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

static uint32_t driver__random(struct driver *driver, uint32_t below)
{
	driver->random ^= driver->random << 13;
	driver->random ^= driver->random >> 7;
	driver->random ^= driver->random << 17;
	return (uint32_t)(driver->random >> 32) % below;
}

static void driver__send(struct driver *driver, size_t record_bytes)
{
	uint64_t before = clock_now_ns();

	encoder__message(driver->encoder, &message,
			 sizeof(message.header) + message.header.count * record_bytes);
	driver->spent_ns += clock_now_ns() - before;
}

static const enum message_kind kinds[STREAMS] = { MESSAGE_SWITCH, MESSAGE_WAKE, MESSAGE_SYSCALL,
						  MESSAGE_ARGUMENTS };
static const size_t record_bytes[STREAMS] = { sizeof(struct switch_record),
					      sizeof(struct wake_record),
					      sizeof(struct syscall_record),
					      sizeof(struct arguments_record) };

/* Sends the `count` records in `message`, or loses them as a full ring does. */
static void driver__batch(struct driver *driver, uint32_t cpu, enum stream stream, uint32_t count,
			  bool lose)
{
	uint64_t *seen = &driver->seen[cpu * STREAMS + stream];

	message.header = (struct message_header){ kinds[stream], (uint16_t)cpu, count, *seen };
	*seen += count;
	(lose ? driver->dropped : driver->sent)[stream] += count;
	if (!lose)
		driver__send(driver, record_bytes[stream]);
}

static void driver__stack(struct driver *driver, uint64_t hash, uint32_t pid, uint32_t depth,
			  uint64_t base)
{
	message.header = (struct message_header){ MESSAGE_STACK, 0, 1, 0 };
	message.stack = (struct stack_record){ .hash = hash, .time_ns = driver->now_ns,
					       .pid = pid,
					       .kind = pid ? STACK_USER : STACK_KERNEL,
					       .depth = depth };
	for (uint32_t i = 0; i < depth; i++)
		message.stack.frames[i] = base + i * 4096 + hash % 64;
	driver__send(driver, offsetof(struct stack_record, frames) + depth * 8);
}

/* Registers 0 to 3 hold the words, too. */
static void driver__dump(struct driver *driver, uint64_t hash, uint32_t pid, uint64_t sp,
			 const uint64_t *words, uint32_t count, uint32_t flags)
{
	message.header = (struct message_header){ MESSAGE_DUMP, 0, 1, 0 };
	message.dump.record = (struct dump_record){ .hash = hash, .time_ns = driver->now_ns,
						    .pid = pid, .flags = flags, .length = 8 * count };
	memcpy(message.dump.record.registers, words, 4 * sizeof(*words));
	message.dump.record.registers[DUMP_SP] = sp;
	memcpy(message.dump.words, words, count * sizeof(*words));
	driver__send(driver, sizeof(struct dump_record) + 8 * count);
}

static void driver__task(struct driver *driver, uint32_t tid, uint32_t pid, const char *comm)
{
	message.header = (struct message_header){ MESSAGE_TASK, 0, 1, 0 };
	message.task = (struct task_record){ .time_ns = driver->now_ns, .start_ns = START_NS / 2,
					     .cgroup = 4711, .tid = tid, .pid = pid,
					     .parent_pid = 1 };
	strncpy(message.task.comm, comm, sizeof(message.task.comm) - 1);
	driver__send(driver, sizeof(struct task_record));
}

/* Two threads hand a CPU to each other: one pipe, as in perf bench sched pipe. */
static void driver__ping_pong(struct driver *driver, uint32_t cpu, uint32_t count, bool lose)
{
	for (uint32_t i = 0; i < count; i++) {
		driver->now_ns += 2200 + driver__random(driver, 400);
		message.switches[i] = (struct switch_record){
			.time_ns = driver->now_ns,
			.prev_tid = 100 + 2 * cpu + i % 2,
			.next_tid = 101 + 2 * cpu - i % 2,
			.prev_state = 0x2001,
		};
	}
	driver__batch(driver, cpu, STREAM_SWITCH, count, lose);
	for (uint32_t i = 0; i < count; i++)
		message.wakes[i] = (struct wake_record){
			.time_ns = driver->now_ns - (count - i) * 1000 - driver__random(driver, 300),
			.waker_tid = 100 + 2 * cpu + i % 2,
			.wakee_tid = 101 + 2 * cpu - i % 2,
			.target_cpu = cpu,
		};
	driver__batch(driver, cpu, STREAM_WAKE, count, lose);
}

static void driver__calls(struct driver *driver, uint32_t cpu, uint32_t count, bool lose)
{
	for (uint32_t i = 0; i < count; i++) {
		uint64_t duration_ns = 150 + driver__random(driver, 60);
		bool fails = driver__random(driver, 1000) == 0;

		driver->now_ns += duration_ns + 40 + driver__random(driver, 20);
		driver->syscalls[0][i % 2].count++;
		driver->syscalls[0][i % 2].errors += fails;
		driver->syscalls[0][i % 2].time_ns += duration_ns;
		if (!lose)
			driver->syscall_errors += fails;
		message.syscalls[i] = (struct syscall_record){
			.time_ns = driver->now_ns,
			.duration_ns = duration_ns,
			.result = fails ? -11 : 1,
			.tid = 100 + 2 * cpu,
			.nr = (__s16)(i % 2),
		};
	}
	driver__batch(driver, cpu, STREAM_SYSCALL, count, lose);
}

/* Call `i` of thread 100 begins: arguments that count up, down and to the largest numbers. */
static void driver__arguments(struct driver *driver, uint32_t cpu, uint32_t count, bool lose)
{
	for (uint32_t i = 0; i < count; i++) {
		uint64_t number = driver->seen[cpu * STREAMS + STREAM_ARGUMENTS] + i;

		driver->now_ns += 100;
		message.arguments[i] = (struct arguments_record){
			.time_ns = driver->now_ns,
			.arguments = { number, ~number, number << 58, 0, UINT64_MAX, number % 3 },
			.tid = 100 + cpu,
			.nr = (__s16)(number % 2 ? 257 : 5),
			.flags = number % 2 ? 0 : SYSCALL_COMPAT,
		};
	}
	driver__batch(driver, cpu, STREAM_ARGUMENTS, count, lose);
}

static void driver__string(struct driver *driver, uint32_t argument, uint32_t flags,
			   const void *bytes, uint32_t length)
{
	message.header = (struct message_header){ MESSAGE_STRING, 0, 1, 0 };
	message.string = (struct string_record){ .time_ns = driver->now_ns, .tid = 100,
						 .argument = (__u16)argument,
						 .flags = (__u16)flags, .length = length };
	memcpy(message.string.bytes, bytes, length);
	driver__send(driver, offsetof(struct string_record, bytes) + length);
}

static int driver__tick(struct driver *driver)
{
	uint64_t before = clock_now_ns();
	int result;

	encoder__counts(driver->encoder, driver->syscalls, driver->offcpu, driver->now_ns);
	result = encoder__tick(driver->encoder, driver->now_ns);
	driver->spent_ns += clock_now_ns() - before;
	return result;
}

#endif
