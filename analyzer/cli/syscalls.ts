// `offcut syscalls`: how often each system call was made, how often it failed, how long it took; by
// call, by process, by thread or by error, as a distribution, or as syscount prints it.

import { Arch } from "../../assembly/format.js";
import type { Analysis } from "../analysis.js";
import { ExitCode, UsageError } from "../errors.js";
import { clockText } from "../exports/clock-text.js";
import { jsonText } from "../exports/json-text.js";
import { syscountEnd, syscountHeading } from "../exports/syscalls-bcc-text.js";
import { filterOptionsOf, readErrno, readFilters, readId, readList, readSyscall } from "../filters/filters.js";
import type { Filters } from "../filters/filters.js";
import type { PassOptions } from "../pass-options.js";
import { syscallAbi, syscallNames } from "../syscalls/names.js";
import { recordingRows } from "../views/info.js";
import { needsJoinedCalls } from "../views/selected-calls.js";
import type { Arguments } from "./arguments.js";
import type { Command } from "./command.js";
import { compatOption, isBccAsked } from "./compat.js";
import { refuseContradictions } from "./contradictions.js";
import type { Contradiction } from "./contradictions.js";
import { readFormat } from "./formats.js";
import { answerIntervals, intervalOption, readSeconds } from "./intervals.js";
import { namingOptions, readNamedRecordings, readNaming } from "./naming.js";
import { jobsOption } from "./on-cpus.js";
import { outputStyle, print } from "./output.js";
import { exitCodeFor, readRecordings } from "./recordings.js";
import { bccTable, callsAnswer, callSorts } from "./syscall-answers.js";
import type { CallQuestion, SyscallsAsked } from "./syscall-answers.js";

const TopByDefault = 20;
/** Of syscount. */
const BccTopByDefault = 10;

export const syscalls: Command = {
  name: "syscalls",
  operands: "FILE...",
  summary: "System calls: count, errors, total, average and longest wall time",
  options: [
    { flags: "-P, --per-process", description: "A row for each process" },
    { flags: "--per-thread", description: "A row for each thread" },
    { flags: "--errors", description: "A row for each call and error" },
    { flags: "--hist <NAME>", description: "How long that call took, in powers of two" },
    { flags: "--unreturned", description: "Calls asleep when the recording ended, which nothing counts" },
    { flags: "-x, --failed", description: "Only calls that failed", isFilter: true },
    { flags: "-e, --errno <LIST>", description: "Only calls that failed so: ENOENT,11", isFilter: true },
    { flags: "-c, --ppid <LIST>", description: "Only children of these processes", isFilter: true },
    { flags: "--merge-restarts", description: "restart_syscall as part of what the thread restarted most" },
    { flags: "-L, --latency", description: "Most time first, as without it; with --compat, a column of times" },
    { flags: "-m, --milliseconds", description: "Times in milliseconds" },
    { flags: "--sort <COLUMN>", description: `Most of this first: ${callSorts.join(", ")} (time)` },
    { flags: "-T, --top <N>", description: `Show the first N (${TopByDefault})` },
    { flags: "--all", description: "Show all" },
    intervalOption,
    { flags: "-d, --duration <SECONDS>", description: "Only so long: from --from on, else from the start", isFilter: true },
    { flags: "-l, --list", description: "Names of all system calls, of FILE's machine or of this one" },
    ...filterOptionsOf("syscalls", "errno"),
    jobsOption,
    ...namingOptions,
    compatOption("syscount prints"),
    { flags: "--json", description: "Everything, as JSON" },
    { flags: "--csv", description: "Everything, as comma-separated values" },
  ],
  examples: [
    "offcut syscalls web1.offcut",
    "offcut syscalls -x --errors --comm 'nginx*' web1.offcut",
    "offcut syscalls --hist futex -p 4242 web1.offcut",
    "offcut-capture -d 5 -o - | offcut syscalls -",
  ],
  run,
};

async function run(args: Arguments): Promise<ExitCode> {
  if (args.has("list")) return list(args.operands);
  const filters = readCallFilters(args);
  const asked = readAsked(args, filters);
  const pass: PassOptions = needsJoinedCalls(asked.options)
    ? { calls: true }
    : { latencies: asked.question === "hist" || !asked.bcc };
  const intervalNs = readSeconds(args, "interval");
  return intervalNs === undefined
    ? answerWhole(args, pass, filters, asked)
    : answerEach(args, pass, filters, asked, intervalNs);
}

async function answerWhole(
  args: Arguments,
  pass: PassOptions,
  filters: Filters,
  asked: SyscallsAsked,
): Promise<ExitCode> {
  const analyses = await readNamedRecordings(args, args.files(), pass, filters);
  if (asked.bcc) {
    const last = analyses.at(-1)!;
    const { startNs, endNs } = last.recording;
    const clock = clockText(last, Number(endNs[0]! - startNs[0]!));
    await print(`${headingOf(asked)}[${clock}]\n${bccTable(analyses, asked)}\n${syscountEnd}`);
    return exitCodeFor(analyses);
  }
  const { json, csv, text } = callsAnswer(analyses, asked, outputStyle());
  if (asked.format === "json") await print(jsonText({ recordings: recordingRows(analyses), ...json() }));
  else await print(asked.format === "csv" ? csv() : text());
  return exitCodeFor(analyses);
}

