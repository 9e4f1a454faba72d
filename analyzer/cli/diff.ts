// `offcut diff`: what changed between two recordings, or two lists of them.

import type { Analysis } from "../analysis.js";
import { ExitCode, UsageError } from "../errors.js";
import { csvText } from "../exports/csv-text.js";
import { diffText, foldedDiffText } from "../exports/diff-text.js";
import { jsonText } from "../exports/json-text.js";
import { filterOptions, readFilters } from "../filters/filters.js";
import type { Filters } from "../filters/filters.js";
import { mergeCompleteness } from "../views/completeness.js";
import { diffFields, diffView, foldedDiffRows } from "../views/diff.js";
import type { DiffOptions, DiffPer } from "../views/diff.js";
import { recordingRows } from "../views/info.js";
import { needsJoinedCalls } from "../views/selected-calls.js";
import type { Arguments } from "./arguments.js";
import type { Command } from "./command.js";
import { readFormat } from "./formats.js";
import type { Format } from "./formats.js";
import { idleOptions, readIdle } from "./idle.js";
import { namingOptions, readNamedRecordings } from "./naming.js";
import { noteCompleteness } from "./notes.js";
import { jobsOption } from "./on-cpus.js";
import { outputStyle, print } from "./output.js";
import { exitCodeFor } from "./recordings.js";

const TopByDefault = 20;

export const diff: Command = {
  name: "diff",
  operands: "BEFORE AFTER",
  summary: "What changed between two recordings: off-CPU time by stack, or time in system calls",
  options: [
    { flags: "--syscalls", description: "Time in system calls, not off-CPU time by stack" },
    { flags: "--per <WHAT>", description: "Divide by the recordings' time, or by the calls made: time, calls (time)" },
    { flags: "-f, --folded", description: "stack before after: for flamegraph.pl, as difffolded.pl -n prints it" },
    { flags: "--top <N>", description: `Show the N that changed most (${TopByDefault})` },
    { flags: "--all", description: "Show all" },
    { flags: "--open", description: "Also periods that the recording's start or end cut off" },
    ...idleOptions,
    ...filterOptions,
    jobsOption,
    ...namingOptions,
    { flags: "--json", description: "Everything, as JSON" },
    { flags: "--csv", description: "Everything, as comma-separated values" },
  ],
  examples: [
    "offcut diff monday.offcut tuesday.offcut",
    "offcut diff --syscalls --per calls a1.offcut,a2.offcut b1.offcut,b2.offcut",
    "offcut diff -f a.offcut b.offcut | flamegraph.pl > diff.svg",
  ],
  run,
};

async function run(args: Arguments): Promise<ExitCode> {
  const [filesBefore, filesAfter] = readSides(args);
  const format = readFormat(args, "folded", "json", "csv");
  const top = args.top(TopByDefault);
  const filters = readFilters(args);
  const options = await readOptions(args, filters);
  // Filters of stacks and states are asked of calls that are joined to their periods.
  const pass = { calls: options.by === "syscall" && needsJoinedCalls(options) };
  const before = await readNamedRecordings(args, filesBefore, pass, filters);
  const after = await readNamedRecordings(args, filesAfter, pass, filters);
  await print(answer(format, before, after, options, top));
  return exitCodeFor([...before, ...after]);
}

async function readOptions(args: Arguments, { selection, pass }: Filters): Promise<DiffOptions> {
  const by = args.has("syscalls") ? "syscall" : "stack";
  const idle = await readIdle(args);
  if (by === "stack" && selection.errnos !== undefined) {
    throw new UsageError("--errno is about system calls; with it goes --syscalls");
  }
  if (by === "syscall" && Object.keys(pass).length > 0) {
    throw new UsageError("block times and bit masks of states are about off-CPU periods, not --syscalls");
  }
  if (by === "syscall" && idle.idle !== undefined) {
    throw new UsageError("--idle is about off-CPU periods; with --syscalls choose calls by --syscall");
  }
  return { by, per: readPer(args.value("per")), open: args.has("open"), ...idle, selection };
}

function answer(
  format: Format,
  before: readonly Analysis[],
  after: readonly Analysis[],
  options: DiffOptions,
  top: number,
): string | Iterable<string> {
  const view = diffView(before, after, options);
  if (format === "folded" || format === "csv") {
    noteCompleteness(mergeCompleteness([view.before.completeness, view.after.completeness]), options);
    return format === "csv" ? csvText(diffFields, view.rows) : foldedDiffText(foldedDiffRows(view));
  }
  if (format === "text") return diffText(before, after, view, { top, idle: options.idle }, outputStyle());
  const recordings = { before: recordingRows(before), after: recordingRows(after) };
  return jsonText({ recordings, ...view });
}

/** Two operands, each a recording or several separated by commas. */
function readSides(args: Arguments): readonly [readonly string[], readonly string[]] {
  const [before, after, ...more] = args.operands;
  if (before === undefined || after === undefined || more.length > 0) {
    throw new UsageError("diff compares two recordings, BEFORE and AFTER; each may be several separated by commas");
  }
  const sides = [before.split(","), after.split(",")] as const;
  if (sides.flat().filter((file) => file === "-").length > 1) {
    throw new UsageError("standard input (-) can be read only once");
  }
  return sides;
}

function readPer(text: string | undefined): DiffPer | undefined {
  if (text === undefined || text === "time" || text === "calls") return text;
  throw new UsageError(`--per takes time or calls, not "${text}"`);
}
