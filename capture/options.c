/* SPDX-License-Identifier: MIT */
/* See options.h. getopt_long does the splitting; the sentences are our own. */
#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "syscall_names.h"

#define STACK_MIN_US_DEFAULT 100
#define SIZE_MAX_DEFAULT (4ull << 30)
#define SECONDS_MAX (366 * 86400)
#define STACK_MIN_US_MAX 3600000000ull
#define STACK_BYTES_DEFAULT 8192
#define STACK_BYTES_LEAST 4096
#define STACK_BYTES_MOST 65536 /* DUMP_BYTES_MAX of bpf/events.h */
#define STACKS_PER_SECOND_DEFAULT 2000
#define STACKS_PER_SECOND_MAX 1000000
#define RING_BYTES_LIMIT (1ull << 30)
#define TID_LIMIT 4194304
#define SYSCALL_NR_LIMIT (CONFIG_CALL_WORDS * 64)
#define STRING_BYTES_LIMIT 256 /* STRING_BYTES_MAX of bpf/events.h */
#define LIST_ITEM_BYTES 64

void config__init(struct capture_config *config)
{
	memset(config, 0, sizeof(*config));
	config->output = "recording.offcut";
	config->size_max_bytes = SIZE_MAX_DEFAULT;
	config->offcpu = config->syscalls = config->wakeups = config->stacks = true;
	config->stack_min_us = STACK_MIN_US_DEFAULT;
	config->user_stacks = config->snapshots = true;
	config->stack_bytes = STACK_BYTES_DEFAULT;
	config->stacks_per_second = STACKS_PER_SECOND_DEFAULT;
}

/* The whole text is a number in [least, most]. */
static bool number__parse(const char *text, uint64_t least, uint64_t most, uint64_t *number)
{
	char *end;

	if (!isdigit((unsigned char)text[0]))
		return false;
	errno = 0;
	*number = strtoull(text, &end, 10);
	return !errno && *end == '\0' && *number >= least && *number <= most;
}

/* Seconds with up to nine decimals, without the floating point that this program does not need. */
static bool seconds__parse(const char *text, uint64_t *ns)
{
	char whole[24];
	size_t digits = strspn(text, "0123456789");
	const char *decimals = text[digits] == '.' ? text + digits + 1 : "";
	uint64_t unit = 1000000000;

	if (digits >= sizeof(whole) || (text[digits] && text[digits] != '.'))
		return false;
	snprintf(whole, sizeof(whole), "%.*s", (int)digits, text);
	if (!number__parse(digits ? whole : "0", 0, SECONDS_MAX, ns))
		return false;
	*ns *= unit;
	for (; *decimals; decimals++) {
		if (!isdigit((unsigned char)*decimals) || unit == 1)
			return false;
		unit /= 10;
		*ns += (uint64_t)(*decimals - '0') * unit;
	}
	return *ns > 0;
}

/* Bytes, or with K, M or G as many times 1024. */
static bool size__parse(const char *text, uint64_t most, uint64_t *bytes)
{
	char digits[24], *suffix;
	unsigned shift = 0;
	size_t length = strlen(text);

	if (!length || length >= sizeof(digits))
		return false;
	memcpy(digits, text, length + 1);
	suffix = digits + length - 1;
	if (!isdigit((unsigned char)*suffix)) {
		shift = *suffix == 'K' ? 10 : *suffix == 'M' ? 20 : *suffix == 'G' ? 30 : 0;
		if (!shift)
			return false;
		*suffix = '\0';
	}
	if (!number__parse(digits, 0, most >> shift, bytes))
		return false;
	*bytes <<= shift;
	return true;
}

/* Copies the item before the next comma; returns what follows, NULL after the last. */
static const char *list__item(const char *list, char item[LIST_ITEM_BYTES])
{
	size_t length = strcspn(list, ",");

	snprintf(item, LIST_ITEM_BYTES, "%.*s", (int)length, list);
	return list[length] ? list + length + 1 : NULL;
}

static int ids__parse(const char *list, struct id_list *ids, const char *option,
		      struct capture_error *error)
{
	char item[LIST_ITEM_BYTES];
	uint64_t id;

	while (list) {
		list = list__item(list, item);
		if (!number__parse(item, 1, TID_LIMIT, &id))
			return error__set(error, EINVAL, "%s takes numbers from 1 to %d, with commas "
					  "between them, not \"%s\".", option, TID_LIMIT, item);
		if (ids->count == CONFIG_IDS_MAX)
			return error__set(error, EINVAL, "%s takes at most %d numbers.", option,
					  CONFIG_IDS_MAX);
		ids->ids[ids->count++] = (uint32_t)id;
	}
	return 0;
}

