// The filters that all answers share, on the command line and on the page: what each is called, which
// answers know it, and what its value means. Part of it is asked of the engine's pass (lengths of
// periods, raw task states, the time), part of the finished rows (who, which call, which stack);
// whoever asks hands each on to where it is answered.

import { errnoNumber } from "../errno.js";
import { UsageError } from "../errors.js";
import type { PassOptions } from "../pass-options.js";
import { isSyscallName } from "../syscalls/names.js";
import type { SelectionOptions, StateName } from "../views/selection.js";
import { parseTextMatch } from "../views/text-match.js";
import type { TextMatch } from "../views/text-match.js";
import { readMoments } from "./moments.js";
import type { Moments } from "./moments.js";

/** A filter as help shows it. */
export interface FilterDefinition {
  /** `-p, --pid <LIST>`; `<…>` means that it takes a value. */
  readonly flags: string;
  readonly description: string;
  /** Apart from a command's other options. */
  readonly isFilter: true;
}

/** What a person typed, by the long names of filters: words of a command line, or of a link. */
export interface FilterWords {
  has(name: string): boolean;
  value(name: string): string | undefined;
}

const definitions: readonly Omit<FilterDefinition, "isFilter">[] = [
  { flags: "-p, --pid <LIST>", description: "Only these processes: 12,34" },
  { flags: "-t, --tid <LIST>", description: "Only these threads" },
  { flags: "-u, --user-threads", description: "Only threads that have a user space" },
  { flags: "-k, --kernel-threads", description: "Only kernel threads" },
  { flags: "--comm <NAME>", description: "Only threads of this name: a glob, or a /regular expression/" },
  { flags: "--syscall <LIST>", description: "Only these system calls, or what was in them: futex,read,230" },
  { flags: "--errno <LIST>", description: "Only calls that failed so: ENOENT,11" },
  { flags: "-m, --min-block-time <US>", description: "Only periods of at least this many microseconds" },
  { flags: "-M, --max-block-time <US>", description: "Only periods of at most this many microseconds" },
  {
    flags: "--state <STATE>",
    description: "Only periods in S, D, preempted, runnable, blocked (a list), or a bit mask as bcc's",
  },
  {
    flags: "--from <TIME>",
    description: "Only from then: seconds into the recording, 14:30:05, or 2026-11-23T14:30:05",
  },
  { flags: "--to <TIME>", description: "Only until then" },
  { flags: "--cgroup <NAME>", description: "Only of these cgroups, by path where it is recorded, else by id" },
  { flags: "--stack <NAME>", description: "Only stacks with such a frame: a glob, or a /regular expression/" },
  { flags: "--not-stack <NAME>", description: "Only stacks without such a frame" },
  { flags: "--host <NAME>", description: "Only recordings of these hosts" },
];

export const filterOptions: readonly FilterDefinition[] = definitions.map((option) => ({ ...option, isFilter: true }));

export interface Filters {
  /** Of rows. */
  readonly selection: SelectionOptions;
  /** Of the pass. */
  readonly pass: PassOptions;
  /** Of the pass too, once it is known when the recording began: see moments.ts. */
  readonly when: Moments;
}

/** An answer that knows filters. */
export type Filtered = "report" | "offcpu" | "syscalls" | "waits" | "threads" | "wakers" | "diff" | "fold" | "flame" | "info";

/** Long names of the filters that an answer does not know, because what it counts does not have them. */
const unknownTo: { readonly [Answer in Filtered]: readonly string[] } = {
  report: ["errno", "state", "stack", "not-stack"],
  offcpu: ["errno"],
  // --errno of calls has a short name of its own on the command line.
  syscalls: ["min-block-time", "max-block-time", "state"],
  waits: ["min-block-time", "max-block-time"],
  // Of periods, calls and stacks a thread has many.
  threads: ["syscall", "errno", "min-block-time", "max-block-time", "state", "stack", "not-stack"],
  wakers: ["errno"],
  diff: [],
  fold: ["errno"],
  // Which of them are known depends on the weight.
  flame: [],
  info: filterOptions.map(filterName),
};

/** The filters that an answer knows, but those whose long names are given too. */
export function filterOptionsOf(answer: Filtered, ...without: readonly string[]): readonly FilterDefinition[] {
  return filterOptionsWithout(...unknownTo[answer], ...without);
}

/** `filterOptions` without those whose long names, without dashes, are given: what a command cannot answer. */
export function filterOptionsWithout(...names: readonly string[]): readonly FilterDefinition[] {
  return filterOptions.filter((definition) => !names.includes(filterName(definition)));
}

/** Its long name without dashes, by which code and links know it. */
export function filterName({ flags }: FilterDefinition): string {
  return /--([\w-]+)/.exec(flags)![1]!;
}

