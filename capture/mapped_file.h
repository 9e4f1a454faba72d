/* SPDX-License-Identifier: MIT */
/*
 * Opens the file that a process has mapped, although the process may live in another mount
 * namespace, the file may be deleted or replaced, and the process may be gone by now. In: what is
 * known of the mapping and of the file's identity. Out: a descriptor of that very file, or why not.
 * Devices and pipes that somebody put in a file's place are never opened, only looked at.
 */
#ifndef OFFCUT_MAPPED_FILE_H
#define OFFCUT_MAPPED_FILE_H

#include <stdint.h>

#include "build_id.h"

struct mapped_file {
	uint32_t pid, parent_pid; /* parent 0: not known */
	uint64_t address;         /* somewhere in the mapping; 0: not known */
	uint64_t device, inode;   /* major << 20 | minor; 0 where only the build id is known */
	struct build_id build_id; /* length 0: there is none; then device and inode count */
	const char *path;         /* as the process saw it */
};

/* -ENOENT: nothing is there any more; -ESTALE: another file is; or another -errno. */
int mapped_file__open(const struct mapped_file *);

/* The jitdump that a process has mapped, as runtimes do to make it known; or -errno. */
int mapped_jitdump__open(uint32_t pid);

/* A copy of the vdso of this process, which is every process's, as a file; or -errno. */
int vdso__open(void);

/* A regular file below the root of a process, or of this one with pid 0; or -errno. */
int process_file__open(uint32_t pid, const char *path);

#endif
