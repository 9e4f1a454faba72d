/* SPDX-License-Identifier: MIT */
/* The recorder's side of sealing: see sealing.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sealer.h"
#include "sealing.h"

/*
 * While recording goes on, sealing is for the recording that is cut off, and for who reads along. A
 * pass costs 10 ms for a large program, so for the former they become rare; for the latter there is one
 * at every tick that has something new.
 */
#define PASS_INTERVAL_NS_MIN 2000000000ull
#define PASS_INTERVAL_NS_MAX 64000000000ull
#define OPEN_ATTEMPTS_MAX 16u /* of a file, by way of as many processes that have it mapped */
#define SENTENCE_BYTES (OFFCUT_STRING_BYTES_MAX + 256)

/* What became of an owner over all passes. */
struct account {
	struct account *next; /* of processes */
	struct seal_report report;
	uint32_t attempts;
	bool is_reported;
};

struct sealing {
	struct sealer *sealer;
	struct account **objects; /* by object id */
	uint32_t capacity;
	struct account *processes; /* in no order */
	bool pass_runs, is_unfinished;
	uint64_t section_bytes;
	uint64_t pass_interval_ns, pass_interval_ns_max, next_pass_ns;
};

static uint64_t monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

int sealing__open(struct sealing **out, bool is_full, bool is_live, struct capture_error *error)
{
	struct sealing *sealing = calloc(1, sizeof(*sealing));
	int result = sealing ? sealer__open(&sealing->sealer, is_full) : -ENOMEM;

	if (result) {
		free(sealing);
		return error__set(error, -result, "The files of stacks cannot be sealed: %s. Record "
				  "with --seal none.", strerror(-result));
	}
	sealing->pass_interval_ns = is_live ? 0 : PASS_INTERVAL_NS_MIN;
	sealing->pass_interval_ns_max = is_live ? 0 : PASS_INTERVAL_NS_MAX;
	sealing->next_pass_ns = monotonic_ns() + sealing->pass_interval_ns;
	*out = sealing;
	return 0;
}

void sealing__close(struct sealing *sealing)
{
	if (!sealing)
		return;
	sealer__close(sealing->sealer);
	for (uint32_t i = 0; i < sealing->capacity; i++)
		free(sealing->objects[i]);
	free(sealing->objects);
	while (sealing->processes) {
		struct account *account = sealing->processes;

		sealing->processes = account->next;
		free(account);
	}
	free(sealing);
}

static struct account **sealing__object_slot(struct sealing *sealing, uint32_t id)
{
	uint32_t capacity = sealing->capacity ? sealing->capacity : 256;
	struct account **larger;

	if (id < sealing->capacity)
		return &sealing->objects[id];
	while (capacity <= id && capacity < MAPPED_OBJECTS_MAX)
		capacity *= 2;
	larger = capacity > id ? realloc(sealing->objects, capacity * sizeof(struct account *)) : NULL;
	if (!larger)
		return NULL;
	memset(larger + sealing->capacity, 0,
	       (capacity - sealing->capacity) * sizeof(struct account *));
	sealing->objects = larger;
	sealing->capacity = capacity;
	return &sealing->objects[id];
}

/* NULL without memory. Objects are told of again and again, a process's own code once, at the end. */
static struct account *sealing__account(struct sealing *sealing, const struct needed_owner *owner)
{
	struct account **slot = &sealing->processes;
	struct account *account;

	if (owner->object_id) {
		slot = sealing__object_slot(sealing, owner->object_id);
		if (!slot || *slot)
			return slot ? *slot : NULL;
	}
	account = calloc(1, sizeof(*account));
	if (!account)
		return NULL;
	account->report.owner = *owner;
	account->next = *slot;
	*slot = account;
	return account;
}

/* Of several passes: once could not be opened is not sealed; once damaged stays so. */
static void account__add(struct account *account, const struct seal_report *report)
{
	struct object_sealed *sum = &account->report.sealed;

	account->is_reported = true;
	account->report.open_errno = report->open_errno;
	if (report->open_errno)
		return;
	sum->status = report->sealed.status;
	sum->is_damaged |= report->sealed.is_damaged;
	sum->is_cut |= report->sealed.is_cut;
	sum->section_bytes += report->sealed.section_bytes;
	sum->symbols += report->sealed.symbols;
}

