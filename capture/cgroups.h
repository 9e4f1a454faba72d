/* SPDX-License-Identifier: MIT */
/*
 * Paths of control groups (v2) by id, which is the inode of their directory and the handle that it
 * can be opened by: no walk through a hierarchy of thousands. Where no cgroup2 is mounted there are
 * no paths, and where the privilege for handles is missing (CAP_DAC_READ_SEARCH) only those that the
 * scan of /proc meets; neither is an error.
 */
#ifndef OFFCUT_CGROUPS_H
#define OFFCUT_CGROUPS_H

#include <stdint.h>

#include "encoder.h"

#define CGROUP_PATH_BYTES 1024

struct cgroups {
	int fd;                        /* of the mount point; -1: there is none */
	char mount[CGROUP_PATH_BYTES]; /* where the hierarchy is mounted ... */
	char root[CGROUP_PATH_BYTES];  /* ... and what of it: empty for all, else a path */
};

void cgroups__open(struct cgroups *);
void cgroups__close(struct cgroups *);

/* The id of the group at a path of the hierarchy; 0 if it cannot be known. */
uint64_t cgroups__id(const struct cgroups *, const char *path);

/* Defines the groups of tasks that the encoder has met and has no path of. */
void cgroups__resolve(const struct cgroups *, struct encoder *);

#endif
