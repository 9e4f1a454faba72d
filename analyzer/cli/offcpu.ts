// `offcut offcpu`: where threads waited, as offcputime prints it, or folded.

import { ExitCode, UsageError } from "../errors.js";
import { foldedText } from "../exports/folded-text.js";
import { jsonText } from "../exports/json-text.js";
import { offcpuText } from "../exports/offcpu-text.js";
import { completeness } from "../views/completeness.js";
import { foldedRows, foldedSums } from "../views/folded.js";
import { recordingRows } from "../views/info.js";
import { offcpuView } from "../views/offcpu.js";
import type { Arguments } from "./arguments.js";
import type { Command } from "./command.js";
import { idleOptions, readIdle } from "./idle.js";
import { noteCompleteness } from "./notes.js";
import { outputStyle, print } from "./output.js";
import { exitCodeFor, readRecordings } from "./recordings.js";

const TopByDefault = 20;

export const offcpu: Command = {
  name: "offcpu",
  operands: "FILE...",
  summary: "Off-CPU time by thread and stack, as offcputime prints it",
  options: [
    { flags: "-f, --folded", description: "One line for each stack, as flame graph tools read it" },
    { flags: "-d, --delimited", description: "A line -- between kernel and user frames" },
    { flags: "--top <N>", description: `Show the N largest (${TopByDefault})` },
    { flags: "--all", description: "Show all" },
    { flags: "--open", description: "Also periods that the recording's start or end cut off" },
    ...idleOptions,
    { flags: "--json", description: "Everything, as JSON" },
  ],
  examples: [
    "offcut offcpu web1.offcut            # the 20 largest waits",
    "offcut offcpu -f web1.offcut | flamegraph.pl --color=io > web1.svg",
  ],
  run,
};

async function run(args: Arguments): Promise<ExitCode> {
  const periods = { open: args.has("open"), ...(await readIdle(args)) };
  const top = args.has("all") ? Infinity : args.count("top", 1, TopByDefault);
  if (args.has("folded") && args.has("json")) {
    throw new UsageError("--folded and --json are two formats of the same answer; choose one");
  }
  const analyses = await readRecordings(args.files());
  if (args.has("folded")) {
    await print(foldedText(foldedRows(foldedSums(analyses, periods))));
    noteCompleteness(completeness(analyses, periods), periods);
  } else if (args.has("json")) {
    const view = offcpuView(analyses, periods);
    await print(jsonText({ recordings: recordingRows(analyses), ...view }));
  } else {
    const options = { top, delimited: args.has("delimited"), ...periods };
    await print(offcpuText(analyses, offcpuView(analyses, periods), options, outputStyle()));
  }
  return exitCodeFor(analyses);
}