static bool sealing__open_owner(struct sealing *sealing, struct encoder *encoder,
				const struct needed_owner *owner)
{
	const struct mapped_object *object;
	uint32_t parent_pid = encoder__parent(encoder, owner->pid);

	if (!owner->object_id)
		return sealer__open_process(sealing->sealer, owner, parent_pid);
	object = encoder__mapped_object(encoder, owner->object_id);
	if (!object)
		return true;
	return sealer__open_object(sealing->sealer, owner, object->kind, &(struct mapped_file){
		.pid = owner->pid,
		.parent_pid = parent_pid,
		.address = owner->address,
		.device = object->device,
		.inode = object->inode,
		.build_id = object->build_id,
		.path = object->path,
	});
}

static void sealing__not_opened(struct sealing *sealing, struct encoder *encoder,
				const struct seal_report *report)
{
	struct account *account = sealing__account(sealing, &report->owner);

	if (!account)
		return;
	account->report.open_errno = report->open_errno;
	if (account->attempts++ < OPEN_ATTEMPTS_MAX)
		needed_code__forget_owner(encoder__needed_code(encoder), &report->owner);
}

/* False once the recording takes no more. */
static bool sealing__apply(struct sealing *sealing, struct encoder *encoder,
			   const struct seal_result *result)
{
	struct sealed *sealed = encoder__sealed(encoder);
	struct account *account;

	switch (result->kind) {
	case SEAL_NOT_OPENED:
		sealing__not_opened(sealing, encoder, &result->report);
		return true;
	case SEAL_PART:
		sealing->section_bytes += result->part.length;
		return sealing->section_bytes <= SEALING_BYTES_MAX &&
		       sealed__section(sealed, &result->part);
	case SEAL_OBJECT_SYMBOL:
		return sealed__object_symbol(sealed, &result->object_symbol);
	case SEAL_PROCESS_SYMBOL:
		return sealed__process_symbol(sealed, &result->process_symbol);
	case SEAL_REPORT:
		account = sealing__account(sealing, &result->report.owner);
		if (account)
			account__add(account, &result->report);
		return true;
	case SEAL_PASS_ENDED:
		sealing->pass_runs = false;
		return true;
	}
	return true;
}

/* Findings to the encoder; what comes after it took no more is dropped, and said to be. */
static void sealing__take(struct sealing *sealing, struct encoder *encoder, uint64_t deadline_ns)
{
	struct seal_result *result = sealer__take(sealing->sealer, deadline_ns), *next;

	for (; result; result = next) {
		next = result->next;
		if (!sealing__apply(sealing, encoder, result))
			sealing->is_unfinished = true;
		free(result);
	}
}

void sealing__poll(struct sealing *sealing, struct encoder *encoder)
{
	struct needed_code *code = encoder__needed_code(encoder);
	struct needed_owner owner;

	while (needed_code__next_owner(code, &owner)) {
		if (!sealing__open_owner(sealing, encoder, &owner)) {
			needed_code__forget_owner(code, &owner);
			break;
		}
	}
	sealing__take(sealing, encoder, 0);
}

static void sealing__begin_pass(struct sealing *sealing, struct encoder *encoder,
				bool in_processes_too)
{
	struct needed_address *rows;
	size_t count = needed_code__rows(encoder__needed_code(encoder), in_processes_too, &rows);

	if (count)
		sealing->pass_runs = sealer__pass(sealing->sealer, rows, count);
	else
		free(rows);
}

void sealing__tick(struct sealing *sealing, struct encoder *encoder, uint64_t now_ns)
{
	sealed__write(encoder__sealed(encoder));
	if (now_ns < sealing->next_pass_ns || sealing->pass_runs)
		return;
	sealing__begin_pass(sealing, encoder, false);
	if (sealing->pass_interval_ns < sealing->pass_interval_ns_max)
		sealing->pass_interval_ns *= 2;
	sealing->next_pass_ns = now_ns + sealing->pass_interval_ns;
}

