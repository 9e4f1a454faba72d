/* SPDX-License-Identifier: MIT */
/*
 * The code addresses that occurred in any stack of the recording: what sealing has to keep unwind
 * information and names of. In: an address as a stack has it, and where it lies: in an object at a
 * file offset, or in memory that belongs to no file. Out, at the end: the distinct ones in order.
 * Bounded; what did not fit is counted. Knows no mappings, opens no files.
 */
#ifndef OFFCUT_NEEDED_CODE_H
#define OFFCUT_NEEDED_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Distinct addresses, of 32 bytes each at worst. A host of many programs has some 50,000. */
#define NEEDED_CODE_MAX (1u << 18)

struct needed_address {
	uint64_t at;       /* file offset in the object, or address in the process */
	uint32_t owner;    /* object id, or pid; never 0 */
	uint16_t is_in_process;
	uint16_t is_told;  /* it has been among the rows */
};

/* An object, or a process with code of its own, when its first address was added. */
struct needed_owner {
	uint32_t object_id; /* 0: the process itself */
	uint32_t pid;
	uint64_t address; /* in the process, which has the object mapped there */
};

#define NEEDED_OWNERS_PENDING_MAX 1024u

struct needed_code {
	struct needed_address *slots; /* owner 0: free */
	uint32_t slots_log2, count;
	uint64_t refused; /* calls, not distinct addresses: those are not known any more */
	uint64_t seed;
	uint8_t *objects_met, *pids_met; /* one bit per id */
	struct needed_owner *pending; /* met and not yet asked for; a ring */
	uint32_t pending_first, pending_count;
};

/* One that is all zeros keeps nothing. `seed` keeps processes from preparing addresses that all collide. 0 or -ENOMEM. */
int needed_code__open(struct needed_code *, uint64_t seed);
void needed_code__close(struct needed_code *);

/*
 * An address of a stack, return addresses as they are. `object_id` 0 means that it lies in no file
 * (memory of a JIT compiler, an object that is not known): then pid and address are kept, else
 * object and offset. True if it is new. An address without object and pid is nobody's: ignored.
 */
bool needed_code__add(struct needed_code *, uint32_t object_id, uint64_t file_offset, uint32_t pid,
		      uint64_t address);

/* An object's file may be needed: it is met before any address of it is. */
void needed_code__meet(struct needed_code *, uint32_t object_id, uint32_t pid, uint64_t address);

/*
 * The next object or process that was met and not told yet: to open its file while the process
 * lives. False: none. One that is forgotten is told again when it is met again, by whoever it is met.
 */
bool needed_code__next_owner(struct needed_code *, struct needed_owner *);
void needed_code__forget_owner(struct needed_code *, const struct needed_owner *);

/*
 * Those that have not been among the rows before, sorted by is_in_process, owner and place: those of
 * one object side by side. Those in processes only if asked for. The rows are the caller's to free.
 * Their number; 0 also when memory did not suffice (*rows NULL).
 */
size_t needed_code__rows(struct needed_code *, bool in_processes_too, struct needed_address **rows);

/* Of sorted rows from `from` on: where the ones of the first row's owner end. */
size_t needed_code__owner_end(const struct needed_address *rows, size_t from, size_t count);

#endif
