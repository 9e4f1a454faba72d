/* SPDX-License-Identifier: MIT */
/*
 * What the running kernel's type information (BTF, Documentation/bpf/btf.rst) tells that the
 * programs cannot find out by themselves: the arguments of a tracepoint, and how far apart two
 * per-cpu variables lie.
 */
#ifndef OFFCUT_KERNEL_BTF_H
#define OFFCUT_KERNEL_BTF_H

#include <stdbool.h>
#include <stdint.h>

#define BTF_PATH "/sys/kernel/btf/vmlinux"

struct kernel_btf;

/* NULL where it cannot be read. */
struct kernel_btf *kernel_btf__open(void);
void kernel_btf__close(struct kernel_btf *); /* NULL is fine */

/* Does sched_switch pass prev's state as its last argument? */
bool kernel_btf__switch_has_state(const struct kernel_btf *);

/* Bytes from one per-cpu variable to another. False where the kernel has not got both. */
bool kernel_btf__percpu_distance(const struct kernel_btf *, const char *from, const char *to,
				 int64_t *distance);

#endif
