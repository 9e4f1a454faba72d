// How a command's words are read: values as they were typed, options in all their spellings, and a
// sentence for each way to be wrong.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readArguments } from "../../analyzer/cli/arguments.js";
import type { Command } from "../../analyzer/cli/command.js";
import { UsageError } from "../../analyzer/errors.js";

const test = suite("cli/arguments");

const command: Command = {
  name: "try",
  operands: "FILE...",
  summary: "",
  options: [
    { flags: "-f, --folded", description: "" },
    { flags: "-d, --delimited", description: "" },
    { flags: "-o, --out <FILE>", description: "" },
    { flags: "--top <N>", description: "" },
    { flags: "--no-stacks", description: "" },
  ],
  examples: [],
  run: () => Promise.resolve(0),
};

const read = (line: string) => readArguments(command, line.split(" ").filter((word) => word !== ""));

function refusal(line: string, use: (args: ReturnType<typeof read>) => unknown = () => undefined): string {
  try {
    use(read(line));
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error(`"${line}" was accepted`);
}

test("values stay the text that was typed", () => {
  for (const value of ["00e5", "0xffffffff81000000", "1e3", "007", "", "-", "-x"]) {
    assert.is(readArguments(command, ["-o", value]).value("out"), value);
    assert.is(readArguments(command, [`--out=${value}`]).value("out"), value);
  }
});

test("short options: glued values and several in one word", () => {
  const args = read("-fdoresult.txt a");
  assert.ok(args.has("folded") && args.has("delimited"));
  assert.is(args.value("out"), "result.txt");
  assert.equal(args.operands, ["a"]);
  assert.is(read("-do out").value("out"), "out");
});

test("a value may hold the separator", () => {
  assert.is(read("--out=a=b").value("out"), "a=b");
});

test("operands: - is standard input, and after -- everything is a file", () => {
  assert.equal(read("a - b").files(), ["a", "-", "b"]);
  assert.equal(read("-f -- -f --top").files(), ["-f", "--top"]);
});

test("options and files in any order", () => {
  const args = read("a --top 5 b -f");
  assert.equal(args.files(), ["a", "b"]);
  assert.is(args.count("top", 1, 20), 5);
  assert.ok(args.has("folded"));
});

test("an option named no-something is itself", () => {
  assert.ok(read("--no-stacks").has("no-stacks"));
  assert.not(read("").has("no-stacks"));
});

test("defaults hold only where nothing was given", () => {
  assert.is(read("").count("top", 1, 20), 20);
  assert.is(read("--top 7").count("top", 1, 20), 7);
});

test("each mistake has its sentence", () => {
  assert.is(refusal("--bar"), "unknown option --bar; see offcut try --help for those of try");
  assert.is(refusal("-x"), "unknown option -x; see offcut try --help for those of try");
  assert.is(refusal("-fx"), "unknown option -x; see offcut try --help for those of try");
  assert.is(refusal("--top"), "--top needs a value");
  assert.is(refusal("-o"), "--out needs a value");
  assert.is(refusal("--folded=yes"), "--folded takes no value");
  for (const value of ["0", "-1", "1.5", "1e3", "abc", "0x10", "99999999999999999999"]) {
    assert.is(
      refusal(`--top=${value}`, (args) => args.count("top", 1, 20)),
      `--top takes a whole number from 1 on, not "${value}"`,
    );
  }
  assert.is(
    refusal("-f", (args) => args.files()),
    "no recording given; name a file, or - for standard input",
  );
  assert.is(
    refusal("- a -", (args) => args.files()),
    "standard input (-) can be read only once",
  );
});

test("words of another program are not read at all", () => {
  const words = ["-p", "12", "--unknown", "--", "ls", "--help"];
  const args = readArguments({ ...command, isForwarded: true }, words);
  assert.equal(args.raw, words);
});

test.run();
