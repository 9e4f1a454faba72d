/* SPDX-License-Identifier: MIT */
/*
 * Light skeletons are loaded by a BPF program of their own, so neither libbpf nor libelf is needed
 * here; the price is that failures come back as bare numbers, which load__explain turns into
 * sentences.
 */
#define _GNU_SOURCE

#include "programs.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "capabilities.h"
#include "kernel_features.h"
#include "offcut.lskel.h"
#include "string_arguments.h"

#define LOAD_TRIES 10
#define NS_PER_S 1000000000ull
#define DUMP_MEAN_BYTES 4096 /* as many bytes a second as that many stacks of this size */
#define FLUSH_TRIES 64     /* a program interrupted half-way is done microseconds later */
#define DETACH_WAIT_US 2000 /* a program that had begun when it was detached is long over by then */

#define RING_BYTES_MIN (1u << 20)
#define RING_BYTES_DEFAULT (16u << 20)
#define RING_BYTES_PER_CPU (1u << 20) /* from 16 cpus on more than the default */
#define RING_BYTES_MAX (1u << 30)

struct programs {
	struct offcut_bpf *skeleton;
	struct capture_config config;
	uint32_t cpus;
	size_t ring_bytes;
	uint8_t *cpus_memory;
	size_t cpus_memory_bytes;
};

static int bpf(enum bpf_cmd command, union bpf_attr *attributes, size_t bytes)
{
	return (int)syscall(__NR_bpf, command, attributes, bytes);
}

static size_t ring__bytes(const struct capture_config *config, uint32_t cpus)
{
	uint64_t asked = config->ring_bytes, bytes = RING_BYTES_MIN;

	if (!asked)
		asked = (uint64_t)cpus * RING_BYTES_PER_CPU;
	if (!config->ring_bytes && asked < RING_BYTES_DEFAULT)
		asked = RING_BYTES_DEFAULT;
	while (bytes < asked && bytes < RING_BYTES_MAX)
		bytes *= 2;
	return bytes;
}

static void programs__configure(struct programs *programs)
{
	const struct capture_config *config = &programs->config;
	struct offcut_bpf *skeleton = programs->skeleton;
	struct kernel_features features = kernel__features();

	skeleton->maps.ring.max_entries = (uint32_t)programs->ring_bytes;
	skeleton->maps.cpus.max_entries = programs->cpus;
	if (config->stacks && config->stack_bytes)
		skeleton->maps.dump_scratches.max_entries = programs->cpus;
	skeleton->rodata->ring_wakeup_bytes = programs->ring_bytes / 4;
	skeleton->rodata->ring_wakeup_step = programs->ring_bytes / 16;
	skeleton->rodata->switch_has_state = features.switch_has_state;
	skeleton->rodata->has_preempt_count = features.has_preempt_count;
	skeleton->rodata->preempt_count_distance = features.preempt_count_distance;
	skeleton->rodata->record_switches = config->offcpu;
	skeleton->rodata->record_syscalls = config->syscalls;
	skeleton->rodata->record_unentered = !config->command || config->whole_host;
	skeleton->rodata->stacks = config->offcpu && config->stacks;
	skeleton->rodata->stack_min_ns = config->stack_min_us * 1000;
	skeleton->rodata->user_stacks = config->user_stacks;
	skeleton->rodata->stack_bytes = config->stack_bytes;
	skeleton->rodata->preempted_stacks = config->preempted_stacks;
	skeleton->rodata->exact_stacks = config->exact_stacks;
	skeleton->rodata->dump_ns_each = NS_PER_S / config->stacks_per_second;
	skeleton->rodata->dump_ns_per_kb =
		NS_PER_S / ((uint64_t)config->stacks_per_second * DUMP_MEAN_BYTES / 1024);
	skeleton->rodata->filter_pids = config->pids.count || (config->command && !config->whole_host);
	skeleton->rodata->filter_tids = config->tids.count != 0;
	skeleton->rodata->filter_user = config->user_only;
	skeleton->rodata->filter_kernel = config->kernel_only;
	skeleton->rodata->filter_follow = config->follow;
	skeleton->rodata->filter_calls = config->filter_calls;
	_Static_assert(sizeof(config->calls) == sizeof(skeleton->rodata->call_set), "call_set");
	memcpy((void *)skeleton->rodata->call_set, config->calls, sizeof(config->calls));
	skeleton->rodata->record_arguments = config->arguments;
	skeleton->rodata->string_bytes = config->string_bytes;
}

