// What a command is: its name, what it takes, what it does. One file per command exports one of
// these; main.ts makes the command line of them.

import type { ExitCode } from "../errors.js";
import type { Arguments, ArgumentsDefinition } from "./arguments.js";

export interface Command extends ArgumentsDefinition {
  /** What follows the name in the usage line. */
  readonly operands: string;
  readonly summary: string;
  readonly examples: readonly string[];
  run(args: Arguments): Promise<ExitCode>;
}
