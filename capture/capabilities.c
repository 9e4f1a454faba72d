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
#define PROGRAM_BYTES 192 /* a longer path is cut, in a message only */

const struct capability capability_table[CAPABILITY_COUNT] = {
	{ "cap_bpf", 39, "load the tracing programs", true },
	{ "cap_perfmon", 38, "attach them, and follow processes and their mappings", true },
	{ "cap_syslog", 34, "name kernel functions", false },
	{ "cap_sys_ptrace", 19, "read the mappings of other users' processes", false },
	{ "cap_dac_read_search", 2, "read build ids of files only others may read", false },
	{ "cap_checkpoint_restore", 40, "open mapped files that are deleted or replaced", false },
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

/* CAP_SYSLOG (2.6.38), CAP_BPF and CAP_PERFMON (5.8), CAP_CHECKPOINT_RESTORE (5.9) were parts of it. */
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

void capabilities__setcap_line(char *text, size_t bytes)
{
	size_t used = (size_t)snprintf(text, bytes, "sudo setcap ");
	char program[PROGRAM_BYTES];
	ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);

	program[length > 0 ? length : 0] = '\0';
	for (size_t i = 0; i < CAPABILITY_COUNT && used < bytes; i++)
		used += (size_t)snprintf(text + used, bytes - used, "%s%s", i ? "," : "",
					 capability_table[i].name);
	if (used < bytes)
		snprintf(text + used, bytes - used, "+ep %s", length > 0 ? program : "offcut-capture");
}

bool capabilities__missing(bool required, char *text, size_t bytes)
{
	char names[384] = "", line[CAPABILITY_TEXT_BYTES];
	size_t used = 0;

	for (size_t i = 0; i < CAPABILITY_COUNT && used < sizeof(names); i++) {
		const struct capability *capability = &capability_table[i];

		if (capability->required != required || capability__held(capability))
			continue;
		used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s (to %s)",
					 used ? ", " : "", capability->name, capability->purpose);
	}
	if (!used)
		return false;
	capabilities__setcap_line(line, sizeof(line));
	snprintf(text, bytes, "%s %s. Run it as root, or once: %s",
		 required ? "Recording needs capabilities this process lacks:" :
			    "Recording goes on without", names, line);
	return true;
}