static void call_set__add(uint64_t calls[CONFIG_CALL_WORDS], int nr)
{
	if (nr >= 0 && nr < SYSCALL_NR_LIMIT)
		calls[nr / 64] |= 1ull << (nr % 64);
}

/* A name means both ABIs' calls of that name; a number means that number in both. */
static int calls__parse(const char *option, const char *list,
			uint64_t calls[CONFIG_CALL_ABIS][CONFIG_CALL_WORDS],
			struct capture_error *error)
{
	char item[LIST_ITEM_BYTES];
	uint64_t number;
	int native, compat;

	while (list) {
		list = list__item(list, item);
		native = syscall_name__nr(syscall_numbers_native, item);
		compat = syscall_name__nr(syscall_numbers_compat, item);
		if (number__parse(item, 0, SYSCALL_NR_LIMIT - 1, &number))
			native = compat = (int)number;
		if (native < 0 && compat < 0)
			return error__set(error, EINVAL, "%s does not know \"%s\". Calls are named as "
					  "in their manual pages (futex, read, openat); newer ones can "
					  "be given by number.", option, item);
		call_set__add(calls[0], native);
		call_set__add(calls[1], compat);
	}
	return 0;
}

static int arguments__parse(const char *list, struct capture_config *config,
			    struct capture_error *error)
{
	config->arguments = true;
	if (strcmp(list, "all"))
		return calls__parse("--args", list, config->argument_calls, error);
	memset(config->argument_calls, 0xff, sizeof(config->argument_calls));
	return 0;
}

static int seal_mode__parse(const char *text, enum seal_mode *mode, struct capture_error *error)
{
	static const char *const names[] = { [SEAL_NEEDED] = "needed", [SEAL_FULL] = "full",
					     [SEAL_NONE] = "none" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (!strcmp(text, names[i])) {
			*mode = (enum seal_mode)i;
			return 0;
		}
	}
	return error__set(error, EINVAL, "--seal does not take \"%s\"; it takes needed, full or none.",
			  text);
}

enum long_option {
	OPTION_FORCE = 256,
	OPTION_MAX_SIZE,
	OPTION_FOLLOW,
	OPTION_NO_OFFCPU,
	OPTION_NO_WAKEUPS,
	OPTION_NO_SYSCALLS,
	OPTION_SYSCALLS,
	OPTION_ARGS,
	OPTION_STRINGS,
	OPTION_NO_STACKS,
	OPTION_STACK_MIN_US,
	OPTION_NO_USER_STACKS,
	OPTION_STACK_BYTES,
	OPTION_STACKS_PER_SECOND,
	OPTION_PREEMPTED_STACKS,
	OPTION_EXACT_STACKS,
	OPTION_KEEP_STACK_BYTES,
	OPTION_NO_SNAPSHOTS,
	OPTION_SEAL,
	OPTION_RING_SIZE,
	OPTION_DOCTOR,
	OPTION_JSON,
	OPTION_VERSION,
};

static const struct option long_options[] = {
	{ "force", no_argument, NULL, OPTION_FORCE },
	{ "max-size", required_argument, NULL, OPTION_MAX_SIZE },
	{ "follow", no_argument, NULL, OPTION_FOLLOW },
	{ "no-offcpu", no_argument, NULL, OPTION_NO_OFFCPU },
	{ "no-wakeups", no_argument, NULL, OPTION_NO_WAKEUPS },
	{ "no-syscalls", no_argument, NULL, OPTION_NO_SYSCALLS },
	{ "syscalls", required_argument, NULL, OPTION_SYSCALLS },
	{ "args", required_argument, NULL, OPTION_ARGS },
	{ "strings", required_argument, NULL, OPTION_STRINGS },
	{ "no-stacks", no_argument, NULL, OPTION_NO_STACKS },
	{ "stack-min-us", required_argument, NULL, OPTION_STACK_MIN_US },
	{ "no-user-stacks", no_argument, NULL, OPTION_NO_USER_STACKS },
	{ "stack-bytes", required_argument, NULL, OPTION_STACK_BYTES },
	{ "stacks-per-second", required_argument, NULL, OPTION_STACKS_PER_SECOND },
	{ "preempted-stacks", no_argument, NULL, OPTION_PREEMPTED_STACKS },
	{ "exact-stacks", no_argument, NULL, OPTION_EXACT_STACKS },
	{ "keep-stack-bytes", no_argument, NULL, OPTION_KEEP_STACK_BYTES },
	{ "no-snapshots", no_argument, NULL, OPTION_NO_SNAPSHOTS },
	{ "seal", required_argument, NULL, OPTION_SEAL },
	{ "ring-size", required_argument, NULL, OPTION_RING_SIZE },
	{ "doctor", no_argument, NULL, OPTION_DOCTOR },
	{ "json", no_argument, NULL, OPTION_JSON },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ NULL, 0, NULL, 0 },
};

