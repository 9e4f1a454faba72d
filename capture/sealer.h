/* SPDX-License-Identifier: MIT */
/*
 * The thread that seals: it opens the files of processes while those live, and reads them. Opening
 * and reading files of anybody may take as long as a dead file server likes, and the recorder must
 * not wait for that; so this is done beside it, at the lowest priority, and whoever waits for it
 * waits with a deadline. In: requests. Out: results, of bounded size, to be taken now and then. It
 * never touches the recording.
 */
#ifndef OFFCUT_SEALER_H
#define OFFCUT_SEALER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "entities.h"
#include "mapped_file.h"
#include "needed_code.h"
#include "seal_files.h"

struct sealer;

enum seal_result_kind {
	SEAL_NOT_OPENED, /* `report`: perhaps another process shows the file */
	SEAL_PART,
	SEAL_OBJECT_SYMBOL,
	SEAL_PROCESS_SYMBOL,
	SEAL_REPORT,
	SEAL_PASS_ENDED,
};

struct seal_result {
	struct seal_result *next;
	enum seal_result_kind kind;
	union {
		struct section_part part;
		struct object_symbol object_symbol;
		struct process_symbol process_symbol;
		struct seal_report report;
	};
	uint8_t bytes[]; /* of the part or name, which point here */
};

/* Starts the thread. 0 or -errno. */
int sealer__open(struct sealer **, bool is_full);
/* Ends it. One that is stuck in a file is left behind, with its memory. NULL is fine. */
void sealer__close(struct sealer *);

/* To be opened, and kept open; false if too much has been asked already: ask again later. */
bool sealer__open_object(struct sealer *, const struct needed_owner *, uint32_t kind,
			 const struct mapped_file *);
bool sealer__open_process(struct sealer *, const struct needed_owner *, uint32_t parent_pid);

/*
 * Seals what these sorted rows need and no pass before has sealed. The rows become the sealer's.
 * Ends with SEAL_PASS_ENDED. False if there was no memory for the request.
 */
bool sealer__pass(struct sealer *, struct needed_address *rows, size_t count);

/* All results so far, in order, the caller's to free; waits for one until `deadline_ns`
 * (CLOCK_MONOTONIC; 0: does not wait). NULL: none. */
struct seal_result *sealer__take(struct sealer *, uint64_t deadline_ns);

#endif
