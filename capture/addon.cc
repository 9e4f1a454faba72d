/* SPDX-License-Identifier: MIT */
/*
 * The session of session.h for Node: start(words, onNotice) -> Promise of a recording, whose stop()
 * and `ended` are Promises of its summary. The words are those of the command line and read by the
 * same options.c. No logic of its own: a thread takes the session through its life and says to the
 * JavaScript thread how it went; nothing blocks that one.
 */
#include <napi.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

extern "C" {
#include "options.h"
#include "session.h"
}

namespace {

struct Recording {
	std::vector<std::string> words;
	std::vector<char *> argv; /* into words; the configuration points there */
	struct options parsed = {};
	Napi::Promise::Deferred started;
	std::optional<Napi::Promise::Deferred> ended; /* once started */
	Napi::ThreadSafeFunction to_javascript;
	std::mutex mutex;
	struct session *stoppable = nullptr; /* while it may be stopped; under the mutex */

	explicit Recording(Napi::Env env) : started(Napi::Promise::Deferred::New(env)) {}
};

using Shared = std::shared_ptr<Recording>;

Napi::Object ErrorObject(Napi::Env env, const capture_error &error)
{
	Napi::Object object = Napi::Error::New(env, error.text).Value();

	object.Set("errno", error.code);
	return object;
}

Napi::Object CountsObject(Napi::Env env, const uint64_t counts[STREAMS])
{
	Napi::Object object = Napi::Object::New(env);

	object.Set("switch", static_cast<double>(counts[STREAM_SWITCH]));
	object.Set("wake", static_cast<double>(counts[STREAM_WAKE]));
	object.Set("syscall", static_cast<double>(counts[STREAM_SYSCALL]));
	object.Set("arguments", static_cast<double>(counts[STREAM_ARGUMENTS]));
	return object;
}

/* `failure`: why the recording is incomplete, or nothing. */
Napi::Object SummaryObject(Napi::Env env, const session_summary &summary, const char *failure)
{
	Napi::Object object = Napi::Object::New(env);

	object.Set("ended", static_cast<double>(summary.ended));
	object.Set("durationNs", static_cast<double>(summary.duration_ns));
	object.Set("commandStatus", summary.command_status);
	object.Set("fileBytes", static_cast<double>(summary.encoder.file_bytes));
	object.Set("stacks", static_cast<double>(summary.encoder.stacks));
	object.Set("files", static_cast<double>(summary.sealing.files));
	object.Set("filesSealed", static_cast<double>(summary.sealing.files_sealed));
	object.Set("strings", static_cast<double>(summary.encoder.string_arguments));
	object.Set("seen", CountsObject(env, summary.encoder.seen));
	object.Set("written", CountsObject(env, summary.encoder.written));
	object.Set("lost", CountsObject(env, summary.encoder.lost));
	object.Set("failure", failure[0] ? Napi::String::New(env, failure) : env.Undefined());
	return object;
}

void Stop(const Shared &recording)
{
	std::lock_guard<std::mutex> lock(recording->mutex);

	if (recording->stoppable)
		session__stop(recording->stoppable, OFFCUT_ENDED_STOPPED);
}

void SetStoppable(const Shared &recording, struct session *session)
{
	std::lock_guard<std::mutex> lock(recording->mutex);

	recording->stoppable = session;
}

/* What start() resolves to. */
Napi::Object RecordingObject(Napi::Env env, const Shared &recording)
{
	Napi::Object object = Napi::Object::New(env);

	object.Set("output", recording->parsed.config.output);
	object.Set("quiet", recording->parsed.quiet);
	recording->ended = Napi::Promise::Deferred::New(env);
	object.Set("ended", recording->ended->Promise());
	object.Set("stop", Napi::Function::New(env, [recording](const Napi::CallbackInfo &info) {
		Stop(recording);
		return info.This().As<Napi::Object>().Get("ended");
	}));
	return object;
}

/* Runs `action` on the JavaScript thread. */
template <typename Action> void Tell(const Shared &recording, Action action)
{
	recording->to_javascript.BlockingCall([action](Napi::Env env, Napi::Function on_notice) {
		action(env, on_notice);
	});
}

void OnNotice(void *context, const char *sentence)
{
	std::string text = sentence;

	Tell(*static_cast<Shared *>(context), [text](Napi::Env env, Napi::Function on_notice) {
		on_notice.Call({ Napi::String::New(env, text) });
	});
}

void Run(const Shared &recording, struct session *session)
{
	session_summary summary = {};
	capture_error error = {};

	SetStoppable(recording, session);
	Tell(recording, [recording](Napi::Env env, Napi::Function) {
		recording->started.Resolve(RecordingObject(env, recording));
	});
	session__run(session, &summary, &error);
	SetStoppable(recording, nullptr);
	Tell(recording, [recording, summary, error](Napi::Env env, Napi::Function) {
		recording->ended->Resolve(SummaryObject(env, summary, error.text));
	});
}

/* The life of a recording, on a thread of its own. */
void Live(Shared recording)
{
	capture_error error = {};
	struct session *session = nullptr;
	int result = session__open(&session, &recording->parsed.config, &error);

	if (result == 0) {
		session__on_notice(session, OnNotice, &recording);
		result = session__start(session, &error);
	}
	if (result == 0)
		Run(recording, session);
	else
		Tell(recording, [recording, error](Napi::Env env, Napi::Function) {
			recording->started.Reject(ErrorObject(env, error));
		});
	session__close(session);
	recording->to_javascript.Release();
}

bool Parse(const Shared &recording, const Napi::Array &words, capture_error *error)
{
	recording->words.push_back("offcut-capture");
	for (uint32_t i = 0; i < words.Length(); i++)
		recording->words.push_back(words.Get(i).ToString().Utf8Value());
	for (std::string &word : recording->words)
		recording->argv.push_back(word.data());
	recording->argv.push_back(nullptr);
	return options__parse(&recording->parsed, static_cast<int>(recording->words.size()),
			      recording->argv.data(), error) == OPTIONS_RECORD;
}

/* start(words: string[], onNotice: (sentence: string) => void) */
Napi::Value Start(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	Shared recording = std::make_shared<Recording>(env);
	capture_error error = {};

	if (!Parse(recording, info[0].As<Napi::Array>(), &error)) {
		Napi::Object refusal = ErrorObject(env, error);

		refusal.Set("isMisuse", true);
		recording->started.Reject(refusal);
		return recording->started.Promise();
	}
	recording->to_javascript = Napi::ThreadSafeFunction::New(
		env, info[1].As<Napi::Function>(), "offcut-capture", 0 /* no limit */, 1);
	std::thread(Live, recording).detach();
	return recording->started.Promise();
}

Napi::Object Init(Napi::Env env, Napi::Object exports)
{
	exports.Set("start", Napi::Function::New(env, Start, "start"));
	return exports;
}

} // namespace

NODE_API_MODULE(NODE_GYP_MODULE_NAME, Init)
