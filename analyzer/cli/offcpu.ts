// `offcut offcpu`: where threads waited, as offcputime prints it, or folded, or summed by one thing.

import type { Analysis } from "../analysis.js";
import { ExitCode, UsageError } from "../errors.js";
import { csvText } from "../exports/csv-text.js";
import { foldedText } from "../exports/folded-text.js";
import { jsonText } from "../exports/json-text.js";
import { missedStacks, offcpuBccText } from "../exports/offcpu-bcc-text.js";
import { offcpuGroupsText } from "../exports/offcpu-groups-text.js";
import { offcpuText } from "../exports/offcpu-text.js";
import { countOf } from "../exports/units.js";
import { filterOptionsOf, readFilters } from "../filters/filters.js";
import { completeness } from "../views/completeness.js";
import { foldedRows, foldedSums } from "../views/folded.js";
import { recordingRows } from "../views/info.js";
import { offcpuFields, offcpuView } from "../views/offcpu.js";
import type { OffcpuOptions } from "../views/offcpu.js";
import { bccOffcpuRows } from "../views/offcpu-bcc.js";
import { offcpuGroupFields, offcpuGroups, offcpuGroupsView } from "../views/offcpu-groups.js";
import type { OffcpuGroup } from "../views/offcpu-groups.js";
import type { Arguments } from "./arguments.js";
import type { Command } from "./command.js";
import { compatOption, isBccAsked } from "./compat.js";
import { refuseContradictions } from "./contradictions.js";
import type { Contradiction } from "./contradictions.js";
import { readFormat } from "./formats.js";
import type { Format } from "./formats.js";
import { idleOptions, readIdle } from "./idle.js";
import { answerIntervals, intervalOption, readSeconds } from "./intervals.js";
import { annotateOption, namingOptions, readNamedRecordings, readNaming } from "./naming.js";
import { noteCompleteness } from "./notes.js";
import { jobsOption } from "./on-cpus.js";
import { note, outputStyle, print } from "./output.js";
import { exitCodeFor } from "./recordings.js";

const TopByDefault = 20;

export const offcpu: Command = {
  name: "offcpu",
  operands: "FILE...",
  summary: "Off-CPU time by thread and stack, as offcputime prints it",
  options: [
    { flags: "-f, --folded", description: "One line for each stack, as flame graph tools read it" },
    { flags: "-d, --delimited", description: "A line -- between kernel and user frames; -, folded" },
    { flags: "-U, --user-stacks", description: "User frames only" },
    { flags: "-K, --kernel-stacks", description: "Kernel frames only" },
    { flags: "-s, --offsets", description: "Frames as symbol+offset" },
    annotateOption,
    { flags: "-l, --lines", description: "Frames as symbol (file:line), where debug information is known" },
    { flags: "-v, --verbose", description: "Frames with their addresses and where their names are from" },
    { flags: "--group-by <WHAT>", description: `A table by ${offcpuGroups.join(", ")}` },
    intervalOption,
    { flags: "--top <N>", description: `Show the N largest (${TopByDefault})` },
    { flags: "--all", description: "Show all" },
    { flags: "--open", description: "Also periods that the recording's start or end cut off" },
    ...idleOptions,
    ...filterOptionsOf("offcpu"),
    jobsOption,
    ...namingOptions,
    compatOption("offcputime prints after its heading: each period cut to whole us, smallest sums first"),
    { flags: "--json", description: "Everything, as JSON" },
    { flags: "--csv", description: "Everything, as comma-separated values" },
  ],
  examples: [
    "offcut offcpu web1.offcut            # the 20 largest waits",
    "offcut offcpu -f web1.offcut | flamegraph.pl --color=io > web1.svg",
    "offcut offcpu -p 4242 --state D --group-by syscall web1.offcut",
    "offcut-capture -o - | offcut offcpu -i 1 --top 5 -",
  ],
  run,
};

/** What is asked of each analysis. */
interface Asked {
  readonly format: Format;
  readonly bcc: boolean;
  readonly by: OffcpuGroup | undefined;
  readonly top: number;
  readonly delimited: boolean;
  readonly options: OffcpuOptions;
}