/* The leading + ends options at the first word that is none; the : tells a missing argument. */
static const char short_options[] = "+:o:d:p:t:ukaqvh";

static int option__number(const char *name, bool valid, const char *example,
			  struct capture_error *error)
{
	return valid ? 0 : error__set(error, EINVAL, "%s does not take \"%s\"; try %s %s.", name,
				      optarg, name, example);
}

/* A multiple of a word. */
static bool stack_bytes__parse(const char *text, struct capture_config *config)
{
	uint64_t bytes;

	if (!size__parse(text, STACK_BYTES_MOST, &bytes) || (bytes && bytes < STACK_BYTES_LEAST))
		return false;
	config->stack_bytes = (uint32_t)bytes & ~7u;
	return true;
}

static int option__value(struct options *options, int option, struct capture_error *error)
{
	struct capture_config *config = &options->config;
	uint64_t number;

	switch (option) {
	case 'o':
		config->output = optarg;
		return 0;
	case 'd':
		return option__number("-d", seconds__parse(optarg, &config->duration_ns), "10", error);
	case 'p':
		return ids__parse(optarg, &config->pids, "-p", error);
	case 't':
		return ids__parse(optarg, &config->tids, "-t", error);
	case OPTION_SYSCALLS:
		config->filter_calls = true;
		return calls__parse("--syscalls", optarg, config->calls, error);
	case OPTION_ARGS:
		return arguments__parse(optarg, config, error);
	case OPTION_STRINGS:
		if (!number__parse(optarg, 1, STRING_BYTES_LIMIT, &number))
			return option__number("--strings", false, "64", error);
		config->string_bytes = (uint32_t)number;
		return 0;
	case OPTION_MAX_SIZE:
		return option__number("--max-size", size__parse(optarg, INT64_MAX,
								&config->size_max_bytes), "500M", error);
	case OPTION_RING_SIZE:
		return option__number("--ring-size", size__parse(optarg, RING_BYTES_LIMIT,
								 &config->ring_bytes), "64M", error);
	case OPTION_STACK_BYTES:
		return option__number("--stack-bytes", stack_bytes__parse(optarg, config), "16K", error);
	case OPTION_STACKS_PER_SECOND:
		if (!number__parse(optarg, 1, STACKS_PER_SECOND_MAX, &number))
			return option__number("--stacks-per-second", false, "500", error);
		config->stacks_per_second = (uint32_t)number;
		return 0;
	case OPTION_STACK_MIN_US:
		return option__number("--stack-min-us", number__parse(optarg, 0, STACK_MIN_US_MAX,
								      &config->stack_min_us), "1000",
				      error);
	case OPTION_SEAL:
		return seal_mode__parse(optarg, &config->seal, error);
	default:
		return error__set(error, EINVAL, "Option %d is not known.", option);
	}
}

/* True for options without a value. */
static bool option__flag(struct options *options, int option)
{
	struct capture_config *config = &options->config;

	switch (option) {
	case 'u': config->user_only = true; return true;
	case 'k': config->kernel_only = true; return true;
	case 'a': config->whole_host = true; return true;
	case 'q': options->quiet = true; return true;
	case 'v': config->verbose = true; return true;
	case OPTION_FORCE: config->force = true; return true;
	case OPTION_FOLLOW: config->follow = true; return true;
	case OPTION_NO_OFFCPU: config->offcpu = false; return true;
	case OPTION_NO_WAKEUPS: config->wakeups = false; return true;
	case OPTION_NO_SYSCALLS: config->syscalls = false; return true;
	case OPTION_NO_STACKS: config->stacks = false; return true;
	case OPTION_NO_USER_STACKS: config->user_stacks = false; return true;
	case OPTION_PREEMPTED_STACKS: config->preempted_stacks = true; return true;
	case OPTION_EXACT_STACKS: config->exact_stacks = true; return true;
	case OPTION_KEEP_STACK_BYTES: config->keep_stack_bytes = true; return true;
	case OPTION_NO_SNAPSHOTS: config->snapshots = false; return true;
	case OPTION_JSON: options->json = true; return true;
	default: return false;
	}
}

