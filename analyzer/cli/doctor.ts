// `offcut doctor`: what works here. Analyzing works wherever this program starts and the engine
// loads; about recording the recorder itself is asked, which tries the kernel and its privileges.

import { CaptureError, ExitCode } from "../errors.js";
import { jsonText } from "../exports/json-text.js";
import { localEngine } from "../on-node.js";
import type { Arguments } from "./arguments.js";
import { askCaptureProgram, findCaptureProgram, runCaptureProgram } from "./capture-program.js";
import type { Command } from "./command.js";
import { print } from "./output.js";

export const doctor: Command = {
  name: "doctor",
  operands: "",
  summary: "What works on this machine, and what is missing for the rest",
  options: [{ flags: "--json", description: "The same for programs" }],
  examples: ["sudo offcut doctor", "offcut doctor --json | jq .recording"],
  run,
};

async function run(args: Arguments): Promise<ExitCode> {
  await localEngine();
  const here = `Node ${process.versions.node}, ${process.platform}-${process.arch}`;
  const program = captureProgramOrReason();
  if (args.has("json")) {
    const recording = typeof program === "string" ? await examination() : { canRecord: false, reason: program.message };
    await print(jsonText({ canAnalyze: true, platform: here, recording }));
    return recording.canRecord ? ExitCode.Answered : ExitCode.Failed;
  }
  await print(`ok       analyzing            ${here}\n`);
  if (typeof program === "string") return runCaptureProgram(["--doctor"]);
  await print(`missing  recording            ${program.message}\n`);
  return ExitCode.Failed;
}

function captureProgramOrReason(): string | CaptureError {
  try {
    return findCaptureProgram();
  } catch (error) {
    if (error instanceof CaptureError) return error;
    throw error;
  }
}

interface Examination {
  readonly canRecord: boolean;
}

async function examination(): Promise<Examination> {
  const answer: unknown = JSON.parse(await askCaptureProgram(["--doctor", "--json"]));
  return answer as Examination;
}
