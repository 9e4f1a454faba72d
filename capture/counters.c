/* SPDX-License-Identifier: MIT */
/* See counters.h. Losses are kept as last reported, per cpu, so that only increments are told. */
#include "counters.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"

_Static_assert(OFFCPU_CLASSES == OFFCUT_OFFCPU_CLASS_OTHER + 1, "OffcpuClass");

/* What the programs count of each cpu, and what it is a loss of. */
enum cpu_loss { LOSS_THREADS, LOSS_STACKS, LOSS_STRINGS, LOSS_DUMPS, LOSS_BUDGET, LOSSES };

static const struct {
	uint32_t type, reason;
} losses[LOSSES] = {
	[LOSS_THREADS] = { OFFCUT_BLOCK_TYPE_STACK, OFFCUT_LOST_REASON_TASK_STORAGE },
	[LOSS_STACKS] = { OFFCUT_BLOCK_TYPE_STACK, OFFCUT_LOST_REASON_STACK_REFUSED },
	[LOSS_STRINGS] = { OFFCUT_BLOCK_TYPE_STRING_ARGUMENT, OFFCUT_LOST_REASON_RING_FULL },
	[LOSS_DUMPS] = { OFFCUT_BLOCK_TYPE_USER_DUMP, OFFCUT_LOST_REASON_RING_FULL },
	[LOSS_BUDGET] = { OFFCUT_BLOCK_TYPE_USER_DUMP, OFFCUT_LOST_REASON_STACK_BUDGET },
};

struct reported {
	uint64_t counts[LOSSES];
};

struct counters {
	uint32_t cpus;
	uint64_t reported_ns;
	uint64_t recursions[STREAMS];
	struct syscall_count calls[ABIS][SYSCALL_NR_MAX + 1];
	struct offcpu_count offcpu[OFFCPU_CLASSES];
	struct reported *reported; /* [cpus] */
	uint64_t *seen;            /* [cpus * STREAMS] */
};

int counters__open(struct counters **out, uint32_t cpus, struct capture_error *error)
{
	struct counters *counters = calloc(1, sizeof(*counters));

	if (counters) {
		counters->cpus = cpus;
		counters->reported = calloc(cpus, sizeof(*counters->reported));
		counters->seen = calloc((size_t)cpus * STREAMS, sizeof(*counters->seen));
	}
	if (!counters || !counters->reported || !counters->seen) {
		counters__close(counters);
		return error__set(error, ENOMEM, "There is no memory to count with.");
	}
	*out = counters;
	return 0;
}

void counters__start(struct counters *counters, uint64_t now_ns)
{
	counters->reported_ns = now_ns;
}

void counters__close(struct counters *counters)
{
	if (!counters)
		return;
	free(counters->reported);
	free(counters->seen);
	free(counters);
}

static void counters__add_cpu(struct counters *counters, const struct cpu *cpu)
{
	for (int abi = 0; abi < ABIS; abi++) {
		for (int nr = 0; nr <= SYSCALL_NR_MAX; nr++) {
			const volatile struct syscall_count *from = &cpu->calls[abi][nr];
			struct syscall_count *sum = &counters->calls[abi][nr];

			if (!from->count)
				continue;
			sum->count += from->count;
			sum->errors += from->errors;
			sum->time_ns += from->time_ns;
		}
	}
	for (int class = 0; class < OFFCPU_CLASSES; class++) {
		const volatile struct offcpu_count *from = &cpu->offcpu[class];

		counters->offcpu[class].periods += from->periods;
		counters->offcpu[class].time_ns += from->time_ns;
	}
}

static void counters__report_cpu_losses(struct counters *counters, uint32_t number,
					const volatile struct cpu *cpu, struct encoder *encoder,
					uint64_t now_ns)
{
	uint64_t *reported = counters->reported[number].counts;
	const uint64_t counts[LOSSES] = {
		[LOSS_THREADS] = cpu->threads_refused,
		[LOSS_STACKS] = cpu->stacks_refused,
		[LOSS_STRINGS] = cpu->strings_refused,
		[LOSS_DUMPS] = cpu->dumps_refused,
		[LOSS_BUDGET] = cpu->dumps_over_budget,
	};

	for (int loss = 0; loss < LOSSES; loss++) {
		if (counts[loss] > reported[loss])
			encoder__lost(encoder, number, losses[loss].type, losses[loss].reason,
				      counters->reported_ns, now_ns,
				      counts[loss] - reported[loss]);
		reported[loss] = counts[loss];
	}
}

/* The kernel counts these per program, not per cpu. */
static void counters__report_recursions(struct counters *counters, struct programs *programs,
					struct encoder *encoder, uint64_t now_ns)
{
	static const uint32_t types[STREAMS] = { OFFCUT_BLOCK_TYPE_SWITCH, OFFCUT_BLOCK_TYPE_WAKE,
						 OFFCUT_BLOCK_TYPE_SYSCALL,
						 OFFCUT_BLOCK_TYPE_ARGUMENTS };

	for (int stream = 0; stream < STREAMS; stream++) {
		uint64_t recursions = programs__recursions(programs, (enum stream)stream);

		if (recursions > counters->recursions[stream])
			encoder__lost(encoder, OFFCUT_CPU_NONE, types[stream],
				      OFFCUT_LOST_REASON_RECURSION, counters->reported_ns, now_ns,
				      recursions - counters->recursions[stream]);
		counters->recursions[stream] = recursions;
	}
}

void counters__report(struct counters *counters, struct programs *programs, struct encoder *encoder,
		      uint64_t now_ns)
{
	memset(counters->calls, 0, sizeof(counters->calls));
	memset(counters->offcpu, 0, sizeof(counters->offcpu));
	for (uint32_t number = 0; number < counters->cpus; number++) {
		const struct cpu *cpu = programs__cpu(programs, number);

		counters__add_cpu(counters, cpu);
		counters__report_cpu_losses(counters, number, cpu, encoder, now_ns);
	}
	counters__report_recursions(counters, programs, encoder, now_ns);
	encoder__counts(encoder, counters->calls, counters->offcpu, now_ns);
	counters->reported_ns = now_ns;
}

const uint64_t *counters__seen(struct counters *counters, struct programs *programs)
{
	for (uint32_t number = 0; number < counters->cpus; number++) {
		const volatile struct cpu *cpu = programs__cpu(programs, number);
		uint64_t *seen = &counters->seen[(size_t)number * STREAMS];

		seen[STREAM_SWITCH] = cpu->switches.header.seq + cpu->switches.header.count;
		seen[STREAM_WAKE] = cpu->wakes.header.seq + cpu->wakes.header.count;
		seen[STREAM_SYSCALL] = cpu->syscalls.header.seq + cpu->syscalls.header.count;
		seen[STREAM_ARGUMENTS] = cpu->arguments.header.seq + cpu->arguments.header.count;
	}
	return counters->seen;
}