static int load__explain(int code, struct capture_error *error)
{
	struct kernel_version version = kernel__version();
	char missing[CAPABILITY_TEXT_BYTES];

	if (capabilities__missing(true, missing, sizeof(missing)))
		return error__set(error, EPERM, "%s", missing);
	if (!kernel__is_at_least(version, KERNEL_MAJOR_MIN, KERNEL_MINOR_MIN))
		return error__set(error, code,
				  "This kernel, %u.%u, is too old to record on: %u.%u is needed.",
				  version.major, version.minor, KERNEL_MAJOR_MIN, KERNEL_MINOR_MIN);
	if (code == ENOMEM || code == E2BIG)
		return error__set(error, code,
				  "There is no memory for the kernel's part (%s). Ask for a smaller "
				  "--ring-size.", strerror(code));
	return error__set(error, code,
			  "The kernel refused the tracing programs: %s. `offcut-capture --doctor` looks "
			  "for what is missing.", strerror(code));
}

static int id_set__add(int map_fd, uint32_t id)
{
	uint8_t value = 1;

	return skel_map_update_elem(map_fd, &id, &value, BPF_ANY) < 0 ? -errno : 0;
}

int programs__add_pid(struct programs *programs, uint32_t pid)
{
	return id_set__add(programs->skeleton->maps.pids.map_fd, pid);
}

/* Which calls' arguments are recorded. */
static int programs__fill_wants(struct programs *programs)
{
	struct argument_wants wants;
	uint32_t key = 0;

	if (!programs->config.arguments)
		return 0;
	argument_wants__fill(&wants, &programs->config);
	return skel_map_update_elem(programs->skeleton->maps.wants.map_fd, &key, &wants, BPF_ANY) < 0 ?
		       -errno : 0;
}

static int programs__fill_filters(struct programs *programs)
{
	const struct capture_config *config = &programs->config;
	int result = 0;

	for (size_t i = 0; i < config->pids.count && !result; i++)
		result = programs__add_pid(programs, config->pids.ids[i]);
	for (size_t i = 0; i < config->tids.count && !result; i++)
		result = id_set__add(programs->skeleton->maps.tids.map_fd, config->tids.ids[i]);
	return result;
}

/* Runs one of the programs that user space runs itself. cpu < 0: right here. */
static int program__run(int program_fd, int cpu, uint32_t *result)
{
	union bpf_attr attributes;

	memset(&attributes, 0, sizeof(attributes));
	attributes.test.prog_fd = (uint32_t)program_fd;
	if (cpu >= 0) {
		attributes.test.flags = BPF_F_TEST_RUN_ON_CPU;
		attributes.test.cpu = (uint32_t)cpu;
	}
	if (bpf(BPF_PROG_TEST_RUN, &attributes, sizeof(attributes.test)) < 0)
		return -errno;
	*result = attributes.test.retval;
	return 0;
}

static int programs__map_cpus(struct programs *programs)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t bytes = (programs->cpus * sizeof(struct cpu) + page - 1) / page * page;
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
			    programs->skeleton->maps.cpus.map_fd, 0);

	if (memory == MAP_FAILED)
		return -errno;
	programs->cpus_memory = memory;
	programs->cpus_memory_bytes = bytes;
	return 0;
}

/* The kernel gives up verifying when a signal comes, SIGSTOP for one, and wants to be asked again. */
static int programs__load(struct programs *programs)
{
	int result = -EAGAIN;

	for (int i = 0; i < LOAD_TRIES && result == -EAGAIN; i++) {
		if (programs->skeleton)
			offcut_bpf__destroy(programs->skeleton);
		programs->skeleton = offcut_bpf__open();
		if (!programs->skeleton)
			return -ENOMEM;
		programs__configure(programs);
		result = offcut_bpf__load(programs->skeleton);
	}
	return result;
}

int programs__open(struct programs **out, const struct capture_config *config, uint32_t cpus,
		   struct capture_error *error)
{
	struct programs *programs = calloc(1, sizeof(*programs));
	uint32_t ignored;
	int result;

	if (!programs)
		return load__explain(ENOMEM, error);
	programs->config = *config;
	programs->cpus = cpus;
	programs->ring_bytes = ring__bytes(config, cpus);
	result = programs__load(programs);
	if (!result)
		result = programs__map_cpus(programs);
	if (!result)
		result = programs__fill_filters(programs);
	if (!result)
		result = programs__fill_wants(programs);
	if (!result)
		result = program__run(programs->skeleton->progs.identify.prog_fd, -1, &ignored);
	if (result) {
		programs__close(programs);
		return load__explain(-result, error);
	}
	*out = programs;
	return 0;
}

void programs__close(struct programs *programs)
{
	if (!programs)
		return;
	if (programs->cpus_memory)
		munmap(programs->cpus_memory, programs->cpus_memory_bytes);
	if (programs->skeleton)
		offcut_bpf__destroy(programs->skeleton);
	free(programs);
}

/*
 * Switches first: they carry calls from cpu to cpu. What is not asked for is not attached, for
 * sys_enter and sys_exit cost every process on the host even where they do nothing.
 */
