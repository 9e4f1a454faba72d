// `offcut report`: one screen that a person would want first, with what to type next.

import { ExitCode } from "../errors.js";
import { jsonText } from "../exports/json-text.js";
import { reportText } from "../exports/report-text.js";
import { filterOptionsOf, readFilters } from "../filters/filters.js";
import { recordingRows } from "../views/info.js";
import { reportView } from "../views/report.js";
import type { Arguments } from "./arguments.js";
import type { Command } from "./command.js";
import { idleOptions, readIdle } from "./idle.js";
import { namingOptions, readNamedRecordings } from "./naming.js";
import { jobsOption } from "./on-cpus.js";
import { outputStyle, print } from "./output.js";
import { exitCodeFor } from "./recordings.js";

export const report: Command = {
  name: "report",
  operands: "FILE...",
  summary: "One screen to begin with: what waited most, in words, and what to type next",
  options: [
    { flags: "--open", description: "Also periods that the recording's start or end cut off" },
    ...idleOptions.map((option) =>
      option.flags.startsWith("--idle <") ? { ...option, description: `${option.description} (hide)` } : option,
    ),
    ...filterOptionsOf("report"),
    jobsOption,
    ...namingOptions,
    { flags: "--json", description: "Everything, as JSON" },
  ],
  examples: ["offcut report web1.offcut", "offcut-capture -d 10 -o - | offcut report -"],
  run,
};

async function run(args: Arguments): Promise<ExitCode> {
  const filters = readFilters(args);
  const options = { open: args.has("open"), ...(await readIdle(args, "hide")), selection: filters.selection };
  // One wakeup back says which thread waited longest for a CPU once it was woken.
  const analyses = await readNamedRecordings(args, args.files(), { wakerDepth: 1 }, filters);
  const view = reportView(analyses, options);
  if (args.has("json")) await print(jsonText({ recordings: recordingRows(analyses), ...view }));
  else await print(reportText(analyses, view, options, outputStyle()));
  return exitCodeFor(analyses);
}
