// `offcut wakers`: who woke whom, as a table, or folded for graphs of chains.

import { ExitCode } from "../errors.js";
import { foldedText } from "../exports/folded-text.js";
import { jsonText } from "../exports/json-text.js";
import { wakersCsvText, wakersText } from "../exports/wakers-text.js";
import { filterOptionsOf, readFilters } from "../filters/filters.js";
import { completeness } from "../views/completeness.js";
import { foldedRows } from "../views/folded.js";
import { recordingRows } from "../views/info.js";
import { wakersView, wakerSums } from "../views/wakers.js";
import type { Arguments } from "./arguments.js";
import type { Command } from "./command.js";
import { readFormat } from "./formats.js";
import { idleOptions, readIdle } from "./idle.js";
import { namingOptions, readNamedRecordings } from "./naming.js";
import { noteCompleteness } from "./notes.js";
import { jobsOption } from "./on-cpus.js";
import { outputStyle, print } from "./output.js";
import { exitCodeFor } from "./recordings.js";

const TopByDefault = 20;

export const wakers: Command = {
  name: "wakers",
  operands: "FILE...",
  summary: "Who woke whom, and how long the woken waited for a CPU",
  options: [
    { flags: "--depth <N>", description: "Follow chains: the waker of the waker, N back (1)" },
    { flags: "-f, --folded", description: "As offwaketime -f: target;stack;--;waker (wakers have no stacks here)" },
    { flags: "--open", description: "Also periods that the recording's start or end cut off" },
    { flags: "--top <N>", description: `Show the N with the most blocked time (${TopByDefault})` },
    { flags: "--all", description: "Show all" },
    ...idleOptions,
    ...filterOptionsOf("wakers"),
    jobsOption,
    ...namingOptions,
    { flags: "--json", description: "Everything, as JSON" },
    { flags: "--csv", description: "Everything, as comma-separated values" },
  ],
  examples: [
    "offcut wakers --idle hide --depth 3 web1.offcut",
    "offcut wakers -f web1.offcut | flamegraph.pl --color=chain > web1.svg",
  ],
  run,
};

async function run(args: Arguments): Promise<ExitCode> {
  const format = readFormat(args, "folded", "json", "csv");
  const top = args.top(TopByDefault);
  const wakerDepth = args.count("depth", 1, 1);
  const filters = readFilters(args);
  const periods = { open: args.has("open"), ...(await readIdle(args)), selection: filters.selection };
  const analyses = await readNamedRecordings(args, args.files(), { wakerDepth }, filters);
  if (format === "folded") {
    await print(foldedText(foldedRows(wakerSums(analyses, periods))));
    noteCompleteness(completeness(analyses, periods), periods);
  } else {
    const view = wakersView(analyses, periods);
    if (format === "json") await print(jsonText({ recordings: recordingRows(analyses), ...view }));
    else if (format === "csv") {
      await print(wakersCsvText(view.rows));
      noteCompleteness(view.completeness, periods);
    } else await print(wakersText(analyses, view, { top, ...periods }, outputStyle()));
  }
  return exitCodeFor(analyses);
}
