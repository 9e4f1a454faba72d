/* SPDX-License-Identifier: MIT */
/*
 * Answers kernel_features.h from uname, from the list of possible cpus in sysfs and, by
 * kernel_btf.c, from the kernel's types; where BTF cannot be read, the version has to do.
 */
#define _GNU_SOURCE

#include "kernel_features.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "kernel_btf.h"

struct kernel_version kernel__version(void)
{
	struct kernel_version version = { 0, 0 };
	struct utsname name;
	char *end;

	if (uname(&name) < 0)
		return version;
	version.major = (unsigned)strtoul(name.release, &end, 10);
	if (*end == '.')
		version.minor = (unsigned)strtoul(end + 1, NULL, 10);
	return version;
}

bool kernel__is_at_least(struct kernel_version version, unsigned major, unsigned minor)
{
	return version.major > major || (version.major == major && version.minor >= minor);
}

/* preempt_count was a part of struct pcpu_hot from 6.2 to 6.14. */
static bool features__find_preempt_count(const struct kernel_btf *btf, int64_t *distance)
{
	return kernel_btf__percpu_distance(btf, "runqueues", "__preempt_count", distance) ||
	       kernel_btf__percpu_distance(btf, "runqueues", "pcpu_hot", distance);
}

struct kernel_features kernel__features(void)
{
	struct kernel_features features = { .has_btf = false };
	struct kernel_btf *btf = kernel_btf__open();

	features.switch_has_state = kernel__is_at_least(kernel__version(), 5, 18);
	if (!btf)
		return features;
	features.has_btf = true;
	features.switch_has_state = kernel_btf__switch_has_state(btf);
	features.has_preempt_count =
		features__find_preempt_count(btf, &features.preempt_count_distance);
	kernel_btf__close(btf);
	return features;
}

/* A list of ranges, such as "0-3,8-11". */
uint32_t kernel__possible_cpus(void)
{
	FILE *file = fopen("/sys/devices/system/cpu/possible", "re");
	unsigned last = 0;
	int character;

	if (!file)
		return (uint32_t)sysconf(_SC_NPROCESSORS_CONF);
	/* The last number is the largest: digits after any other character start a new one. */
	for (unsigned number = 0; (character = fgetc(file)) != EOF && character != '\n';) {
		number = character >= '0' && character <= '9' ?
				 number * 10 + (unsigned)(character - '0') : 0;
		last = number ? number : last;
	}
	fclose(file);
	return last + 1;
}