/** Throws UsageError, a sentence that begins with the filter's long name. */
export function readFilters(args: FilterWords): Filters {
  return {
    selection: readSelection(args),
    pass: { ...readBlockTime(args), ...given("stateMask", readStateMask(args)) },
    when: readMoments(args.value("from"), args.value("to")),
  };
}

function readSelection(args: FilterWords): SelectionOptions {
  return {
    ...given("pids", readList(args, "pid", readId)),
    ...given("tids", readList(args, "tid", readId)),
    ...given("threads", readThreadKind(args)),
    ...given("comm", readMatch(args, "comm")),
    ...given("syscalls", readList(args, "syscall", readSyscall)),
    ...given("errnos", readList(args, "errno", readErrno)),
    ...given("states", readStates(args)),
    ...given("cgroup", readMatch(args, "cgroup")),
    ...given("stack", readMatch(args, "stack")?.pattern),
    ...given("notStack", readMatch(args, "not-stack")?.pattern),
    ...given("host", readMatch(args, "host")),
  };
}

/** An option that is set, or none: what is not asked is absent. */
function given<Name extends string, Value>(name: Name, value: Value | undefined): { readonly [Key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [Key in Name]: Value });
}

function readMatch(args: FilterWords, name: string): TextMatch | undefined {
  const text = args.value(name);
  return text === undefined ? undefined : parseTextMatch(text, `--${name}`);
}

/** The items of an option's value, separated by commas. */
export function readList<Item>(
  args: FilterWords,
  name: string,
  readItem: (text: string, option: string) => Item,
): readonly Item[] | undefined {
  return args
    .value(name)
    ?.split(",")
    .map((item) => readItem(item.trim(), `--${name}`));
}

/** A whole number of at least `min`. */
export function readCount(args: FilterWords, name: string, min: number, byDefault: number): number {
  const text = args.value(name);
  if (text === undefined) return byDefault;
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < min) {
    throw new UsageError(`--${name} takes a whole number from ${min} on, not "${text}"`);
  }
  return value;
}

export function readId(text: string, option: string): number {
  const id = Number(text);
  if (/^\d+$/.test(text) && id < 2 ** 32) return id;
  throw new UsageError(`${option} takes numbers separated by commas, not "${text}"`);
}

export function readSyscall(text: string, option: string): string {
  if (/^\d+$/.test(text) || isSyscallName(text)) return text;
  throw new UsageError(`${option} takes names or numbers of system calls separated by commas, not "${text}"`);
}

/** bcc takes the sign with which the kernel returns errors, and so do we. */
export function readErrno(text: string, option: string): number {
  const errno = /^[-+]?\d{1,4}$/.test(text) ? Math.abs(Number(text)) : errnoNumber(text.toUpperCase());
  if (errno !== undefined) return errno;
  throw new UsageError(`${option} takes names or numbers of errors separated by commas, not "${text}"`);
}

function readThreadKind(args: FilterWords): "user" | "kernel" | undefined {
  const isUser = args.has("user-threads");
  const isKernel = args.has("kernel-threads");
  if (isUser && isKernel) {
    throw new UsageError("--user-threads leaves out what --kernel-threads asks for; choose one");
  }
  if (isUser) return "user";
  return isKernel ? "kernel" : undefined;
}

/** Both bounds belong to the range, in microseconds cut to whole ones as bcc cuts them. */
function readBlockTime(args: FilterWords): PassOptions {
  const minUs = readCount(args, "min-block-time", 0, 0);
  const maxUs = readCount(args, "max-block-time", 0, Infinity);
  if (minUs > maxUs) throw new UsageError("--min-block-time is above --max-block-time");
  return {
    ...(minUs > 0 ? { periodNsMin: minUs * 1000 } : {}),
    ...(maxUs < Infinity ? { periodNsMax: maxUs * 1000 + 999 } : {}),
  };
}

/** The bit mask of --state; undefined where that names states. */
function readStateMask(args: FilterWords): number | undefined {
  const text = args.value("state");
  if (text === undefined || !/^\d+$/.test(text)) return undefined;
  if (Number(text) < 2 ** 32) return Number(text);
  throw new UsageError(`--state takes a mask of at most 32 bits, not "${text}"`);
}

const stateNames: readonly StateName[] = ["S", "D", "preempted", "runnable", "blocked"];

function readStates(args: FilterWords): readonly StateName[] | undefined {
  if (/^\d+$/.test(args.value("state") ?? "")) return undefined;
  return readList(args, "state", (text, option) => {
    const state = stateNames.find((name) => name.toLowerCase() === text.toLowerCase());
    if (state !== undefined) return state;
    throw new UsageError(`${option} takes ${stateNames.join(", ")}, or a bit mask, not "${text}"`);
  });
}
