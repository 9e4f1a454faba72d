// `offcut syscalls`: how often each system call was made, how often it failed, how long it took.

import { ExitCode } from "../errors.js";
import { jsonText } from "../exports/json-text.js";
import { syscallsText } from "../exports/syscalls-text.js";
import { recordingRows } from "../views/info.js";
import { syscallsView } from "../views/syscalls.js";
import type { Arguments } from "./arguments.js";
import type { Command } from "./command.js";
import { outputStyle, print } from "./output.js";
import { exitCodeFor, readRecordings } from "./recordings.js";

const TopByDefault = 20;

export const syscalls: Command = {
  name: "syscalls",
  operands: "FILE...",
  summary: "System calls: count, errors, total, average and longest wall time",
  options: [
    { flags: "--top <N>", description: `Show the N with the most time (${TopByDefault})` },
    { flags: "--all", description: "Show all" },
    { flags: "--json", description: "Everything, as JSON" },
  ],
  examples: [
    "offcut syscalls web1.offcut",
    "offcut-capture -d 5 -o - | offcut syscalls -",
  ],
  run,
};

async function run(args: Arguments): Promise<ExitCode> {
  const top = args.has("all") ? Infinity : args.count("top", 1, TopByDefault);
  const analyses = await readRecordings(args.files());
  const view = syscallsView(analyses);
  if (args.has("json")) await print(jsonText({ recordings: recordingRows(analyses), ...view }));
  else await print(syscallsText(analyses, view, { top }, outputStyle()));
  return exitCodeFor(analyses);
}
