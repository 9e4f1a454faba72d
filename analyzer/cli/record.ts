// `offcut record`: hands the words that were typed to the recorder, in this process where its addon
// is built, else as a program. Its options are its own; they are listed here for help, and neither
// checked nor changed.

import { constants } from "node:os";
import { Ended } from "../../assembly/format.js";
import { ExitCode } from "../errors.js";
import { bytesText, countText, durationText } from "../exports/units.js";
import { loadCaptureAddon } from "../on-node.js";
import { startWithWords } from "../recorder.js";
import type { CaptureAddon, Recording, RecordingSummary, StreamCounts } from "../recorder.js";
import type { Arguments } from "./arguments.js";
import { runCaptureProgram } from "./capture-program.js";
import type { Command } from "./command.js";
import { note } from "./output.js";

export const record: Command = {
  name: "record",
  operands: "[-- COMMAND...]",
  summary: "Record this host, some of its processes, or a command (Linux, as root)",
  isForwarded: true,
  options: [
    { flags: "-o <FILE>", description: "Where to, - for standard output (recording.offcut)" },
    { flags: "--force", description: "Overwrite FILE if it exists" },
    { flags: "-d <SECONDS>", description: "Stop after that long (at Ctrl-C)" },
    { flags: "--max-size <SIZE>", description: "Stop before FILE is larger: 500M, 4G, 0 for no limit (4G)" },
    { flags: "-a", description: "With a command: the whole host while it runs" },
    { flags: "-p <PID,...>", description: "Only these processes", isFilter: true },
    { flags: "-t <TID,...>", description: "Only these threads", isFilter: true },
    { flags: "--follow", description: "With -p, -t: their descendants too", isFilter: true },
    { flags: "-u", description: "User threads only", isFilter: true },
    { flags: "-k", description: "Kernel threads only", isFilter: true },
    { flags: "--no-offcpu", description: "No context switches, wakeups and stacks", isFilter: true },
    { flags: "--no-wakeups", description: "No wakeups", isFilter: true },
    { flags: "--no-syscalls", description: "No system calls: they cost the host nothing then", isFilter: true },
    { flags: "--syscalls <LIST>", description: "Only these, by name or number: futex,read,230", isFilter: true },
    { flags: "--args <LIST>", description: "The arguments of these calls too: openat,connect, or all" },
    { flags: "--strings <N>", description: "And up to N bytes of the paths and addresses they point to" },
    { flags: "--no-stacks", description: "No stacks" },
    { flags: "--stack-min-us <N>", description: "Stacks of waits this long and over (100)" },
    { flags: "--no-user-stacks", description: "Kernel stacks only" },
    { flags: "--stack-bytes <N>", description: "Bytes taken of each user stack; 0: by frame pointers (64K)" },
    { flags: "--stacks-per-second <N>", description: "New whole user stacks at most, on each cpu (2000)" },
    { flags: "--preempted-stacks", description: "Whole user stacks of preempted threads too" },
    { flags: "--exact-stacks", description: "Tell user stacks apart by every byte" },
    { flags: "--keep-stack-bytes", description: "Record all that is in user stacks, secrets too" },
    { flags: "--no-snapshots", description: "Do not ask sleeping threads where they are" },
    { flags: "--seal <WHAT>", description: "Of the files stacks lead through: needed, full or none (needed)" },
    { flags: "--ring-size <SIZE>", description: "Memory between kernel and recorder (16M)" },
    { flags: "-q", description: "Say nothing unless it fails" },
    { flags: "-v", description: "Tell of every file what was sealed of it, or why not" },
  ],
  examples: [
    "sudo offcut record -d 10 -o web1.offcut",
    "sudo offcut record -o build.offcut -- make -j8",
  ],
  run,
};

/** Exit status of a program that a signal ended, as shells have it. */
const SignalExitBase = 128;

function run(args: Arguments): Promise<ExitCode> {
  // Who names a program wants that one.
  const addon = process.env.OFFCUT_CAPTURE ? undefined : loadCaptureAddon();
  return addon === undefined ? runCaptureProgram(args.raw) : recordHere(addon, args.raw);
}

async function recordHere(addon: CaptureAddon, words: readonly string[]): Promise<ExitCode> {
  // Before it begins: a signal that comes meanwhile must end it well, too.
  const signalled = new StopOnSignal();
  try {
    const recording = await startWithWords(addon, words, note);
    signalled.stops(recording);
    if (!recording.quiet) note(`recording to ${recording.output} (Ctrl-C ends it)`);
    const summary = await recording.ended;
    if (summary.failure !== undefined) note(summary.failure);
    if (!recording.quiet) note(summaryText(summary, recording.output));
    return summary.failure === undefined ? summary.commandStatus : ExitCode.Failed;
  } finally {
    signalled.forget();
  }
}

/** The first signal ends the recording well, a second one this process at once. */
class StopOnSignal {
  #recording: Recording | undefined;
  #signals = 0;

  constructor() {
    process.on("SIGINT", this.#onSignal).on("SIGTERM", this.#onSignal);
  }

  stops(recording: Recording): void {
    this.#recording = recording;
    if (this.#signals > 0) void recording.stop();
  }

  forget(): void {
    process.off("SIGINT", this.#onSignal).off("SIGTERM", this.#onSignal);
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    if (this.#signals++ > 0) process.exit(SignalExitBase + constants.signals[signal]);
    void this.#recording?.stop();
  };
}

function summaryText(summary: RecordingSummary, output: string): string {
  const { written, lost, fileBytes } = summary;
  const events = total(written);
  const bytesEach = events === 0 ? 0 : fileBytes / events;
  return (
    `${durationText(summary.durationNs)}, ${endedText(summary.ended)}: ` +
    `${countText(written.switch)} switches, ${countText(written.wake)} wakeups, ` +
    `${countText(written.syscall)} system calls, ${argumentsText(summary)}` +
    `${countText(summary.stacks)} stacks, ${sealedText(summary)}${countText(total(lost))} lost; ` +
    `${bytesText(fileBytes)}, ${bytesEach.toFixed(2)} bytes per event, in ${output}`
  );
}

/** Only where they were asked for. */
function argumentsText({ seen, written, strings }: RecordingSummary): string {
  if (seen.arguments === 0) return "";
  return `${countText(written.arguments)} with arguments, ${countText(strings)} strings, `;
}

/** Only where stacks led through any. */
function sealedText({ files, filesSealed }: RecordingSummary): string {
  return files === 0 ? "" : `${countText(filesSealed)} of ${countText(files)} files sealed, `;
}

function total(counts: StreamCounts): number {
  return counts.switch + counts.wake + counts.syscall + counts.arguments;
}

function endedText(ended: Ended): string {
  switch (ended) {
    case Ended.Duration:
      return "the time was over";
    case Ended.SizeMax:
      return "--max-size was reached";
    case Ended.CommandExit:
      return "the command ended";
    case Ended.WriteError:
      return "writing failed";
    default:
      return "stopped";
  }
}
