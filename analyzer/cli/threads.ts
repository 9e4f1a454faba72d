// `offcut threads`: what each thread did with its time.

import { ExitCode } from "../errors.js";
import { csvText } from "../exports/csv-text.js";
import { jsonText } from "../exports/json-text.js";
import { threadsText } from "../exports/threads-text.js";
import { filterOptionsOf, readFilters } from "../filters/filters.js";
import { recordingRows } from "../views/info.js";
import { threadFields, threadsView } from "../views/thread-times.js";
import type { ThreadSort } from "../views/thread-times.js";
import type { Arguments } from "./arguments.js";
import type { Command } from "./command.js";
import { readFormat } from "./formats.js";
import { namingOptions, readNamedRecordings } from "./naming.js";
import { noteLoss } from "./notes.js";
import { jobsOption } from "./on-cpus.js";
import { outputStyle, print } from "./output.js";
import { exitCodeFor } from "./recordings.js";

const TopByDefault = 20;
const sorts: readonly ThreadSort[] = ["on", "blocked", "runnable", "preempted", "unknown"];

export const threads: Command = {
  name: "threads",
  operands: "FILE...",
  summary: "What each thread did with its time, and what it mostly waited for",
  options: [
    { flags: "--sort <PART>", description: `Most of this first: ${sorts.join(", ")} (on)` },
    { flags: "--top <N>", description: `Show the first N (${TopByDefault})` },
    { flags: "--all", description: "Show all" },
    ...filterOptionsOf("threads"),
    jobsOption,
    ...namingOptions,
    { flags: "--json", description: "Everything, as JSON" },
    { flags: "--csv", description: "Everything, as comma-separated values" },
  ],
  examples: ["offcut threads --sort runnable web1.offcut", "offcut threads --all web1.offcut | grep still.blocked"],
  run,
};

async function run(args: Arguments): Promise<ExitCode> {
  const top = args.top(TopByDefault);
  const sort = args.choice("sort", sorts);
  const format = readFormat(args, "json", "csv");
  const filters = readFilters(args);
  const analyses = await readNamedRecordings(args, args.files(), {}, filters);
  const view = threadsView(analyses, { sort, selection: filters.selection });
  if (format === "json") await print(jsonText({ recordings: recordingRows(analyses), ...view }));
  else if (format === "csv") {
    await print(csvText(threadFields, view.rows));
    noteLoss(view.completeness);
  } else await print(threadsText(analyses, view, { top }, outputStyle()));
  return exitCodeFor(analyses);
}
