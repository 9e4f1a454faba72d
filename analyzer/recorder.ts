// Recording from a program: options as an object, made the words that the recorder's own command line
// takes, so that names, limits and refusals are the same whoever asks; and what its addon answers,
// typed. Does not load the addon: node.ts does.

import type { Ended } from "../assembly/format.js";
import { CaptureError, UsageError } from "./errors.js";

/** What to record; each as the option of the same name of `offcut record`. */
export interface RecordOptions {
  /** Path of the recording, "recording.offcut" if absent; "-" is standard output. */
  readonly output?: string;
  /** Overwrite an existing file. */
  readonly force?: boolean;
  /** Until stopped, if absent. */
  readonly durationSeconds?: number;
  /** Stop before the file is larger; 0 for no limit. */
  readonly maxSizeBytes?: number;
  readonly pids?: readonly number[];
  readonly tids?: readonly number[];
  /** Also descendants of pids and tids. */
  readonly follow?: boolean;
  readonly userOnly?: boolean;
  readonly kernelOnly?: boolean;
  readonly offcpu?: boolean;
  readonly wakeups?: boolean;
  /** Which system calls, by name or number; false for none. */
  readonly syscalls?: boolean | readonly (string | number)[];
  /** The arguments of which calls, by name or number, or "all". */
  readonly args?: "all" | readonly (string | number)[];
  /** So many bytes of the paths, and the socket addresses, that these arguments point to. */
  readonly strings?: number;
  readonly stacks?: boolean;
  /** Stacks of waits this long and over. */
  readonly stackMinUs?: number;
  /** With stacks: those of user space too. */
  readonly userStacks?: boolean;
  /** Bytes taken of each user stack, 4,096 to 65,536; 0: follow frame pointers instead. */
  readonly stackBytes?: number;
  /** Whole user stacks, new ones, taken at most on each CPU. */
  readonly stacksPerSecond?: number;
  /** Whole user stacks of preempted threads too. */
  readonly preemptedStacks?: boolean;
  /** Tell user stacks apart by every byte. */
  readonly exactStacks?: boolean;
  /** Record all that is in user stacks, secrets too, not only addresses. */
  readonly keepStackBytes?: boolean;
  /** Ask sleeping threads where they are, at the start and at the end. */
  readonly snapshots?: boolean;
  /** What goes into the recording of the programs and libraries that stacks lead through. */
  readonly seal?: "needed" | "full" | "none";
  readonly ringBytes?: number;
  /** Record this command and what it starts, until it ends. */
  readonly command?: readonly string[];
  /** With a command: the whole host while it runs. */
  readonly wholeHost?: boolean;
  /** Told at once of what is worth telling, such as that the disk is full. */
  readonly onNotice?: (sentence: string) => void;
}

/** Events of each stream. */
export interface StreamCounts {
  readonly switch: number;
  readonly wake: number;
  readonly syscall: number;
  readonly arguments: number;
}

export interface RecordingSummary {
  /** Why it ended. */
  readonly ended: Ended;
  readonly durationNs: number;
  /** Exit status of the recorded command; 0 without one. */
  readonly commandStatus: number;
  readonly fileBytes: number;
  readonly stacks: number;
  /** Files that stacks lead through; of them, those of which all that is needed is in the recording. */
  readonly files: number;
  readonly filesSealed: number;
  /** Strings that arguments pointed to. */
  readonly strings: number;
  /** seen = written + lost. */
  readonly seen: StreamCounts;
  readonly written: StreamCounts;
  readonly lost: StreamCounts;
  /** Why the file is incomplete, where it is: the disk was full. */
  readonly failure?: string;
}

/** A recording under way. */
export interface Recording {
  /** Path of the file. */
  readonly output: string;
  /** Ends it well; resolves as `ended` does. */
  stop(): Promise<RecordingSummary>;
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<RecordingSummary>;
}

/** capture/addon.cc. */
export interface CaptureAddon {
  start(
    words: readonly string[],
    onNotice: (sentence: string) => void,
  ): Promise<Recording & { readonly quiet: boolean }>;
}

/** Starts recording with the words of a command line. */
export async function startWithWords(
  addon: CaptureAddon,
  words: readonly string[],
  onNotice: (sentence: string) => void = () => undefined,
): Promise<Recording & { readonly quiet: boolean }> {
  try {
    const recording = await addon.start(words, onNotice);
    return { ...recording, stop: () => recording.stop() };
  } catch (error) {
    throw refusal(error);
  }
}

/** The words of `offcut record` for `options`. */
export function wordsOf(options: RecordOptions): string[] {
  const words: string[] = [];
  const value = (flag: string, given: string | number | undefined) => {
    if (given !== undefined) words.push(flag, String(given));
  };
  const flag = (name: string, isGiven: boolean | undefined) => {
    if (isGiven === true) words.push(name);
  };
  value("-o", options.output);
  flag("--force", options.force);
  value("-d", options.durationSeconds);
  value("--max-size", options.maxSizeBytes);
  value("-p", options.pids?.join(","));
  value("-t", options.tids?.join(","));
  flag("--follow", options.follow);
  flag("-u", options.userOnly);
  flag("-k", options.kernelOnly);
  flag("--no-offcpu", options.offcpu === false);
  flag("--no-wakeups", options.wakeups === false);
  if (typeof options.syscalls === "object") value("--syscalls", options.syscalls.join(","));
  else flag("--no-syscalls", options.syscalls === false);
  value("--args", typeof options.args === "object" ? options.args.join(",") : options.args);
  value("--strings", options.strings);
  flag("--no-stacks", options.stacks === false);
  value("--stack-min-us", options.stackMinUs);
  flag("--no-user-stacks", options.userStacks === false);
  value("--stack-bytes", options.stackBytes);
  value("--stacks-per-second", options.stacksPerSecond);
  flag("--preempted-stacks", options.preemptedStacks);
  flag("--exact-stacks", options.exactStacks);
  flag("--keep-stack-bytes", options.keepStackBytes);
  flag("--no-snapshots", options.snapshots === false);
  value("--seal", options.seal);
  value("--ring-size", options.ringBytes);
  flag("-a", options.wholeHost);
  if (options.command !== undefined) words.push("--", ...options.command);
  return words;
}

/** The addon's refusals are whole sentences: what happened, why, what to do. */
function refusal(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { isMisuse, errno } = error as Error & { isMisuse?: boolean; errno?: number };
  return isMisuse === true ? new UsageError(error.message) : new CaptureError(error.message, "", errno);
}
