// What `offcut flame` draws: recordings, or folded text of whatever tool, told apart by their first
// bytes; and of two operands what both have, compared. Folded text holds stacks and weights alone, so
// that most of what can be asked of a recording is refused of it.

import { open, readFile, stat } from "node:fs/promises";
import type { Analysis } from "../analysis.js";
import { UsageError } from "../errors.js";
import { filterOptions, filterName } from "../filters/filters.js";
import type { Filters } from "../filters/filters.js";
import { bytesText, countOf } from "../exports/units.js";
import { flameDiffTree, flameTree, scaleOfTotals } from "../views/flame-diff.js";
import type { FlameDiffOptions } from "../views/flame-diff.js";
import { onlyThrough, withoutStacks } from "../views/flame-shapes.js";
import { flamePassOptions } from "../views/flame-stacks.js";
import { FlameBuilder } from "../views/flame-tree.js";
import type { FlameTree } from "../views/flame-tree.js";
import { addFoldedLines } from "../views/folded-lines.js";
import type { Arguments } from "./arguments.js";
import { readNamedRecordings } from "./naming.js";
import { note } from "./output.js";

/** Folded text is held in memory as one string. */
const FoldedBytesMax = 256 * 1024 * 1024;

export interface FlameInput {
  readonly tree: FlameTree;
  /** What was compared; undefined where one side is drawn. */
  readonly before?: readonly Analysis[];
  /** Empty of folded text. */
  readonly analyses: readonly Analysis[];
}

/** Reads what the operands name: one, or two to be compared; several files of one side separated by commas. */
export async function readFlameInput(
  args: Arguments,
  options: FlameDiffOptions,
  filters: Filters,
  unitNs: number,
): Promise<FlameInput> {
  const sides = readSides(args);
  const isFolded = await Promise.all(sides.flat().map(isFoldedText));
  if (isFolded.every((one) => !one)) return readAnalyses(args, sides, options, filters);
  if (isFolded.includes(false)) throw new UsageError("folded text and recordings are in different units; draw one or the other");
  refuseFilters(args);
  return { tree: await foldedTree(sides, options, filters, unitNs), analyses: [] };
}

function readSides({ operands }: Arguments): readonly (readonly string[])[] {
  if (operands.length === 0) throw new UsageError("no recording given; name a file, or - for standard input");
  if (operands.length > 2) {
    throw new UsageError("flame draws one operand, or compares two; each may be several files separated by commas");
  }
  const sides = operands.map((operand) => operand.split(","));
  if (sides.flat().filter((file) => file === "-").length > 1) throw new UsageError("standard input (-) can be read only once");
  return sides;
}

async function readAnalyses(
  args: Arguments,
  sides: readonly (readonly string[])[],
  options: FlameDiffOptions,
  filters: Filters,
): Promise<FlameInput> {
  if (args.has("unit")) throw new UsageError("--unit is about folded text; recordings count in ns");
  const pass = flamePassOptions(options.weight ?? "offcpu");
  const first = await readNamedRecordings(args, sides[0]!, pass, filters);
  const second = sides[1] && (await readNamedRecordings(args, sides[1], pass, filters));
  if (second === undefined) return { tree: flameTree(first, options), analyses: first };
  return { tree: flameDiffTree(first, second, options), before: first, analyses: second };
}

/** Whether a file begins otherwise than recordings do. What cannot be looked into twice is a recording. */
async function isFoldedText(file: string): Promise<boolean> {
  if (file === "-") return isText(await firstOfInput());
  const { size, isFile } = await stat(file).then((found) => ({ size: found.size, isFile: found.isFile() }), () => ({ size: 0, isFile: false }));
  if (!isFile || size === 0) return false; // reading it says what is wrong, if anything
  const handle = await open(file, "r");
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(8), 0, 8, 0);
    return isText(buffer.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

/** A recording begins with a byte that no text begins with, in any encoding. */
function isText(head: Uint8Array): boolean {
  return head.length > 0 && head[0] !== 0x89;
}

/** The first bytes of standard input, which come again for who reads it next. */
async function firstOfInput(): Promise<Uint8Array> {
  if (process.stdin.isTTY) throw new UsageError("standard input is a terminal; pipe a recording into it");
  return new Promise((resolve, reject) => {
    const { stdin } = process;
    const settle = (): void => {
      const chunk = stdin.read() as Uint8Array | null;
      if (chunk !== null) stdin.unshift(chunk);
      resolve(chunk ?? new Uint8Array(0));
    };
    stdin.once("readable", settle).once("error", reject);
  });
}

/** Folded text is about stacks, and can be asked nothing else. */
const foldedFilters = ["stack", "not-stack"];

function refuseFilters(args: Arguments): void {
  const names = [...filterOptions.map(filterName), "idle", "idle-rules", "open", "weight", "user-stacks", "kernel-stacks", "delimited"];
  const asked = names.find((name) => args.has(name) && !foldedFilters.includes(name));
  if (asked !== undefined) throw new UsageError(`--${asked} cannot be asked of folded text: it holds stacks and their weights alone`);
  const per = args.value("per");
  if (per === "time" || per === "calls") throw new UsageError(`--per ${per} cannot be asked of folded text; it takes total or none`);
}

async function foldedTree(
  sides: readonly (readonly string[])[],
  { per }: FlameDiffOptions,
  { selection }: Filters,
  unitNs: number,
): Promise<FlameTree> {
  const texts = [];
  for (const side of sides) texts.push(await readTexts(side));
  const builder = new FlameBuilder();
  const [first, second] = texts;
  let ignored = 0;
  const add = (side: readonly string[], isOther: boolean, scale: number): void => {
    for (const text of side) ignored += addFoldedLines(builder, text, isOther, scale * unitNs).ignored;
  };
  if (second === undefined) add(first!, false, 1);
  else {
    builder.compare();
    add(second, false, 1);
    add(first!, true, per === "total" ? scaleOfTotals(treeOf(first!), treeOf(second)) : 1);
  }
  if (ignored > 0) note(`warning: ${countOf(ignored, "line")} ignored: not a stack with a weight at its end`);
  let tree = builder.tree();
  const { stack, notStack } = selection;
  if (stack !== undefined) tree = onlyThrough(tree, framesLike(tree, stack));
  return notStack === undefined ? tree : withoutStacks(tree, framesLike(tree, notStack));
}

function treeOf(texts: readonly string[]): FlameTree {
  const builder = new FlameBuilder();
  for (const text of texts) addFoldedLines(builder, text);
  return builder.tree();
}

/** 1 by row of frames whose name matches. */
export function framesLike({ frames }: FlameTree, pattern: RegExp): Uint8Array {
  return Uint8Array.from(frames.names, (name, frame) => (frame > 0 && pattern.test(name) ? 1 : 0));
}

async function readTexts(files: readonly string[]): Promise<string[]> {
  const texts: string[] = [];
  for (const file of files) texts.push(await readText(file));
  return texts;
}

async function readText(file: string): Promise<string> {
  if (file !== "-") {
    const { size } = await stat(file);
    if (size > FoldedBytesMax) throw tooLong(file);
    return readFile(file, "utf8");
  }
  const chunks: Buffer[] = [];
  let lengthBytes = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer);
    lengthBytes += (chunk as Buffer).length;
    if (lengthBytes > FoldedBytesMax) throw tooLong("standard input");
  }
  return Buffer.concat(chunks).toString("utf8");
}

function tooLong(name: string): UsageError {
  return new UsageError(`${name} is folded text of more than ${bytesText(FoldedBytesMax)}; sum equal stacks first`);
}
