#!/usr/bin/env node
// The command line: finds the command, runs it, and makes of whatever happens an exit code: 0
// answered, 1 failed, 2 misused. cac finds commands and prints what help.ts says; arguments.ts reads
// arguments.

import { cac } from "cac";
import { ExitCode, exitCodeOf, UsageError } from "../errors.js";
import { readArguments } from "./arguments.js";
import { commandNames, loadCommand, loadCommands } from "./commands.js";
import { failureText } from "./failure.js";
import { commandHelp, programHelp } from "./help.js";
import { endQuietlyOnClosedPipe, note, terminalWidth } from "./output.js";
import { packageVersion } from "./package-root.js";

/** Of help that does not go to a terminal, in columns. */
const HelpWidth = 80;

/** Runs the program with the words after its name. */
async function run(words: readonly string[]): Promise<ExitCode> {
  // Help of a command is also asked for in front of it: offcut --help info.
  const command = await loadCommand(words.find((word) => !word.startsWith("-")) ?? "");
  const commands = command === undefined ? await loadCommands() : [command];
  const cli = cac("offcut");
  for (const { name, summary, options } of commands) {
    const entry = cli.command(name, summary);
    for (const { flags, description } of options) entry.option(flags, description);
  }
  cli.help(([program]) => {
    const width = terminalWidth() ?? HelpWidth;
    const sections = command === undefined ? programHelp(commands, width) : commandHelp(command, width);
    return [program!, ...sections];
  });
  cli.version(packageVersion());

  // cac looks for --help and --version up to the first "--" and prints them itself.
  cli.parse(["node", "offcut", ...words], { run: false });
  if (cli.options.help === true || (cli.options.version === true && words.length === 1)) {
    return ExitCode.Answered;
  }
  if (command !== undefined && command.name === words[0]) return command.run(readArguments(command, words.slice(1)));
  const names = commandNames.join(", ");
  if (words.length === 0) throw new UsageError(`which command? One of ${names}; see offcut --help`);
  throw new UsageError(`${words[0]} is not a command; there are ${names}. See offcut --help`);
}

endQuietlyOnClosedPipe();
try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  note(failureText(error));
  process.exitCode = exitCodeOf(error);
}
