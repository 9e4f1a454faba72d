#!/usr/bin/env node
// The command line: finds the command, runs it, and makes of whatever happens an exit code: 0
// answered, 1 failed, 2 misused. cac finds commands and prints help; arguments.ts reads arguments.

import { cac } from "cac";
import { ExitCode, exitCodeOf, UsageError } from "../errors.js";
import { readArguments } from "./arguments.js";
import type { Command } from "./command.js";
import { diff } from "./diff.js";
import { doctor } from "./doctor.js";
import { events } from "./events.js";
import { failureText } from "./failure.js";
import { fold } from "./fold.js";
import { hist } from "./hist.js";
import { info } from "./info.js";
import { offcpu } from "./offcpu.js";
import { endQuietlyOnClosedPipe, note } from "./output.js";
import { packageVersion } from "./package-root.js";
import { record } from "./record.js";
import { report } from "./report.js";
import { syscalls } from "./syscalls.js";
import { threads } from "./threads.js";
import { view } from "./view.js";
import { wakers } from "./wakers.js";
import { waits } from "./waits.js";

const commands: readonly Command[] = [
  record,
  report,
  offcpu,
  syscalls,
  waits,
  threads,
  wakers,
  hist,
  events,
  diff,
  fold,
  info,
  view,
  doctor,
];

/** What cac puts behind options: blanks, and a default that only says that `--no-x` is not given. */
const HelpNoise = / +(\(default: true\))?$/gm;

/** Runs the program with the words after its name. */
async function run(words: readonly string[]): Promise<ExitCode> {
  const cli = cac("offcut");
  for (const command of commands) {
    const entry = cli.command(command.name, command.summary);
    entry.usage(`${command.name} [options] ${command.operands}`.trimEnd());
    for (const { flags, description } of command.options) entry.option(flags, description);
    for (const example of command.examples) entry.example(`  $ ${example}`);
  }
  cli.usage("<command> [options]");
  cli.help((sections) => {
    const shown = sections.filter(({ title }) => title?.startsWith("For more info") !== true);
    return shown.map(({ body, ...section }) => ({ ...section, body: body.replace(HelpNoise, "") }));
  });
  cli.version(packageVersion());

  // cac looks for --help and --version up to the first "--" and prints them itself.
  cli.parse(["node", "offcut", ...words], { run: false });
  if (cli.options.help === true || (cli.options.version === true && words.length === 1)) {
    return ExitCode.Answered;
  }
  const command = findCommand(words[0]);
  return command.run(readArguments(command, words.slice(1)));
}

function findCommand(name: string | undefined): Command {
  const names = commands.map((command) => command.name).join(", ");
  if (name === undefined) throw new UsageError(`which command? One of ${names}; see offcut --help`);
  const command = commands.find((one) => one.name === name);
  if (command !== undefined) return command;
  throw new UsageError(`${name} is not a command; there are ${names}. See offcut --help`);
}

endQuietlyOnClosedPipe();
try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  note(failureText(error));
  process.exitCode = exitCodeOf(error);
}
