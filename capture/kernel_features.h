/* SPDX-License-Identifier: MIT */
/*
 * What the running kernel is like where that decides how it must be asked. Read from sysfs: neither
 * tracefs, debugfs nor bpffs is needed.
 */
#ifndef OFFCUT_KERNEL_FEATURES_H
#define OFFCUT_KERNEL_FEATURES_H

#include <stdbool.h>
#include <stdint.h>

/* Light skeletons whose types the kernel itself relocates. */
#define KERNEL_MAJOR_MIN 5
#define KERNEL_MINOR_MIN 17

struct kernel_version {
	unsigned major, minor;
};

struct kernel_version kernel__version(void);
bool kernel__is_at_least(struct kernel_version, unsigned major, unsigned minor);

struct kernel_features {
	bool has_btf;          /* that can be read; without it the version has to do */
	bool switch_has_state; /* sched_switch passes prev's state */
	bool has_preempt_count;
	int64_t preempt_count_distance; /* of the per-cpu preempt count, from runqueues (x86) */
};

struct kernel_features kernel__features(void);

/* One more than the largest cpu number there can be. */
uint32_t kernel__possible_cpus(void);

#endif
