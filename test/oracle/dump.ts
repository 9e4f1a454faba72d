// Prints a recording as text, by the oracle's reading of capture/FORMAT.md:
//   npx tsx test/oracle/dump.ts FILE            header, blocks, warnings
//   npx tsx test/oracle/dump.ts FILE --records  every record too, in the order readers take them
//   npx tsx test/oracle/dump.ts FILE --answer   the analysis, as JSON
// For looking into a file when the encoder and the engine disagree about it.

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { analyzeRecording } from "./analyze.js";
import { ArgumentsJoin } from "./arguments.js";
import { RefusedError } from "./damage.js";
import { Definitions } from "./definitions.js";
import * as format from "./format.js";
import { FrameResolver } from "./frames.js";
import { readRecording, type Recording } from "./read.js";
import { recordsInOrder } from "./records.js";
import { Window } from "./window.js";

const { positionals, values: options } = parseArgs({
  allowPositionals: true,
  options: { records: { type: "boolean" }, answer: { type: "boolean" } },
});

function json(value: unknown, indent?: number): string {
  const plain = (_: string, item: unknown): unknown => {
    if (typeof item === "bigint") return item < 2n ** 53n ? Number(item) : `0x${item.toString(16)}`;
    return item;
  };
  return JSON.stringify(value, plain, indent);
}

function printBlocks(recording: Recording): void {
  const bootId = Buffer.from(recording.header.bootId).toString("hex");
  console.log(`header ${json({ ...recording.header, bootId })}`);
  for (const block of recording.blocks) {
    const name = format.blockTypeName(block.type) ?? `type ${block.type}`;
    const { columns: _, ...header } = block;
    console.log(`block ${name} ${json(header)}`);
  }
  if (recording.trailer !== undefined) console.log(`trailer ${json(recording.trailer)}`);
  for (const warning of recording.warnings) console.log(`warning ${json(warning)}`);
}

function printRecords(recording: Recording): void {
  const definitions = new Definitions(recording);
  const frames = new FrameResolver(definitions);
  const joined = new ArgumentsJoin(definitions);
  const whole = new Window(recording.header.startMonotonicNs, {});
  for (const record of recordsInOrder(recording, whole)) {
    console.log(`record ${json(record)}`);
    joined.take(record);
  }
  for (const call of joined.calls) console.log(`call ${json(call)}`);
  for (const cgroup of definitions.cgroupRows()) console.log(`cgroup ${json(cgroup)}`);
  for (const id of definitions.stacks.keys()) {
    const stack = frames.stack(id);
    const names = stack.frames.map(
      (frame) => frame.symbol || `${frame.object}+0x${frame.offset.toString(16)}`,
    );
    console.log(`stack ${id} flags=${stack.flags} ${names.join(";")}`);
  }
}

function main(): void {
  const [file] = positionals;
  if (file === undefined) throw new Error("usage: dump.ts FILE [--records] [--answer]");
  const bytes = readFileSync(file);
  if (options.answer) {
    const answer = analyzeRecording(bytes);
    const bootId = Buffer.from(answer.header.bootId).toString("hex");
    console.log(json({ ...answer, header: { ...answer.header, bootId } }, 1));
    return;
  }
  const recording = readRecording(bytes);
  printBlocks(recording);
  if (options.records) printRecords(recording);
}

try {
  main();
} catch (error) {
  if (!(error instanceof RefusedError)) throw error;
  console.error(`not a recording this reader can answer from: ${error.message}`);
  process.exitCode = 1;
}
