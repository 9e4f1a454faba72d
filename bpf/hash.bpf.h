/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/*
 * The hashes that stacks are named by, alike in every program, so that a stack that two of them meet
 * is one. In: frames of a stack, or the words of a user stack. Keeps nothing, sends nothing.
 */
#ifndef OFFCUT_HASH_BPF_H
#define OFFCUT_HASH_BPF_H

#include "kernel.bpf.h"

#define KEY_BYTES 1024u     /* of a user stack: what tells it from another */
/* Of the memory that words are in, at least: for the verifier. */
#ifndef HASHED_BYTES_MAX
#define HASHED_BYTES_MAX DUMP_BYTES_MAX
#endif
#define WORDS_PER_STEP 4u   /* a step of a loop costs as much as several words */

/* What a user stack's hash begins with: a stack of frames is none of bytes. */
enum hash_seed { HASH_FRAMES = 1, HASH_DUMP = 2 };

static __always_inline __u64 hash__add(__u64 hash, __u64 word)
{
	hash = (hash ^ word) * 0x9e3779b97f4a7c15ull;
	return hash ^ (hash >> 29);
}

/* The process and its program: exec starts it anew. */
static __always_inline __u64 hash__of_process(const struct task_struct *task, __u64 seed)
{
	seed = hash__add(hash__add(seed, task->tgid), task->group_leader->start_time);
	return hash__add(seed, task->self_exec_id);
}

/*
 * The loops below are bpf_loop(): verifiers differ in which shape of a plain loop they follow, up to
 * 6.4 they refuse some that clang likes to make.
 */
struct hashing {
	const struct stack_record *record;
	__u64 hash;
};

static long hash__step(__u32 index, void *context)
{
	struct hashing *hashing = context;

	if (index >= FRAMES_MAX)
		return 1;
	hashing->hash = hash__add(hashing->hash, hashing->record->frames[index]);
	return 0;
}

static __always_inline __u64 frames__hash(const struct stack_record *record, __u64 seed)
{
	struct hashing hashing = { .record = record, .hash = seed };

	bpf_loop(record->depth, hash__step, &hashing, 0);
	return hashing.hash ? hashing.hash : 1;
}

/* Words of a user stack. With `all` every one counts, else those that look like addresses. */
struct words_hashing {
	const __u64 *words;
	__u64 hash, code_start, code_bytes;
	bool all;
};

static __always_inline bool word__counts(const struct words_hashing *hashing, __u64 word)
{
	word = user_address(word);
	return word - MAPPED_LOW < MAPPED_BYTES || word - hashing->code_start < hashing->code_bytes;
}

static long words__step(__u32 index, void *context)
{
	struct words_hashing *hashing = context;
	__u64 hash = hashing->hash;
	__u64 at = index;

	if (at >= HASHED_BYTES_MAX / 8 / WORDS_PER_STEP)
		return 1;
	at *= WORDS_PER_STEP;
#pragma unroll
	for (__u32 i = 0; i < WORDS_PER_STEP; i++) {
		__u64 word = hashing->words[at + i];

		if (hashing->all || word__counts(hashing, word))
			hash = hash__add(hash, word);
	}
	hashing->hash = hash;
	return 0;
}

/* The stack itself, by what of it is in `words`: two that differ further up only are one. */
static __always_inline __u64 dump__hash(const struct task_struct *task,
					const struct dump_record *record, const __u64 *words,
					__u64 bytes, bool all)
{
	const struct mm_struct *mm = task->mm;
	struct words_hashing hashing = { .words = words, .all = all };
	struct user_registers user;
	__u64 hash = hash__of_process(task, HASH_DUMP);

	hashing.code_start = mm->start_code;
	hashing.code_bytes = mm->end_code - hashing.code_start;
	dump__user(record, &user);
	hash = hash__add(hash__add(hash, user.ip), user.sp);
	if (user.frame - user.sp < DUMP_BYTES_MAX)
		hash = hash__add(hash, user.frame);
	hashing.hash = hash;
	bpf_loop((bytes + 8 * WORDS_PER_STEP - 1) / (8 * WORDS_PER_STEP), words__step, &hashing, 0);
	return hashing.hash ? hashing.hash : 1;
}

#endif
