// What bcc's offcputime prints of such rows, byte for byte, from the first stack on: not the line that
// it prints before it begins, which is about a run and not about an answer. Names go out as they were
// recorded, whatever they hold, because that is what bcc does.

import type { BccOffcpuRow, BccStack } from "../views/offcpu-bcc.js";
import type { StackOptions } from "../views/shown-stacks.js";

export interface BccTextOptions extends Pick<StackOptions, "stacks"> {
  readonly folded: boolean;
  /** Between kernel and user frames, where both are there. */
  readonly delimited: boolean;
}

/** The text in pieces, one for each row. */
export function* offcpuBccText(
  rows: readonly BccOffcpuRow[],
  options: BccTextOptions,
): Generator<string, void, undefined> {
  for (const row of rows) yield options.folded ? foldedLine(row, options) : stackLines(row, options);
}

/** Rows of which a stack was due and not taken: bcc warns of them. */
export function missedStacks(rows: readonly BccOffcpuRow[], { stacks }: Pick<StackOptions, "stacks">): number {
  const missed = (stack: BccStack) => (stack === "missed" ? 1 : 0);
  return rows.reduce(
    (sum, row) =>
      sum + (stacks === "user" ? 0 : missed(row.kernelStack)) + (stacks === "kernel" ? 0 : missed(row.userStack)),
    0,
  );
}

function foldedLine(row: BccOffcpuRow, options: BccTextOptions): string {
  const frames = [row.comm];
  if (options.stacks !== "kernel") frames.push(...rootFirst(row.userStack, "[Missed User Stack]"));
  if (isDelimited(row, options)) frames.push("-");
  if (options.stacks !== "user") frames.push(...rootFirst(row.kernelStack, "[Missed Kernel Stack]"));
  return `${frames.join(";")} ${row.totalUs}\n`;
}

function stackLines(row: BccOffcpuRow, options: BccTextOptions): string {
  const lines: string[] = [];
  if (options.stacks !== "user") lines.push(...leafFirst(row.kernelStack, "[Missed Kernel Stack]"));
  if (isDelimited(row, options)) lines.push("--");
  if (options.stacks !== "kernel") lines.push(...leafFirst(row.userStack, "[Missed User Stack]"));
  lines.push(`${"-".padEnd(16)} ${row.comm} (${row.tid})`);
  return `${lines.map((line) => `    ${line}\n`).join("")}        ${row.totalUs}\n\n`;
}

/** bcc asks for two stacks that were taken, one that has no frames not being one. */
function isDelimited(row: BccOffcpuRow, options: BccTextOptions): boolean {
  const isTaken = (stack: BccStack) => stack !== "missed" && stack.length > 0;
  return options.delimited && options.stacks === undefined && isTaken(row.userStack) && isTaken(row.kernelStack);
}

function leafFirst(stack: BccStack, missed: string): readonly string[] {
  return stack === "missed" ? [missed] : stack;
}

function rootFirst(stack: BccStack, missed: string): readonly string[] {
  return stack === "missed" ? [missed] : [...stack].reverse();
}