int programs__attach(struct programs *programs, struct capture_error *error)
{
	const struct capture_config *config = &programs->config;
	struct offcut_bpf *skeleton = programs->skeleton;
	int result = 0;

	if (config->follow)
		result = offcut_bpf__on_fork__attach(skeleton);
	if (result >= 0 && (config->offcpu || config->syscalls))
		result = offcut_bpf__on_switch__attach(skeleton);
	if (result >= 0 && config->offcpu && config->wakeups)
		result = offcut_bpf__on_wake__attach(skeleton);
	if (result >= 0 && config->syscalls)
		result = offcut_bpf__on_sys_exit__attach(skeleton);
	if (result >= 0 && config->syscalls)
		result = offcut_bpf__on_sys_enter__attach(skeleton);
	if (result >= 0)
		return 0;
	result = -errno;
	programs__detach(programs);
	return error__set(error, -result, "The tracing programs could not be attached: %s.",
			  strerror(-result));
}

static void link__close(int *fd)
{
	if (*fd > 0)
		close(*fd);
	*fd = 0;
}

void programs__detach(struct programs *programs)
{
	struct offcut_bpf *skeleton = programs->skeleton;

	link__close(&skeleton->links.on_sys_enter_fd);
	link__close(&skeleton->links.on_sys_exit_fd);
	link__close(&skeleton->links.on_wake_fd);
	link__close(&skeleton->links.on_switch_fd);
	link__close(&skeleton->links.on_fork_fd);
	usleep(DETACH_WAIT_US);
}

int programs__ring_fd(const struct programs *programs)
{
	return programs->skeleton->maps.ring.map_fd;
}

size_t programs__ring_bytes(const struct programs *programs)
{
	return programs->ring_bytes;
}

struct cpu *programs__cpu(struct programs *programs, uint32_t cpu)
{
	return (struct cpu *)(programs->cpus_memory + cpu * sizeof(struct cpu));
}

static bool cpu__waits(const volatile struct cpu *cpu)
{
	return cpu->busy[STREAM_SWITCH] || cpu->busy[STREAM_WAKE] || cpu->busy[STREAM_SYSCALL] ||
	       cpu->busy[STREAM_ARGUMENTS] || cpu->switches.header.count ||
	       cpu->wakes.header.count || cpu->syscalls.header.count || cpu->arguments.header.count;
}

static bool cpu__flush(struct programs *programs, uint32_t cpu)
{
	uint32_t again = 1;

	for (int i = 0; i < FLUSH_TRIES && again; i++) {
		int result = program__run(programs->skeleton->progs.flush.prog_fd, (int)cpu, &again);

		if (result == -ENXIO) /* the cpu went offline; its rest is read at the end */
			return true;
		if (result)
			return false;
		if (again)
			sched_yield();
	}
	return !again;
}

bool programs__flush(struct programs *programs)
{
	bool flushed = true;

	for (uint32_t cpu = 0; cpu < programs->cpus; cpu++) {
		if (cpu__waits(programs__cpu(programs, cpu)))
			flushed = cpu__flush(programs, cpu) && flushed;
	}
	return flushed;
}

uint64_t programs__recursions(const struct programs *programs, enum stream stream)
{
	const struct offcut_bpf *skeleton = programs->skeleton;
	struct bpf_prog_info info;
	union bpf_attr attributes;
	int fd = stream == STREAM_SWITCH ? skeleton->progs.on_switch.prog_fd :
		 stream == STREAM_WAKE ? skeleton->progs.on_wake.prog_fd :
		 stream == STREAM_SYSCALL ? skeleton->progs.on_sys_exit.prog_fd :
					    skeleton->progs.on_sys_enter.prog_fd;

	if (stream == STREAM_ARGUMENTS && !programs->config.arguments)
		return 0;
	memset(&info, 0, sizeof(info));
	memset(&attributes, 0, sizeof(attributes));
	attributes.info.bpf_fd = (uint32_t)fd;
	attributes.info.info_len = sizeof(info);
	attributes.info.info = (uint64_t)(uintptr_t)&info;
	if (bpf(BPF_OBJ_GET_INFO_BY_FD, &attributes, sizeof(attributes.info)) < 0)
		return 0;
	return info.recursion_misses;
}

void programs__deliver_rest(struct programs *programs, ring_message_fn deliver, void *context)
{
	static const size_t record_bytes[STREAMS] = { sizeof(struct switch_record),
						      sizeof(struct wake_record),
						      sizeof(struct syscall_record),
						      sizeof(struct arguments_record) };

	for (uint32_t cpu = 0; cpu < programs->cpus; cpu++) {
		struct cpu *kept = programs__cpu(programs, cpu);
		struct message_header *headers[STREAMS] = { &kept->switches.header,
							    &kept->wakes.header,
							    &kept->syscalls.header,
							    &kept->arguments.header };

		for (int stream = 0; stream < STREAMS; stream++) {
			if (!headers[stream]->count)
				continue;
			headers[stream]->kind = (uint16_t)(MESSAGE_SWITCH + stream);
			headers[stream]->cpu = (uint16_t)cpu;
			deliver(context, headers[stream],
				sizeof(struct message_header) +
					headers[stream]->count * record_bytes[stream]);
		}
	}
}
