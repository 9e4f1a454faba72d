// User stacks of a recording as they are in the file, read by the oracle: registers and words of each
// UserDump, and which records refer to it. Knows the columns, not how frames are unwound.

import { readFileSync } from "node:fs";
import * as format from "../oracle/format.js";
import { readRecording, type Recording } from "../oracle/read.js";

export const DumpFlag = { Truncated: 1, ExactIp: 2 } as const;
/** DWARF numbers, by `process.arch`. */
export const StackPointer = process.arch === "arm64" ? 31 : 7;

export interface Dump {
  id: number;
  flags: number;
  pid: number;
  sp: bigint;
  lengthBytes: number;
  registers: bigint[];
  /** By address; words that are 0 are missing. */
  words: Map<bigint, bigint>;
}

export interface SnapshotRow {
  tid: number;
  state: number;
  nr: number;
  kernelStack: number;
  userStack: number;
}

export class StackRecording {
  readonly recording: Recording;
  readonly dumps = new Map<number, Dump>();
  readonly snapshots: SnapshotRow[] = [];
  /** Ids of stacks of frames, user ones and kernel ones. */
  readonly frames = new Set<number>();

  constructor(file: string) {
    this.recording = readRecording(readFileSync(file));
    for (const { type, columns } of this.recording.blocks) {
      if (type === format.BlockType.UserDump) this.#addDumps(columns!);
      if (type === format.BlockType.Snapshot) this.#addSnapshots(columns!);
      if (type === format.BlockType.Stack) columns!.numbers("id").forEach((id) => this.frames.add(id));
    }
  }

  dumpsOf(pid: number): Dump[] {
    return [...this.dumps.values()].filter((dump) => dump.pid === pid);
  }

  /** Values of a column of all blocks of a type. */
  numbers(type: number, column: string): number[] {
    return this.recording.blocks.flatMap((block) => (block.type === type ? block.columns!.numbers(column) : []));
  }

  meta(key: string): string | undefined {
    for (const { type, columns } of this.recording.blocks) {
      if (type !== format.BlockType.Meta) continue;
      const keys = texts(columns!.bytes("key"), columns!.numbers("keyLength"));
      const at = keys.indexOf(key);
      if (at >= 0) return texts(columns!.bytes("value"), columns!.numbers("valueLength"))[at];
    }
    return undefined;
  }

  /** Records lost of one stream for one reason. */
  lost(stream: number, reason: number): number {
    let total = 0;
    for (const { type, columns } of this.recording.blocks) {
      if (type !== format.BlockType.Lost) continue;
      const [streams, reasons] = [columns!.numbers("stream"), columns!.numbers("reason")];
      columns!.bigints("count").forEach((count, row) => {
        if (streams[row] === stream && reasons[row] === reason) total += Number(count);
      });
    }
    return total;
  }

  #addDumps(columns: NonNullable<Recording["blocks"][number]["columns"]>): void {
    const [ids, flags, pids] = [columns.numbers("id"), columns.numbers("flags"), columns.numbers("pid")];
    const [registerCounts, lengths] = [columns.numbers("registers"), columns.numbers("length")];
    const [wordCounts, registers] = [columns.numbers("words"), columns.bigints("register")];
    const [gaps, words] = [columns.numbers("gap"), columns.bigints("word")];
    let registerAt = 0;
    let wordAt = 0;
    ids.forEach((id, row) => {
      const stored = registers.slice(registerAt, (registerAt += registerCounts[row]!));
      const sp = stored[StackPointer]! >> 1n;
      const dump: Dump = { id, flags: flags[row]!, pid: pids[row]!, sp, lengthBytes: lengths[row]!, registers: [], words: new Map() };
      dump.registers = stored.map((word) => valueOf(word, sp));
      let address = sp & ~7n;
      for (const end = wordAt + wordCounts[row]!; wordAt < end; wordAt++) {
        address += BigInt(gaps[wordAt]!) * 8n;
        dump.words.set(address, valueOf(words[wordAt]!, sp));
        address += 8n;
      }
      this.dumps.set(id, dump);
    });
  }

  #addSnapshots(columns: NonNullable<Recording["blocks"][number]["columns"]>): void {
    const [states, nrs] = [columns.numbers("state"), columns.numbers("nr")];
    const [kernelStacks, userStacks] = [columns.numbers("kernelStack"), columns.numbers("userStack")];
    columns.numbers("thread").forEach((tid, row) => {
      const [state, nr] = [states[row]!, nrs[row]!];
      this.snapshots.push({ tid, state, nr, kernelStack: kernelStacks[row]!, userStack: userStacks[row]! });
    });
  }
}

function valueOf(word: bigint, sp: bigint): bigint {
  return BigInt.asUintN(64, (word >> 1n) + (word & 1n ? sp : 0n));
}

function texts(bytes: Uint8Array, lengths: readonly number[]): string[] {
  let at = 0;
  return lengths.map((length) => Buffer.from(bytes.subarray(at, (at += length))).toString());
}
