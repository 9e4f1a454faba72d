// `offcut waits`: system calls joined to the off-CPU periods inside them.

import { ExitCode, UsageError } from "../errors.js";
import { jsonText } from "../exports/json-text.js";
import { waitsText } from "../exports/waits-text.js";
import { recordingRows } from "../views/info.js";
import { waitsView } from "../views/waits.js";
import type { WaitGroup } from "../views/waits.js";
import type { Arguments } from "./arguments.js";
import type { Command } from "./command.js";
import { idleOptions, readIdle } from "./idle.js";
import { outputStyle, print } from "./output.js";
import { exitCodeFor, readRecordings } from "./recordings.js";

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
    { flags: "--json", description: "Everything, as JSON" },
  ],
  examples: ["offcut waits --idle hide web1.offcut", "offcut waits --group-by process --stacks web1.offcut"],
  run,
};

async function run(args: Arguments): Promise<ExitCode> {
  const top = args.has("all") ? Infinity : args.count("top", 1, TopByDefault);
  const options = { groupBy: readGroup(args.value("group-by")), ...(await readIdle(args)) };
  const analyses = await readRecordings(args.files(), { calls: true });
  const view = waitsView(analyses, options);
  if (args.has("json")) await print(jsonText({ recordings: recordingRows(analyses), ...view }));
  else await print(waitsText(analyses, view, { top, stacks: args.has("stacks"), ...options }, outputStyle()));
  return exitCodeFor(analyses);
}

function readGroup(text: string | undefined): WaitGroup | undefined {
  const group = groups.find((one) => one === text);
  if (text === undefined || group !== undefined) return group;
  throw new UsageError(`--group-by takes ${groups.join(", ")}, not "${text}"`);
}
