// What --help says: of the program its commands; of a command its usage, the options of its own, those
// that choose what is looked at, and examples that can be pasted into a shell. Made of the definitions
// by which arguments are read, so that no option is left out, and as wide as the terminal.

import { wrapped, wrappedWords } from "../exports/wrapped.js";
import type { OptionDefinition } from "./arguments.js";
import type { Command } from "./command.js";

/** A paragraph under a title, in the form of cac, which prints it. */
export interface HelpSection {
  readonly title: string;
  readonly body: string;
}

/** What stands in the left column, and what it means. */
type Entry = readonly [name: string, description: string];

const Indent = "  ";
/** Of descriptions beside their names; where there is less room they stand below. */
const DescriptionWidthMin = 28;
const DescriptionBelow = " ".repeat(6);

const helpOption: OptionDefinition = { flags: "-h, --help", description: "This text" };
const versionOption: OptionDefinition = { flags: "-v, --version", description: "The version" };

/** `width`: columns of the terminal. */
export function programHelp(commands: readonly Command[], width: number): HelpSection[] {
  const entries = commands.map(({ name, summary }): Entry => [name, summary]);
  return [
    { title: "Usage", body: `${Indent}$ offcut <command> [options]` },
    { title: "Commands", body: columnsText(entries, columnOf(entries), width) },
    optionsSection("Options", [helpOption, versionOption], width),
  ];
}

/** `width`: columns of the terminal. */
export function commandHelp(command: Command, width: number): HelpSection[] {
  const filters = command.options.filter(({ isFilter }) => isFilter === true);
  const own = command.options.filter((option) => !filters.includes(option));
  const options = [...own, helpOption];
  const column = columnOf([...options, ...filters].map(entryOf));
  const usage = `${Indent}$ offcut ${command.name} [options] ${command.operands}`.trimEnd();
  return [
    { title: "Usage", body: usage },
    optionsSection("Options", options, width, column),
    ...(filters.length > 0 ? [optionsSection("Filters", filters, width, column)] : []),
    { title: "Examples", body: command.examples.flatMap((example) => exampleLines(example, width)).join("\n") },
  ];
}

function entryOf({ flags, description }: OptionDefinition): Entry {
  return [flags, description];
}

function optionsSection(
  title: string,
  options: readonly OptionDefinition[],
  width: number,
  column = columnOf(options.map(entryOf)),
): HelpSection {
  return { title, body: columnsText(options.map(entryOf), column, width) };
}

/** Where descriptions begin. */
function columnOf(entries: readonly Entry[]): number {
  return Indent.length + Math.max(...entries.map(([name]) => name.length)) + 2;
}

function columnsText(entries: readonly Entry[], column: number, width: number): string {
  const isBeside = width - column >= DescriptionWidthMin;
  const lines = entries.flatMap(([name, description]) => {
    if (!isBeside) {
      const below = wrapped(description, width - DescriptionBelow.length).map((line) => DescriptionBelow + line);
      return [Indent + name, ...below];
    }
    return wrapped(description, width - column).map(
      (line, at) => (at === 0 ? Indent + name : "").padEnd(column) + line,
    );
  });
  return lines.join("\n");
}

/** A command line, continued as a shell reads it where it is too long; a remark then stands above it. */
function exampleLines(example: string, width: number): string[] {
  const whole = `${Indent}$ ${example}`;
  if (whole.length <= width) return [whole];
  const [, commandLine = example, remark] = /^(.*?) +(# .*)$/.exec(example) ?? [];
  const above = remark === undefined ? [] : wrapped(remark, width - Indent.length).map((line) => Indent + line);
  const continued = wrappedWords(shellWords(commandLine), width - DescriptionBelow.length, " \\");
  return [...above, ...continued.map((line, at) => (at === 0 ? `${Indent}$ ` : DescriptionBelow) + line)];
}

/** Words of a command line, quoted ones whole, an option together with its value, a program with its pipe. */
function shellWords(commandLine: string): string[] {
  return commandLine.match(/[|>] \S+|-\S+ (?!-|[|>])(?:'[^']*'|\S+)|'[^']*'|\S+/g) ?? [];
}