/* What does not go together, and what follows from what. */
static int config__check(struct capture_config *config, struct capture_error *error)
{
	bool by_id = config->pids.count || config->tids.count;

	if (config->user_only && config->kernel_only)
		return error__set(error, EINVAL, "-u and -k leave no thread to record; give one of them.");
	if (config->kernel_only)
		config->syscalls = false; /* kernel threads make none */
	if (!config->offcpu && !config->syscalls)
		return error__set(error, EINVAL, "There is nothing left to record: off-CPU time and system "
				  "calls are both switched off.");
	if (config->filter_calls && !config->syscalls)
		return error__set(error, EINVAL, "--syscalls chooses among system calls, which are switched "
				  "off.");
	if (config->arguments && !config->syscalls)
		return error__set(error, EINVAL, "--args are those of system calls, which are switched off.");
	if (config->string_bytes && !config->arguments)
		return error__set(error, EINVAL, "--strings are those that arguments point to: name the calls "
				  "with --args.");
	if (!config->offcpu || !config->stacks)
		config->user_stacks = false;
	if (!config->user_stacks)
		config->stack_bytes = 0;
	if (config->keep_stack_bytes && !config->stack_bytes)
		return error__set(error, EINVAL, "--keep-stack-bytes keeps what is in user stacks, which "
				  "are not taken whole.");
	if (config->follow && !by_id && !config->command)
		return error__set(error, EINVAL, "--follow needs to know whom: give -p or -t with it.");
	if (config->whole_host && by_id)
		return error__set(error, EINVAL, "-a is the whole host, -p and -t are some of it; give one "
				  "or the other.");
	if (config->whole_host && !config->command)
		config->whole_host = false; /* it is the default */
	if (config->command && !config->whole_host)
		config->follow = true;
	return 0;
}

static void text__add(char text[CONFIG_TEXT_BYTES], const char *separator, const char *more)
{
	size_t used = strlen(text);

	snprintf(text + used, CONFIG_TEXT_BYTES - used, "%s%s", used ? separator : "", more);
}

static void text__add_ids(char text[CONFIG_TEXT_BYTES], const char *name, const struct id_list *ids)
{
	char number[16];

	for (size_t i = 0; i < ids->count; i++) {
		snprintf(number, sizeof(number), "%u", ids->ids[i]);
		if (!i)
			text__add(text, ", ", name);
		text__add(text, i ? "," : " ", number);
	}
}

static void config__describe(struct capture_config *config, const char *calls, int argc, char **argv)
{
	char *filter = config->filter_text;

	if (config->command && !config->whole_host)
		text__add(filter, ", ", "the command");
	text__add_ids(filter, "pid", &config->pids);
	text__add_ids(filter, "tid", &config->tids);
	if (config->follow)
		text__add(filter, ", ", "and children");
	if (config->user_only)
		text__add(filter, ", ", "user threads");
	if (config->kernel_only)
		text__add(filter, ", ", "kernel threads");
	if (calls) {
		text__add(filter, ", ", "system calls");
		text__add(filter, " ", calls);
	}
	for (int i = 1; i < argc; i++)
		text__add(config->options_text, " ", argv[i]);
}

/* getopt_long leaves the option in optopt: a letter, the value of a long one, or 0 if unknown. */
static int options__misused(int option, char **argv, struct capture_error *error)
{
	const char *name = argv[optind - 1] ? argv[optind - 1] : argv[optind - 2];
	char letter[3] = { '-', (char)optopt, '\0' };

	if (optopt > 0 && optopt < 256)
		name = letter;
	for (const struct option *known = long_options; option == ':' && known->name; known++) {
		if (known->val == optopt && optopt >= 256)
			return error__set(error, EINVAL, "--%s needs a value.", known->name);
	}
	if (option == ':')
		return error__set(error, EINVAL, "%s needs a value.", name);
	return error__set(error, EINVAL, "%s is not an option, or takes no value. See offcut-capture "
			  "--help.", name);
}

enum options_action options__parse(struct options *options, int argc, char **argv,
				   struct capture_error *error)
{
	enum options_action action = OPTIONS_RECORD;
	const char *calls = NULL;
	int option, result = 0;

	memset(options, 0, sizeof(*options));
	config__init(&options->config);
	opterr = 0;
	optind = 1;
	while (!result && (option = getopt_long(argc, argv, short_options, long_options, NULL)) != -1) {
		if (option == 'h')
			return OPTIONS_HELP;
		if (option == OPTION_VERSION)
			return OPTIONS_VERSION;
		if (option == OPTION_DOCTOR)
			action = OPTIONS_DOCTOR;
		else if (option == ':' || option == '?')
			result = options__misused(option, argv, error);
		else if (!option__flag(options, option))
			result = option__value(options, option, error);
		if (option == OPTION_SYSCALLS)
			calls = optarg;
	}
	if (!result && optind < argc && strcmp(argv[optind - 1], "--") != 0)
		result = error__set(error, EINVAL, "\"%s\" is no option. A command to record comes after "
				    "--, as in: offcut-capture -o x.offcut -- %s", argv[optind],
				    argv[optind]);
	if (!result && optind < argc)
		options->config.command = argv + optind;
	if (!result)
		result = config__check(&options->config, error);
	if (result)
		return OPTIONS_MISUSED;
	config__describe(&options->config, calls, argc, argv);
	return action;
}
