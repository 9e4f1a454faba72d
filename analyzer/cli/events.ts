// `offcut events`: trace after the fact. One line for each event of a recording, in order of time,
// from the first one on, however long the recording is.

import { EventKind } from "../../assembly/tables.js";
import type { Names } from "../analysis.js";
import type { EventBatch } from "../event-batch.js";
import { UsageError } from "../errors.js";
import type { ExitCode } from "../errors.js";
import { fields } from "../expressions/fields.js";
import type { LineFormat } from "../exports/event-lines.js";
import { filterOptions, readFilters } from "../filters/filters.js";
import { refuseUnknownHost } from "../filters/hosts.js";
import { hostName } from "../views/threads.js";
import type { Arguments } from "./arguments.js";
import type { Command } from "./command.js";
import { openEvents, readFileEvents, reportGaps } from "./event-reading.js";
import { readFormat } from "./formats.js";
import { LinePrinter } from "./lines-on-cpus.js";
import { LineMaker, shownIn } from "./lines-task.js";
import { readShownNaming, shownNameOptions } from "./naming.js";
import { jobsOption, readJobs } from "./on-cpus.js";
import { print } from "./output.js";
import { exitCodeFor } from "./recordings.js";

const ColumnsByDefault = "time,pid,tid,comm,event";

export const events: Command = {
  name: "events",
  operands: "FILE",
  summary: "Every event as a line, in order of time, as trace and strace print them",
  options: [
    { flags: "--kinds <LIST>", description: "Only these: syscall,period,wakeup (all)", isFilter: true },
    {
      flags: "--where <EXPR>",
      description: "Only events for which this holds: 'errno == EAGAIN && fd == 3'",
      isFilter: true,
    },
    { flags: "--columns <EXPR,...>", description: `What to show (${ColumnsByDefault})` },
    { flags: "--stacks", description: "The frames of each event's stacks below its line" },
    ...filterOptions,
    ...shownNameOptions,
    jobsOption,
    { flags: "--json", description: "A JSON object a line" },
    { flags: "--csv", description: "Comma-separated values" },
  ],
  examples: [
    "offcut events web1.offcut --comm nginx | head",
    "offcut events web1.offcut --kinds syscall --where 'errno == ENOENT' --columns time,comm,syscall,ret",
    "offcut events web1.offcut --kinds period --where 'duration > 10ms' --stacks",
  ],
  run,
};

async function run(args: Arguments): Promise<ExitCode> {
  const [file, ...more] = args.files();
  if (more.length > 0) throw new UsageError("events shows one recording; times of several have no common start");
  const kinds = readKinds(args.value("kinds"));
  const format = readFormat(args, "json", "csv");
  if (format === "csv" && args.has("stacks")) throw new UsageError("--csv has no place for stacks; use --json");
  const columns = args.value("columns") ?? columnsByDefault(format, kinds);
  const filters = readFilters(args);
  const naming = readShownNaming(args);
  const task = { kinds, format, columns, where: args.value("where"), stacks: args.has("stacks"), naming };
  const show = await shownIn(task, filters.selection);
  const lines = new LineMaker(task, show);
  const question = { task, selection: filters.selection };
  const printer = new LinePrinter(lines, new LineMaker(task, show), question, readJobs(args));
  let isBegun = false;
  const begin = async (names: Names) => {
    if (isBegun) return;
    refuseUnknownHost([hostName(names)], filters);
    await print(lines.header());
    isBegun = true;
  };
  const take = async (batch: EventBatch) => {
    await begin(batch.names);
    await printer.take(batch);
  };
  const opened = await openEvents(file!, filters);
  // Making lines is most of the work, and is what is divided: the events are read by this thread.
  const taker = { evaluator: lines.evaluator, take, finish: () => printer.finish() };
  const analysis = await readFileEvents(opened, kinds, filters, 1, taker).finally(() => printer.end());
  await begin(analysis);
  reportGaps(analysis);
  return exitCodeFor([analysis]);
}

const kindNames: Readonly<Record<string, EventKind>> = {
  syscall: EventKind.Syscall,
  period: EventKind.Period,
  wakeup: EventKind.Wakeup,
};

function readKinds(text: string | undefined): EventKind[] {
  const names = text?.split(",").map((name) => name.trim()) ?? Object.keys(kindNames);
  return names.map((name) => {
    if (Object.hasOwn(kindNames, name)) return kindNames[name]!;
    throw new UsageError(`--kinds takes some of ${Object.keys(kindNames).join(",")}, not "${name}"`);
  });
}

/** Programs are given every field, once: latency is duration or runnable, user the contrary of kernel. */
function columnsByDefault(format: LineFormat, kinds: readonly EventKind[]): string {
  if (format === "text") return ColumnsByDefault;
  const first = ["time", "kind"];
  const left = new Set([...first, "latency", "oncpu", "user"]);
  const others = fields.filter(({ name, kinds: of }) => !left.has(name) && of.some((kind) => kinds.includes(kind)));
  return [...first, ...others.map(({ name }) => name)].join(",");
}