async function answerEach(
  args: Arguments,
  pass: PassOptions,
  filters: Filters,
  asked: SyscallsAsked,
  intervalNs: number,
): Promise<ExitCode> {
  if (asked.format === "csv") throw new UsageError("--csv is one table, --interval makes many; choose one");
  const json = asked.format === "json";
  const answer = (analysis: Analysis) => {
    if (asked.bcc) return bccTable([analysis], asked);
    const answers = callsAnswer([analysis], asked, outputStyle());
    return json ? answers.json() : answers.text();
  };
  if (asked.bcc) await print(headingOf(asked));
  const asksOf = { intervalNs, pass, filters, naming: readNaming(args), json };
  const exitCode = await answerIntervals(args.files(), asksOf, answer);
  if (asked.bcc) await print(`\n${syscountEnd}`);
  return exitCode;
}

function headingOf({ top, options }: SyscallsAsked): string {
  return syscountHeading(top, options.failed === true, options.selection?.syscalls?.join(","));
}

/** Four names a line, as syscount -l. */
async function list(files: readonly string[]): Promise<ExitCode> {
  const analyses = files.length === 0 ? [] : await readRecordings(files.slice(0, 1), 1);
  const here = process.arch === "arm64" ? Arch.Aarch64 : Arch.X86_64;
  const names = syscallNames(syscallAbi(analyses[0]?.recording.arch[0] ?? here, false)).sort();
  const lines = Array.from({ length: Math.ceil(names.length / 4) }, (_, line) =>
    names
      .slice(4 * line, 4 * line + 4)
      .map((name) => name.padEnd(22))
      .join("   "),
  );
  await print(`${lines.join("\n")}\n`);
  return ExitCode.Answered;
}

/** The filters of every command, and those that only calls can be judged by. */
function readCallFilters(args: Arguments): Filters {
  const { selection, pass, when } = readFilters(args);
  const parents = readList(args, "ppid", readId);
  const errnos = readList(args, "errno", readErrno);
  const lengthNs = readSeconds(args, "duration");
  if (lengthNs !== undefined && when.to !== undefined) {
    throw new UsageError("--to and --duration are two ends of the same time; choose one");
  }
  return {
    selection: {
      ...selection,
      ...(parents === undefined ? {} : { parents }),
      ...(errnos === undefined ? {} : { errnos }),
    },
    pass,
    when: { ...when, ...(lengthNs === undefined ? {} : { lengthNs }) },
  };
}

const questionOptions: readonly (readonly [string, CallQuestion])[] = [
  ["per-process", "process"],
  ["per-thread", "thread"],
  ["errors", "error"],
  ["hist", "hist"],
  ["unreturned", "unreturned"],
];

function readAsked(args: Arguments, { selection, when }: Filters): SyscallsAsked {
  const question = readQuestion(args);
  const bcc = isBccAsked(args);
  refuseContradictions(args, contradictions);
  if (bcc && question !== "call" && question !== "process") {
    throw new UsageError("--compat is a table by call, or with --per-process by process: syscount has no other");
  }
  const name = args.value("hist");
  const call = name === undefined ? {} : { syscalls: [readSyscall(name, "--hist")] };
  const isWhole = when.from === undefined && when.to === undefined && when.lengthNs === undefined;
  return {
    question,
    hist: name ?? "",
    bcc,
    format: readFormat(args, "json", "csv"),
    sort: args.choice("sort", callSorts) ?? "time",
    top: args.top(bcc ? BccTopByDefault : TopByDefault),
    latency: args.has("latency"),
    milliseconds: args.has("milliseconds"),
    options: {
      selection: { ...selection, ...call },
      failed: args.has("failed"),
      mergeRestarts: args.has("merge-restarts"),
      // An interval's analysis has the counters of the recording so far.
      whole: isWhole && !args.has("interval"),
    },
  };
}

function readQuestion(args: Arguments): CallQuestion {
  const [first, second] = questionOptions.filter(([option]) => args.has(option));
  if (first !== undefined && second !== undefined) {
    throw new UsageError(`--${first[0]} and --${second[0]} are two answers; choose one`);
  }
  return first === undefined ? "call" : first[1];
}

const contradictions: readonly Contradiction[] = [
  ["compat", "json", "are two formats of the same answer"],
  ["compat", "csv", "are two formats of the same answer"],
  ["hist", "syscall", "name system calls in two ways"],
  ["merge-restarts", "syscall", "do not go together: a restart does not say of which call it is"],
];
