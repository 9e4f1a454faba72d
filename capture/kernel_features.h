/* SPDX-License-Identifier: MIT */
/*
 * What the running kernel is like where that decides how it must be asked: the shape of its
 * sched_switch tracepoint and how many cpus it may ever have. Read from sysfs; neither tracefs,
 * debugfs nor bpffs is needed.
 */
#ifndef OFFCUT_KERNEL_FEATURES_H
#define OFFCUT_KERNEL_FEATURES_H

#include <stdbool.h>
#include <stdint.h>

#define BTF_PATH "/sys/kernel/btf/vmlinux"

/* Light skeletons whose types the kernel itself relocates. */
#define KERNEL_MAJOR_MIN 5
#define KERNEL_MINOR_MIN 17

struct kernel_version {
	unsigned major, minor;
};

struct kernel_version kernel__version(void);
bool kernel__is_at_least(struct kernel_version, unsigned major, unsigned minor);

/* Does sched_switch pass prev's state as its fourth argument? By BTF, else by version. */
bool kernel__switch_has_state(void);

/* One more than the largest cpu number there can be. */
uint32_t kernel__possible_cpus(void);

#endif
