// `offcut doctor`: what works here. Analyzing works wherever this program starts and the engine
// loads; recording is what the recorder itself finds out about the kernel and its privileges.

import { ExitCode } from "../errors.js";
import { localEngine } from "../node.js";
import type { Arguments } from "./arguments.js";
import { findCaptureProgram, runCaptureProgram } from "./capture-program.js";
import type { Command } from "./command.js";
import { failureText } from "./failure.js";
import { print } from "./output.js";

export const doctor: Command = {
  name: "doctor",
  operands: "",
  summary: "What works on this machine, and what is missing for the rest",
  options: [],
  examples: ["offcut doctor", "sudo offcut doctor"],
  run,
};

async function run(_args: Arguments): Promise<ExitCode> {
  await localEngine();
  await print(`analyzing   works (Node ${process.versions.node}, ${process.platform}-${process.arch})\n`);
  try {
    await print(`recorder    ${findCaptureProgram()}\n`);
  } catch (error) {
    await print(`recording   does not work: ${failureText(error)}\n`);
    return ExitCode.Failed;
  }
  return runCaptureProgram(["doctor"]);
}
