/* SPDX-License-Identifier: MIT */
/* One function per check; each tries the thing itself where that is harmless. */
#include "doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "capabilities.h"
#include "kernel_btf.h"
#include "kernel_features.h"
#include "processes.h"
#include "programs.h"
#include "snapshots.h"

/* The inode of the initial pid namespace: PROC_PID_INIT_INO of the kernel. */
#define PID_NAMESPACE_INITIAL "pid:[4026531836]"

static void report__add(struct doctor_report *report, const char *name, enum doctor_state state,
			const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static void report__add(struct doctor_report *report, const char *name, enum doctor_state state,
			const char *format, ...)
{
	struct doctor_check *check = &report->checks[report->count];
	va_list arguments;

	if (report->count == DOCTOR_CHECKS_MAX)
		return;
	report->count++;
	check->name = name;
	check->state = state;
	va_start(arguments, format);
	vsnprintf(check->text, sizeof(check->text), format, arguments);
	va_end(arguments);
	if (state == DOCTOR_MISSING)
		report->can_record = false;
}

static void examine__kernel(struct doctor_report *report)
{
	struct kernel_version version = kernel__version();
	struct utsname name;

	uname(&name);
	if (kernel__is_at_least(version, KERNEL_MAJOR_MIN, KERNEL_MINOR_MIN))
		report__add(report, "kernel", DOCTOR_OK, "%s %s", name.release, name.machine);
	else
		report__add(report, "kernel", DOCTOR_MISSING, "%s is too old: %u.%u or newer is needed",
			    name.release, KERNEL_MAJOR_MIN, KERNEL_MINOR_MIN);
}

static void examine__btf(struct doctor_report *report)
{
	struct kernel_features features = kernel__features();

	if (!features.has_btf)
		report__add(report, "btf", DOCTOR_DEGRADED, "%s cannot be read; the kernel's version "
			    "decides instead. A kernel without CONFIG_DEBUG_INFO_BTF cannot be recorded "
			    "on", BTF_PATH);
	else
		report__add(report, "btf", DOCTOR_OK, "%s; sched_switch %s prev_state; wakeups from "
			    "interrupts %s told apart", BTF_PATH,
			    features.switch_has_state ? "passes" : "does not pass",
			    features.has_preempt_count ? "are" : "cannot be");
}

static void examine__capabilities(struct doctor_report *report)
{
	for (size_t i = 0; i < CAPABILITY_COUNT; i++) {
		const struct capability *capability = &capability_table[i];

		if (capability__held(capability)) {
			report__add(report, capability->name, DOCTOR_OK, "to %s", capability->purpose);
			continue;
		}
		report__add(report, capability->name,
			    capability->required ? DOCTOR_MISSING : DOCTOR_DEGRADED, "needed to %s",
			    capability->purpose);
		capabilities__setcap_line(report->setcap, sizeof(report->setcap));
	}
}

static void examine__programs(struct doctor_report *report)
{
	struct capture_config config;
	struct programs *programs = NULL;
	struct capture_error error;

	config__init(&config);
	config.ring_bytes = 1; /* the smallest there is */
	if (programs__open(&programs, &config, kernel__possible_cpus(), &error) == 0)
		report__add(report, "programs", DOCTOR_OK, "the kernel accepts the tracing programs");
	else
		report__add(report, "programs", DOCTOR_MISSING, "%.*s", DOCTOR_TEXT_BYTES - 1, error.text);
	programs__close(programs);
}

static void examine__snapshots(struct doctor_report *report)
{
	struct capture_config config;
	struct snapshots *snapshots = NULL;
	int result;

	config__init(&config);
	result = snapshots__open(&snapshots, &config);
	if (!result)
		report__add(report, "snapshots", DOCTOR_OK, "sleeping threads can be asked where they are");
	else
		report__add(report, "snapshots", DOCTOR_DEGRADED, "the kernel does not let sleeping threads "
			    "be asked where they are (%s): who sleeps all the while will have no stack",
			    strerror(-result));
	snapshots__close(snapshots);
}

static void examine__processes(struct doctor_report *report)
{
	struct processes_config config = { .cpus = kernel__possible_cpus() };
	struct processes *processes = NULL;
	struct capture_error error;

	if (processes__open(&processes, &config, &error) == 0)
		report__add(report, "processes", DOCTOR_OK,
			    "perf events tell forks, execs and mappings");
	else
		report__add(report, "processes", DOCTOR_MISSING, "%.*s", DOCTOR_TEXT_BYTES - 1, error.text);
	processes__close(processes);
}

/* Without CAP_SYSLOG, or with kptr_restrict, every address reads as zero; some do in any case. */
static bool kernel_symbols__have_addresses(void)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	bool found = false;
	char line[512];

	while (file && !found && fgets(line, sizeof(line), file))
		found = strtoull(line, NULL, 16) != 0;
	if (file)
		fclose(file);
	return found;
}

static void examine__kernel_symbols(struct doctor_report *report)
{
	if (kernel_symbols__have_addresses())
		report__add(report, "kernel symbols", DOCTOR_OK, "/proc/kallsyms");
	else
		report__add(report, "kernel symbols", DOCTOR_DEGRADED, "/proc/kallsyms hides its "
			    "addresses: kernel frames will have no names. Give cap_syslog, and set "
			    "kernel.kptr_restrict below 2");
}

static void examine__pid_namespace(struct doctor_report *report)
{
	char link[64] = "";

	if (readlink("/proc/self/ns/pid", link, sizeof(link) - 1) < 0 ||
	    strcmp(link, PID_NAMESPACE_INITIAL) != 0)
		report__add(report, "pid namespace", DOCTOR_DEGRADED, "this is a container with pids of its "
			    "own: -p and -t take the host's pids, and commands can only be recorded with "
			    "-a. Start the container with the host's pid namespace");
	else
		report__add(report, "pid namespace", DOCTOR_OK, "the host's");
}

void doctor__examine(struct doctor_report *report)
{
	memset(report, 0, sizeof(*report));
	report->can_record = true;
	examine__kernel(report);
	examine__btf(report);
	examine__capabilities(report);
	examine__programs(report);
	examine__snapshots(report);
	examine__processes(report);
	examine__kernel_symbols(report);
	examine__pid_namespace(report);
}
