/* SPDX-License-Identifier: MIT */
/*
 * The files that sealing has met: those of objects, and the symbol maps that processes with a JIT
 * compiler write. Opened when they are met, because a process may be gone before anybody reads
 * them; kept open, a bounded number of them, and opened again where they had to be closed. Belongs
 * to one thread; may wait for a file as long as that takes.
 */
#ifndef OFFCUT_SEAL_FILES_H
#define OFFCUT_SEAL_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mapped_file.h"
#include "needed_code.h"
#include "object_seal.h"

#define SEAL_DESCRIPTORS_MAX 256u /* of objects; the usual limit of a process is 1,024 */
#define SEAL_PROCESSES_MAX 64u	  /* whose maps are kept; two descriptors each */

/* What one pass made of an object or of a process's own code. */
struct seal_report {
	struct needed_owner owner;
	int open_errno;		     /* not 0: its file could not be opened */
	struct object_sealed sealed; /* of an object; of a process only `symbols` */
};

struct seal_files_sink {
	struct seal_sink object;
	bool (*process_symbol)(void *context, const struct process_symbol *);
	bool (*report)(void *context, const struct seal_report *);
};

struct seal_file; /* of an object */

struct seal_process {
	uint32_t pid, parent_pid; /* pid 0: free */
	uint32_t name;		  /* its pid in its own namespace, which its map is named after */
	int map_fd, dump_fd;	  /* -1: none */
};

struct seal_files {
	bool is_full;
	struct seal_files_sink sink;
	struct seal_file **objects; /* by id */
	uint32_t capacity;
	struct seal_file *open_first, **open_end; /* in the order of opening */
	uint32_t open_count;
	struct seal_process processes[SEAL_PROCESSES_MAX];
	uint32_t processes_next;
};

void seal_files__init(struct seal_files *, bool is_full, const struct seal_files_sink *);
void seal_files__close(struct seal_files *);

/* 0 or -errno: then it may be asked for again, with another process. */
int seal_files__open_object(struct seal_files *, const struct needed_owner *, uint32_t kind,
			    const struct mapped_file *);
void seal_files__open_process(struct seal_files *, uint32_t pid, uint32_t parent_pid);

/* Seals what sorted rows need, objects with the most of them first; one report each. */
void seal_files__pass(struct seal_files *, const struct needed_address *rows, size_t count);

#endif
