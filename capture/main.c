/* SPDX-License-Identifier: MIT */
/*
 * offcut-capture: argv to configuration to session to exit status. The only file here that prints;
 * results of --help, --version and --doctor to stdout, everything else to stderr.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "capabilities.h"
#include "command.h"
#include "doctor.h"
#include "options.h"
#include "output.h"
#include "session.h"

#define EXIT_FAILED 1
#define EXIT_MISUSED 2
#define RECORDER_NICE (-10)

/* The one global: signal handlers have no other way to the session. */
static struct session *signalled_session;

static void on_signal(int number)
{
	static volatile sig_atomic_t signals;

	if (signals++)
		_exit(COMMAND_SIGNAL_BASE + number);
	session__stop(signalled_session, OFFCUT_ENDED_SIGNAL);
}

/* A closed pipe and a file size limit are left to write(2), which reports them as errors. */
static void signals__install(struct session *session)
{
	struct sigaction action = { .sa_handler = on_signal };

	signalled_session = session;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
	sigaction(SIGXFSZ, &action, NULL);
}

static void say(const char *sentence)
{
	fprintf(stderr, "offcut-capture: %s\n", sentence);
}

static void on_notice(void *context, const char *sentence)
{
	(void)context;
	say(sentence);
}

static const char *ended__text(enum offcut_ended ended)
{
	switch (ended) {
	case OFFCUT_ENDED_DURATION: return "the time was over";
	case OFFCUT_ENDED_SIGNAL: return "stopped by a signal";
	case OFFCUT_ENDED_SIZE_MAX: return "--max-size was reached";
	case OFFCUT_ENDED_COMMAND_EXIT: return "the command ended";
	case OFFCUT_ENDED_STOPPED: return "stopped";
	case OFFCUT_ENDED_WRITE_ERROR: return "writing failed";
	}
	return "ended";
}

/* A number of thousandths with the decimals asked for; printf's own would drag in 9 KB. */
static const char *decimal(char text[24], uint64_t thousandths, int decimals)
{
	int length = snprintf(text, 24, "%llu.%03llu", (unsigned long long)(thousandths / 1000),
			      (unsigned long long)(thousandths % 1000));

	text[length - 3 + decimals] = '\0';
	return text;
}

/* ", 41 of 42 files sealed"; empty where no stack led through any. */
static void sealing__text(const struct sealing_summary *sealing, char text[128])
{
	text[0] = '\0';
	if (sealing->files)
		snprintf(text, 128, "%u of %u files sealed%s, ", sealing->files_sealed, sealing->files,
			 sealing->is_unfinished ? " in the room and time there was" : "");
}

static void print_summary(const struct session_summary *summary, const char *output)
{
	const struct encoder_summary *encoder = &summary->encoder;
	char seconds[24], megabytes[24], bytes_per_event[24], arguments[64] = "", sealed[128];
	uint64_t written = 0, lost = 0;

	for (int stream = 0; stream < STREAMS; stream++) {
		written += encoder->written[stream];
		lost += encoder->lost[stream];
	}
	decimal(seconds, summary->duration_ns / 1000000, 1);
	decimal(megabytes, encoder->file_bytes / 1000, 1);
	decimal(bytes_per_event, written ? encoder->file_bytes * 1000 / written : 0, 2);
	if (encoder->seen[STREAM_ARGUMENTS])
		snprintf(arguments, sizeof(arguments), "%llu with arguments, %llu strings, ",
			 (unsigned long long)encoder->written[STREAM_ARGUMENTS],
			 (unsigned long long)encoder->string_arguments);
	sealing__text(&summary->sealing, sealed);
	fprintf(stderr, "offcut-capture: %s s, %s: %llu switches, %llu wakeups, %llu system calls, "
		"%s%llu stacks, %s%llu lost; %s MB, %s bytes per event, in %s\n",
		seconds, ended__text(summary->ended),
		(unsigned long long)encoder->written[STREAM_SWITCH],
		(unsigned long long)encoder->written[STREAM_WAKE],
		(unsigned long long)encoder->written[STREAM_SYSCALL], arguments,
		(unsigned long long)encoder->stacks, sealed, (unsigned long long)lost,
		megabytes, bytes_per_event, output__name(output));
}

static int session__failed(struct session *session, const struct capture_error *error)
{
	say(error->text);
	session__close(session);
	return EXIT_FAILED;
}

/*
 * On a host with more to run than cpus the recorder would lose events waiting for its turn, and it
 * needs little. Where that is not allowed it does without. Called once the command, which must not
 * inherit this, has been forked.
 */
static void priority__raise(void)
{
	if (setpriority(PRIO_PROCESS, 0, RECORDER_NICE) < 0)
		errno = 0;
}

static int record(const struct options *options)
{
	const struct capture_config *config = &options->config;
	struct session_summary summary;
	struct capture_error error = { 0 };
	struct session *session = NULL;
	char missing[CAPABILITY_TEXT_BYTES];
	int result;

	if (session__open(&session, config, &error))
		return session__failed(session, &error);
	signals__install(session);
	priority__raise();
	session__on_notice(session, on_notice, NULL);
	if (session__start(session, &error))
		return session__failed(session, &error);
	if (!options->quiet && capabilities__missing(false, missing, sizeof(missing)))
		say(missing);
	if (!options->quiet)
		fprintf(stderr, "offcut-capture: recording to %s%s\n", output__name(config->output),
			config->command || config->duration_ns ? "" : " (Ctrl-C ends it)");
	result = session__run(session, &summary, &error);
	if (result)
		say(error.text);
	if (!options->quiet)
		print_summary(&summary, config->output);
	session__close(session);
	return result ? EXIT_FAILED : summary.command_status;
}

static const char *doctor__word(enum doctor_state state)
{
	return state == DOCTOR_OK ? "ok" : state == DOCTOR_DEGRADED ? "degraded" : "missing";
}

/* The texts are our own and the kernel's: quotes and backslashes are all that needs care. */
static void print_json_string(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putchar('\\');
		putchar((unsigned char)*text < ' ' ? ' ' : *text);
	}
	putchar('"');
}

static int examine(bool json)
{
	struct doctor_report report;

	doctor__examine(&report);
	if (json)
		printf("{\"canRecord\":%s,\"checks\":[", report.can_record ? "true" : "false");
	for (size_t i = 0; i < report.count; i++) {
		const struct doctor_check *check = &report.checks[i];

		if (!json) {
			printf("%-9s%-21s%s\n", doctor__word(check->state), check->name, check->text);
			continue;
		}
		printf("%s{\"name\":", i ? "," : "");
		print_json_string(check->name);
		printf(",\"state\":\"%s\",\"text\":", doctor__word(check->state));
		print_json_string(check->text);
		putchar('}');
	}
	if (json) {
		fputs("],\"setcap\":", stdout);
		print_json_string(report.setcap);
		puts("}");
	} else if (report.setcap[0]) {
		printf("\nThis gives the program what it lacks: %s\n", report.setcap);
	}
	return report.can_record ? 0 : EXIT_FAILED;
}

int main(int argc, char **argv)
{
	struct capture_error error = { 0 };
	static struct options options;

	switch (options__parse(&options, argc, argv, &error)) {
	case OPTIONS_HELP:
		fputs(options_help, stdout);
		return 0;
	case OPTIONS_VERSION:
		puts(OFFCUT_WRITER);
		return 0;
	case OPTIONS_DOCTOR:
		return examine(options.json);
	case OPTIONS_RECORD:
		return record(&options);
	case OPTIONS_MISUSED:
		break;
	}
	say(error.text);
	return EXIT_MISUSED;
}
