// `offcut threads`: what each thread did with its time.

import { ExitCode, UsageError } from "../errors.js";
import { jsonText } from "../exports/json-text.js";
import { threadsText } from "../exports/threads-text.js";
import { recordingRows } from "../views/info.js";
import { threadsView } from "../views/thread-times.js";
import type { ThreadSort } from "../views/thread-times.js";
import type { Arguments } from "./arguments.js";
import type { Command } from "./command.js";
import { outputStyle, print } from "./output.js";
import { exitCodeFor, readRecordings } from "./recordings.js";

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
    { flags: "--json", description: "Everything, as JSON" },
  ],
  examples: ["offcut threads --sort runnable web1.offcut", "offcut threads --all web1.offcut | grep still.blocked"],
  run,
};

async function run(args: Arguments): Promise<ExitCode> {
  const top = args.has("all") ? Infinity : args.count("top", 1, TopByDefault);
  const sort = readSort(args.value("sort"));
  const analyses = await readRecordings(args.files());
  const view = threadsView(analyses, { sort });
  if (args.has("json")) await print(jsonText({ recordings: recordingRows(analyses), ...view }));
  else await print(threadsText(analyses, view, { top }, outputStyle()));
  return exitCodeFor(analyses);
}

function readSort(text: string | undefined): ThreadSort | undefined {
  const sort = sorts.find((one) => one === text);
  if (text === undefined || sort !== undefined) return sort;
  throw new UsageError(`--sort takes ${sorts.join(", ")}, not "${text}"`);
}
