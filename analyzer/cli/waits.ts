// `offcut waits`: system calls joined to the off-CPU periods inside them.

import { ExitCode, UsageError } from "../errors.js";
import { csvText } from "../exports/csv-text.js";
import { jsonText } from "../exports/json-text.js";
import { waitsText } from "../exports/waits-text.js";
import { filterOptionsOf, readFilters } from "../filters/filters.js";
import { recordingRows } from "../views/info.js";
import { waitFields, waitsView } from "../views/waits.js";
import type { WaitGroup } from "../views/waits.js";
import type { Arguments } from "./arguments.js";
import type { Command } from "./command.js";
import { readFormat } from "./formats.js";
import { idleOptions, readIdle } from "./idle.js";
import { namingOptions, readNamedRecordings } from "./naming.js";
import { noteLoss } from "./notes.js";
import { jobsOption } from "./on-cpus.js";
import { outputStyle, print } from "./output.js";
import { exitCodeFor } from "./recordings.js";

const TopByDefault = 20;
const groups: readonly WaitGroup[] = ["process", "thread", "syscall", "stack"];

export const waits: Command = {
  name: "waits",
  operands: "FILE...",
  summary: "What became of the time inside system calls: on the CPU, asleep, in D state, runnable",
  options: [
    { flags: "--group-by <WHAT>", description: "process, thread, syscall or stack (all but thread together)" },
    { flags: "--stacks", description: "Under each row its largest stack" },
    { flags: "--top <N>", description: `Show the N with the most time (${TopByDefault})` },
    { flags: "--all", description: "Show all" },
    ...idleOptions,
    ...filterOptionsOf("waits"),
    jobsOption,
    ...namingOptions,
    { flags: "--json", description: "Everything, as JSON" },
    { flags: "--csv", description: "Everything, as comma-separated values" },
  ],
  examples: ["offcut waits --idle hide web1.offcut", "offcut waits --group-by process --stacks web1.offcut"],
  run,
};

async function run(args: Arguments): Promise<ExitCode> {
  const top = args.top(TopByDefault);
  const format = readFormat(args, "json", "csv");
  const filters = readFilters(args);
  const { selection } = filters;
  if (filters.pass.stateMask !== undefined) {
    throw new UsageError("--state takes names of states here, not a bit mask: of a call only their sums are known");
  }
  const options = { groupBy: args.choice("group-by", groups), ...(await readIdle(args)), selection };
  const analyses = await readNamedRecordings(args, args.files(), { calls: true }, filters);
  const view = waitsView(analyses, options);
  if (format === "json") await print(jsonText({ recordings: recordingRows(analyses), ...view }));
  else if (format === "csv") {
    await print(csvText(waitFields, view.rows));
    noteLoss({ ...view, unknownNs: 0 });
  } else await print(waitsText(analyses, view, { top, stacks: args.has("stacks"), ...options }, outputStyle()));
  return exitCodeFor(analyses);
}
