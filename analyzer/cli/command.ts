// What a command is: its name, what it takes, what it does. One file per command exports one of
// these; main.ts makes the command line of them.

import type { ExitCode } from "../errors.js";
import type { Arguments } from "./arguments.js";

export interface OptionDefinition {
  /** As shown in help: `-o, --out <FILE>`; `<…>` means that it takes a value. */
  readonly flags: string;
  readonly description: string;
}

export interface Command {
  readonly name: string;
  /** What follows the name in the usage line. */
  readonly operands: string;
  readonly summary: string;
  readonly options: readonly OptionDefinition[];
  readonly examples: readonly string[];
  /** Its words are another program's: options are listed for help, and not read. */
  readonly isForwarded?: boolean;
  run(args: Arguments): Promise<ExitCode>;
}
