// Text of other tools, told by its first lines and read line by line, whatever its length. What is
// neither of the formats known is said to be none, and nothing is guessed.

import { FormatError } from "../errors.js";
import { addFoldedLine, isFoldedLine } from "./folded.js";
import { isPerfHeader, PerfScriptReader } from "./perf-script.js";
import { StackSums } from "./weighted-stacks.js";
import type { WeightedStacks } from "./weighted-stacks.js";

/** A longer line is no stack. */
const LineCharactersMax = 4 * 1024 * 1024;
/** Lines by which a format is told, comments and blank ones aside. */
const LinesTold = 20;

/** What the text of `head`, a file's beginning, is; undefined where it is neither. */
export function formatOf(head: string): WeightedStacks["format"] | undefined {
  const lines = head.split(/\r?\n/).filter((line) => line.trim() !== "" && !line.startsWith("#"));
  const [first] = lines;
  if (first === undefined) return undefined;
  if (isPerfHeader(first) && !isFoldedLine(first)) return "perf script";
  // The last line may be cut off, unless there is no other.
  const whole = lines.length > 1 ? lines.slice(0, -1) : lines;
  return whole.slice(0, LinesTold).every(isFoldedLine) ? "folded" : undefined;
}

/** Reads `text`, in pieces. Throws FormatError where it is nothing that can be shown. */
export async function readStacks(
  text: AsyncIterable<string>,
  format: WeightedStacks["format"],
  source: string,
): Promise<WeightedStacks> {
  const sums = new StackSums();
  const perf = new PerfScriptReader(sums);
  let lineNumber = 0;
  try {
    for await (const line of linesOf(text)) {
      lineNumber++;
      if (format === "folded") addFoldedLine(sums, line, lineNumber);
      else perf.line(line, lineNumber);
    }
    perf.end();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new FormatError(error.message, { offset: 0, found: `line ${lineNumber + 1}` }, source);
  }
  const stacks = sums.result(source, format, format === "folded" ? "" : "samples");
  if (stacks.stacks.length === 0) throw new FormatError("holds no stack", { offset: 0 }, source);
  return stacks;
}

async function* linesOf(text: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  let rest = "";
  for await (const piece of text) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop()!;
    if (rest.length > LineCharactersMax) throw new RangeError("has a line that is longer than a stack can be");
    for (const line of lines) yield line.endsWith("\r") ? line.slice(0, -1) : line;
  }
  if (rest !== "") yield rest;
}
