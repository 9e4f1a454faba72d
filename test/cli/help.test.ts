// What --help says of every command: all of its options and no others, the filters apart, examples
// that the command would take, all of it within the terminal's width.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readArguments } from "../../analyzer/cli/arguments.js";
import { loadCommands } from "../../analyzer/cli/commands.js";
import type { Command } from "../../analyzer/cli/command.js";
import { commandHelp, programHelp, type HelpSection } from "../../analyzer/cli/help.js";
import { projectRoot } from "../host.js";
import { runCli } from "./run-cli.js";

const test = suite("cli/help");
const commands = await loadCommands();

/** Help that is not printed on a terminal is that wide. */
const WidthByDefault = 80;

/** The names in the left column of a section, dashes and all. */
function flagsOf(section: string | undefined): string[] {
  return (section ?? "").split("\n").flatMap((line) => {
    const [, column = ""] = /^ {2}(-.*?)(?: {2}|$)/.exec(line) ?? [];
    return column.match(/(?<=^|, )--?[\w-]+/g) ?? [];
  });
}

/** Sections by title, as they were printed. */
function sectionsOf(help: string): Record<string, string> {
  const parts = help.split(/\n\n(?=[A-Z]\w+:\n)/).slice(1);
  return Object.fromEntries(parts.map((part) => [part.slice(0, part.indexOf(":")), part.slice(part.indexOf("\n") + 1)]));
}

async function helpOf(command: Command): Promise<string> {
  const { status, stdout, stderr } = await runCli([command.name, "--help"]);
  assert.equal([status, stderr], [0, ""], command.name);
  return stdout;
}

