/* SPDX-License-Identifier: MIT */
/* Reads CapEff of /proc/self/status: capget(2) would say the same in more words. */
#define _GNU_SOURCE

#include "capabilities.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CAP_SYS_ADMIN_NUMBER 21
#define EFFECTIVE_KEY "CapEff:"

const struct capability capability_table[CAPABILITY_COUNT] = {
	{ "cap_bpf", 39, "load the tracing programs", true },
	{ "cap_perfmon", 38, "attach them, and follow processes and their mappings", true },
	{ "cap_syslog", 34, "name kernel functions", false },
	{ "cap_sys_ptrace", 19, "read the mappings of other users' processes", false },
	{ "cap_dac_read_search", 2, "read build ids of files only others may read", false },
};

static uint64_t capabilities__effective(void)
{
	FILE *file = fopen("/proc/self/status", "re");
	uint64_t effective = 0;
	char line[256];

	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file)) {
		if (strncmp(line, EFFECTIVE_KEY, strlen(EFFECTIVE_KEY)) == 0)
			effective = strtoull(line + strlen(EFFECTIVE_KEY), NULL, 16);
	}
	fclose(file);
	return effective;
}

/* CAP_BPF and CAP_PERFMON (5.8) and CAP_SYSLOG (2.6.38) were parts of CAP_SYS_ADMIN. */
static bool capability__is_part_of_admin(const struct capability *capability)
{
	return capability->number >= 34;
}

bool capability__held(const struct capability *capability)
{
	uint64_t effective = capabilities__effective();

	if (capability__is_part_of_admin(capability) && effective >> CAP_SYS_ADMIN_NUMBER & 1)
		return true;
	return effective >> capability->number & 1;
}

void capabilities__setcap_line(const char *program, char *text, size_t bytes)
{
	size_t used = (size_t)snprintf(text, bytes, "sudo setcap ");

	for (size_t i = 0; i < CAPABILITY_COUNT && used < bytes; i++)
		used += (size_t)snprintf(text + used, bytes - used, "%s%s", i ? "," : "",
					 capability_table[i].name);
	if (used < bytes)
		snprintf(text + used, bytes - used, "+ep %s", program);
}

bool capabilities__missing(enum capability_set set, char *text, size_t bytes)
{
	char names[128] = "", line[256], program[128];
	size_t used = 0;
	ssize_t length;

	for (size_t i = 0; i < CAPABILITY_COUNT; i++) {
		const struct capability *capability = &capability_table[i];

		if ((set == CAPABILITIES_TO_TRACE && !capability->required) ||
		    capability__held(capability))
			continue;
		used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s",
					 used ? ", " : "", capability->name);
	}
	if (!used)
		return false;
	length = readlink("/proc/self/exe", program, sizeof(program) - 1);
	program[length > 0 ? length : 0] = '\0';
	capabilities__setcap_line(length > 0 ? program : "offcut-capture", line, sizeof(line));
	snprintf(text, bytes, "Recording needs capabilities this process lacks: %s. Run it as root, or "
		 "once: %s", names, line);
	return true;
}
