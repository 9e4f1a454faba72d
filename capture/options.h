/* SPDX-License-Identifier: MIT */
/*
 * argv to configuration. `offcut record` takes the same options and hands them on as they are, so
 * this is the one place that knows their names, their defaults and their help.
 */
#ifndef OFFCUT_OPTIONS_H
#define OFFCUT_OPTIONS_H

#include "config.h"
#include "error.h"

enum options_action {
	OPTIONS_RECORD,
	OPTIONS_HELP,
	OPTIONS_VERSION,
	OPTIONS_DOCTOR,
	OPTIONS_MISUSED, /* error->text says how */
};

struct options {
	struct capture_config config;
	bool quiet;
	bool json; /* with --doctor: for programs */
};

extern const char options_help[];

enum options_action options__parse(struct options *, int argc, char **argv,
				   struct capture_error *);

#endif