const allFlags = new Set([
  ...commands.flatMap(({ options }) => options.flatMap(({ flags }) => flagsOf(`  ${flags}`))),
  ...[..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"].map((letter) => `-${letter}`),
]);

/** Whether the command would read this flag. */
function takes(command: Command, flag: string): boolean {
  try {
    readArguments(command, [flag, "1"]);
    return true;
  } catch {
    return false;
  }
}

test("every command: its sections, all of the options it takes and no others, within 80 columns", async () => {
  for (const command of commands) {
    const help = await helpOf(command);
    const wide = help.split("\n").filter((line) => line.length > WidthByDefault);
    assert.equal(wide, [], command.name);
    const sections = sectionsOf(help);
    const hasFilters = command.options.some(({ isFilter }) => isFilter);
    const titles = ["Usage", "Options", ...(hasFilters ? ["Filters"] : []), "Examples"];
    assert.equal(Object.keys(sections), titles, command.name);
    const shown = [...flagsOf(sections["Options"]), ...flagsOf(sections["Filters"])];
    assert.equal(new Set(shown).size, shown.length, `${command.name}: an option is listed twice`);
    if (command.isForwarded === true) continue;
    const taken = [...allFlags].filter((flag) => takes(command, flag));
    // cac answers these before the command reads anything.
    assert.equal(shown.sort(), [...taken, "-h", "--help"].sort(), command.name);
  }
});

test("the filters that commands share are never among a command's own options", async () => {
  const own = sectionsOf(await helpOf(commands.find(({ name }) => name === "offcpu")!));
  assert.equal(
    flagsOf(own["Filters"]).join(" "),
    "-p --pid -t --tid -u --user-threads -k --kernel-threads --comm --syscall -m --min-block-time " +
      "-M --max-block-time --state --from --to --cgroup --stack --not-stack --host",
  );
  const shared = new Set(flagsOf(own["Filters"]).filter((flag) => flag.startsWith("--")));
  for (const command of commands) {
    const { Options } = sectionsOf(await helpOf(command));
    assert.equal(flagsOf(Options).filter((flag) => shared.has(flag)), [], command.name);
  }
});

/** The words of every `offcut` in a command line, as a shell would hand them over. */
function offcutWords(commandLine: string): string[][] {
  const parts = commandLine.replace(/ +# .*$/, "").split(/ \| /);
  return parts.flatMap((part) => {
    const words = (part.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^'(.*)'$/, "$1"));
    if (words[0] === "sudo") words.shift();
    const end = words.indexOf(">");
    return words[0] === "offcut" ? [words.slice(1, end < 0 ? undefined : end)] : [];
  });
}

test("at least two examples each, of that command, which it takes", async () => {
  for (const command of commands) {
    const { Examples } = sectionsOf(await helpOf(command));
    const shown = Examples!.trimEnd().replaceAll(/ \\\n +/g, " ").split("\n").filter((line) => line.startsWith("  $ "));
    assert.ok(shown.length >= 2, `${command.name}: ${shown.length} examples`);
    assert.is(shown.length, command.examples.length, command.name);
    for (const example of shown) {
      const [called, ...others] = offcutWords(example.slice("  $ ".length));
      assert.is(called?.[0], command.name, example);
      assert.equal(others, [], example);
      readArguments(command, called!.slice(1)); // throws where it takes them not
    }
  }
});

test("every option is asked for by some command's code, and nothing else is", () => {
  const sources = ["analyzer/cli", "analyzer/filters"]
    .flatMap((directory) => readdirSync(join(projectRoot, directory)).map((file) => join(projectRoot, directory, file)))
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");
  const code = sources.replaceAll(/flags: "[^"]*"/g, "");
  const defined = commands.filter(({ isForwarded }) => isForwarded !== true).flatMap(({ options }) => options);
  const names = new Set(defined.flatMap(({ flags }) => flagsOf(`  ${flags}`)).filter((flag) => flag.startsWith("--")));
  // --all is asked for together with --top, and the first name that has no value is the default.
  const unread = [...names].filter((flag) => !code.includes(`"${flag.slice(2)}"`));
  assert.equal(unread, []);
  const asked = [...code.matchAll(/args\.(?:has|values?|count|choice)(?:<\w+>)?\("([^"]+)"/g)].map(([, name]) => `--${name}`);
  assert.ok(asked.length > 20, `${asked.length} found`);
  assert.equal(asked.filter((flag) => !names.has(flag)), []);
});

/** The options that the recorder's parser takes, from its source: name and whether it has a value. */
function recorderOptions(): Map<string, boolean> {
  const source = readFileSync(join(projectRoot, "capture/options.c"), "utf8");
  const long = [...source.matchAll(/\{ "([\w-]+)", (no|required)_argument, NULL/g)];
  const [, short = ""] = /short_options\[\] = "\+:([^"]*)"/.exec(source)!;
  return new Map([
    ...long.map(([, name, kind]): [string, boolean] => [`--${name}`, kind === "required"]),
    ...[...short.matchAll(/(\w)(:?)/g)].map(([, name, colon]): [string, boolean] => [`-${name}`, colon === ":"]),
  ]);
}

test("record lists every option of the recorder, with a value where it has one", () => {
  const record = commands.find(({ name }) => name === "record")!;
  const listed = new Map(
    record.options.flatMap(({ flags }) => flagsOf(`  ${flags}`).map((flag): [string, boolean] => [flag, flags.includes("<")])),
  );
  const recorder = recorderOptions();
  assert.ok(recorder.size > 20, `${recorder.size} found`);
  // Answered by this program itself: by cac, and by `offcut doctor`.
  for (const flag of ["-h", "--help", "--version", "--doctor", "--json"]) assert.ok(recorder.delete(flag), flag);
  const text = (options: Map<string, boolean>): string[] => [...options].map(([flag, hasValue]) => (hasValue ? `${flag} VALUE` : flag)).sort();
  assert.equal(text(listed), text(recorder));
});

function textOf(sections: readonly HelpSection[]): string {
  return sections.map(({ title, body }) => `${title}:\n${body}`).join("\n\n");
}

/** Without what depends on the width. */
function wordsOf(text: string): string {
  return text.replaceAll(/ \\\n/g, " ").split(/\s+/).join(" ");
}

test("narrower and wider terminals are filled, and say the same", () => {
  const texts = [...commands.map((command) => (width: number) => textOf(commandHelp(command, width))), (width: number) =>
    textOf(programHelp(commands, width))];
  for (const textAt of texts) {
    const widest = textAt(1000);
    for (const width of [45, 60, 80, 120, 200]) {
      const text = textAt(width);
      const options = text.split(/^Examples:$/m)[0]!;
      assert.equal(options.split("\n").filter((line) => line.length > width), []);
      assert.is(wordsOf(options), wordsOf(widest.split(/^Examples:$/m)[0]!));
      // Words that a shell must keep together may be longer than a narrow terminal.
      if (width >= 60) assert.equal(text.split("\n").filter((line) => line.length > width), []);
    }
  }
});

test("what does not fit is continued below itself", () => {
  const command: Command = {
    name: "try",
    operands: "FILE",
    summary: "",
    options: [
      { flags: "-n, --number <N>", description: "A description of some words" },
      { flags: "--only <LIST>", description: "Only these", isFilter: true },
    ],
    examples: ["offcut try --only 'a b' -n 3 | sort   # sorted", "offcut try"],
    run: () => Promise.reject(new Error("not run")),
  };
  const expected = (...lines: string[]): string => lines.join("\n");
  assert.is(
    textOf(commandHelp(command, 50)),
    expected(
      "Usage:",
      "  $ offcut try [options] FILE",
      "",
      "Options:",
      "  -n, --number <N>  A description of some words",
      "  -h, --help        This text",
      "",
      "Filters:",
      "  --only <LIST>     Only these",
      "",
      "Examples:",
      "  $ offcut try --only 'a b' -n 3 | sort   # sorted",
      "  $ offcut try",
    ),
  );
  assert.is(
    textOf(commandHelp(command, 29)),
    expected(
      "Usage:",
      "  $ offcut try [options] FILE",
      "",
      "Options:",
      "  -n, --number <N>",
      "      A description of some",
      "      words",
      "  -h, --help",
      "      This text",
      "",
      "Filters:",
      "  --only <LIST>",
      "      Only these",
      "",
      "Examples:",
      "  # sorted",
      "  $ offcut try \\",
      "      --only 'a b' -n 3 \\",
      "      | sort",
      "  $ offcut try",
    ),
  );
});

test("help of a command is found before it and behind it", async () => {
  const [before, behind] = [await runCli(["--help", "info"]), await runCli(["info", "x.offcut", "-h"])];
  assert.is(before.stdout, behind.stdout);
  assert.match(before.stdout, "$ offcut info [options] FILE...");
});

test.run();