async function run(args: Arguments): Promise<ExitCode> {
  const filters = readFilters(args);
  const asked = await readAsked(args, filters.selection);
  const intervalNs = readSeconds(args, "interval");
  const files = args.files();
  if (intervalNs !== undefined) {
    if (asked.format === "csv") throw new UsageError("--csv is one table, --interval makes many; choose one");
    const json = asked.format === "json";
    return answerIntervals(files, { intervalNs, pass: {}, filters, naming: readNaming(args), json }, (analysis) =>
      json ? jsonAnswer([analysis], asked) : textAnswer([analysis], asked),
    );
  }
  const analyses = await readNamedRecordings(args, files, {}, filters);
  if (asked.format === "json") {
    await print(jsonText({ recordings: recordingRows(analyses), ...jsonAnswer(analyses, asked) }));
  } else {
    await print(textAnswer(analyses, asked));
    if (!asked.bcc && asked.format !== "text") {
      // Its own format has no room for what the answer lacks.
      noteCompleteness(completeness(analyses, asked.options), asked.options);
    }
  }
  return exitCodeFor(analyses);
}

async function readAsked(args: Arguments, selection: OffcpuOptions["selection"]): Promise<Asked> {
  refuseContradictions(args, contradictions);
  const { format, stacks } = { format: readFormat(args, "folded", "json", "csv"), stacks: readStacks(args) };
  return {
    format,
    bcc: isBccAsked(args),
    by: args.choice("group-by", offcpuGroups),
    top: args.top(TopByDefault),
    delimited: args.has("delimited"),
    options: {
      open: args.has("open"),
      ...(await readIdle(args)),
      selection,
      stacks,
      frames: { offsets: args.has("offsets"), addresses: args.has("verbose"), lines: args.has("lines"), kinds: args.has("annotate") },
    },
  };
}

const contradictions: readonly Contradiction[] = [
  ["compat", "json", "are two formats of the same answer"],
  ["compat", "csv", "are two formats of the same answer"],
  ["folded", "group-by", "sum by different things"],
  ["compat", "group-by", "sum by different things"],
  ["user-stacks", "kernel-stacks", "leave no stack"],
  ["user-stacks", "kernel-threads", "leave no stack"],
  ["folded", "offsets", "do not go together: folded stacks are summed by function"],
  ["folded", "lines", "do not go together: folded stacks are summed by function"],
  ["folded", "verbose", "do not go together: folded stacks are summed by function"],
  ["compat", "annotate", "do not go together: offcputime does not know inlined functions"],
  ["compat", "lines", "do not go together: offcputime does not know lines"],
  ["compat", "open", "do not go together: offcputime does not know such periods"],
  ["compat", "idle", "do not go together: offcputime does not tell idling apart"],
  ["compat", "idle-rules", "do not go together: offcputime does not tell idling apart"],
];

function readStacks(args: Arguments): OffcpuOptions["stacks"] {
  if (args.has("user-stacks")) return "user";
  return args.has("kernel-stacks") ? "kernel" : undefined;
}

function jsonAnswer(analyses: readonly Analysis[], { by, options }: Asked): object {
  return by === undefined ? offcpuView(analyses, options) : offcpuGroupsView(analyses, by, options);
}

/** Everything but JSON. */
function textAnswer(analyses: readonly Analysis[], asked: Asked): string | Iterable<string> {
  const { by, top, delimited, options } = asked;
  if (asked.bcc) return bccAnswer(analyses, asked);
  if (asked.format === "folded") return foldedText(foldedRows(foldedSums(analyses, { ...options, delimited })));
  if (by !== undefined) {
    const view = offcpuGroupsView(analyses, by, options);
    if (asked.format === "csv") return csvText(offcpuGroupFields, view.rows);
    return offcpuGroupsText(analyses, view, { ...options, by, top }, outputStyle());
  }
  const view = offcpuView(analyses, options);
  if (asked.format === "csv") return csvText(offcpuFields, view.rows);
  return offcpuText(analyses, view, { ...options, top, delimited, open: options.open === true }, outputStyle());
}

function* bccAnswer(analyses: readonly Analysis[], asked: Asked): Generator<string, void, undefined> {
  const { format, delimited, options } = asked;
  const rows = bccOffcpuRows(analyses, options);
  yield* offcpuBccText(rows, { stacks: options.stacks, folded: format === "folded", delimited });
  const missed = missedStacks(rows, options);
  if (missed > 0) note(`warning: ${countOf(missed, "stack trace")} not recorded, shown as [Missed ... Stack]`);
}