static const char *elf_status__text(enum elf_status status)
{
	static const char *const texts[ELF_STATUSES] = {
		[ELF_OK] = "",
		[ELF_UNREADABLE] = "it cannot be read",
		[ELF_NO_ELF] = "it is no ELF file",
		[ELF_32_BIT] = "it is a 32-bit file",
		[ELF_BIG_ENDIAN] = "it is a big-endian file",
		[ELF_OTHER_MACHINE] = "it is another machine's",
		[ELF_DAMAGED] = "its headers are damaged",
	};

	return texts[status];
}

static bool account__is_sealed(const struct account *account)
{
	const struct object_sealed *sealed = &account->report.sealed;

	return !account->report.open_errno && sealed->status == ELF_OK && !sealed->is_damaged &&
	       !sealed->is_cut;
}

static const char *account__why(const struct account *account)
{
	const struct object_sealed *sealed = &account->report.sealed;

	if (account->report.open_errno == ESTALE)
		return "another file is in its place";
	if (account->report.open_errno == ENOENT)
		return account->report.owner.object_id ? "it is gone" : "it has written no map";
	if (account->report.open_errno)
		return strerror(account->report.open_errno);
	if (sealed->status != ELF_OK)
		return elf_status__text(sealed->status);
	return sealed->is_cut ? "there was no room for more" : "parts of it are damaged";
}

static void account__say(const struct account *account, const char *name, sealing_notice_fn notice,
			 void *context)
{
	char sentence[SENTENCE_BYTES];
	const struct object_sealed *sealed = &account->report.sealed;
	int used = snprintf(sentence, sizeof(sentence), "%s: %" PRIu64 " bytes, %u symbols sealed",
			    name, sealed->section_bytes, sealed->symbols);

	if (!account__is_sealed(account) && used < (int)sizeof(sentence))
		snprintf(sentence + used, sizeof(sentence) - (size_t)used, "; %s",
			 account__why(account));
	notice(context, sentence);
}

static void sealing__summarize(const struct sealing *sealing, struct encoder *encoder,
			       sealing_notice_fn notice, void *context,
			       struct sealing_summary *summary)
{
	char name[32];

	for (uint32_t id = 0; id < sealing->capacity; id++) {
		const struct account *account = sealing->objects[id];
		const struct mapped_object *object = encoder__mapped_object(encoder, id);

		if (!account || !account->is_reported)
			continue;
		summary->files++;
		summary->files_sealed += account__is_sealed(account);
		summary->section_bytes += account->report.sealed.section_bytes;
		summary->symbols += account->report.sealed.symbols;
		if (notice && object)
			account__say(account, object->path, notice, context);
	}
	for (const struct account *account = sealing->processes; account; account = account->next) {
		summary->processes++;
		summary->processes_sealed += account__is_sealed(account);
		summary->symbols += account->report.sealed.symbols;
		snprintf(name, sizeof(name), "process %u", account->report.owner.pid);
		if (notice)
			account__say(account, name, notice, context);
	}
	summary->addresses_refused = encoder__needed_code(encoder)->refused;
	summary->is_unfinished = sealing->is_unfinished;
}

void sealing__finish(struct sealing *sealing, struct encoder *encoder, sealing_notice_fn notice,
		     void *context, struct sealing_summary *summary)
{
	uint64_t deadline_ns = monotonic_ns() + SEALING_NS_MAX;
	const struct sealed *sealed = encoder__sealed(encoder);

	sealing__poll(sealing, encoder);
	for (int passes = 0; passes < 2; passes++) { /* one may run; the last one is then still due */
		if (!sealing->pass_runs)
			sealing__begin_pass(sealing, encoder, true);
		while (sealing->pass_runs && !sealed->is_full && monotonic_ns() < deadline_ns)
			sealing__take(sealing, encoder, deadline_ns);
	}
	sealed__write(encoder__sealed(encoder));
	sealing->is_unfinished |= sealing->pass_runs || sealed->is_full;
	sealing__summarize(sealing, encoder, notice, context, summary);
}
