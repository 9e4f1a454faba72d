/* SPDX-License-Identifier: MIT */
/*
 * What recording needs and whether it is here: kernel, BTF, capabilities, and each part of the
 * capture tried for real. Used by `offcut-capture --doctor` and, as JSON, by `offcut doctor`.
 */
#ifndef OFFCUT_DOCTOR_H
#define OFFCUT_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>

#define DOCTOR_TEXT_BYTES 512
#define DOCTOR_CHECKS_MAX 16

enum doctor_state { DOCTOR_OK, DOCTOR_DEGRADED, DOCTOR_MISSING };

struct doctor_check {
	const char *name;
	enum doctor_state state;
	char text[DOCTOR_TEXT_BYTES]; /* what was found; where it is not OK also what to do */
};

struct doctor_report {
	struct doctor_check checks[DOCTOR_CHECKS_MAX];
	size_t count;
	bool can_record; /* nothing is DOCTOR_MISSING */
	char setcap[DOCTOR_TEXT_BYTES]; /* the command that gives missing capabilities; empty: none */
};

void doctor__examine(struct doctor_report *);

#endif
