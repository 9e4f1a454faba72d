// A recording as a reader has it that holds no file of the host: its user stacks' frames, named from
// the Section, ObjectSymbol and ProcessSymbol records alone. Read with the oracle's reader, and by the
// words of capture/FORMAT.md ("Mappings of a frame", "Symbols of a frame").

import { readFileSync } from "node:fs";
import { Definitions, type StackDefinition } from "../oracle/definitions.js";
import { BlockType, StackKind } from "../oracle/format.js";
import { FrameResolver } from "../oracle/frames.js";
import { readRecording, type Recording } from "../oracle/read.js";
import type { Columns } from "../oracle/columns.js";
import { Kind, type Part } from "./seal-driver.js";

export interface NamedFrame {
  readonly object: string;
  readonly offset: bigint;
  readonly address: bigint;
  /** Empty where the recording has none. */
  readonly name: string;
}

interface Name {
  readonly address: bigint;
  readonly length: bigint;
  readonly name: string;
}

export class SealedRecording {
  readonly recording: Recording;
  readonly definitions: Definitions;
  /** By object id. */
  readonly parts = new Map<number, Part[]>();
  readonly symbols = new Map<number, Name[]>();
  readonly processSymbols = new Map<number, (Name & { time: bigint })[]>();
  readonly paths = new Map<number, string>();
  private readonly resolver: FrameResolver;

  constructor(file: string) {
    this.recording = readRecording(readFileSync(file));
    this.definitions = new Definitions(this.recording);
    this.resolver = new FrameResolver(this.definitions);
    for (const { type, columns } of this.recording.blocks) if (columns !== undefined) this.take(type, columns);
  }

  get meta(): Map<string, string> {
    const meta = new Map<string, string>();
    for (const { type, columns } of this.recording.blocks) {
      if (type !== BlockType.Meta || columns === undefined) continue;
      let [keyAt, valueAt] = [0, 0];
      const [keys, values] = [columns.bytes("key"), columns.bytes("value")];
      columns.numbers("keyLength").forEach((length, i) => {
        const valueLength = columns.numbers("valueLength")[i]!;
        const text = (bytes: Uint8Array, at: number, count: number) => Buffer.from(bytes).toString("utf8", at, at + count);
        meta.set(text(keys, keyAt, length), text(values, valueAt, valueLength));
        keyAt += length;
        valueAt += valueLength;
      });
    }
    return meta;
  }

  private take(type: number, columns: Columns): void {
    if (type === BlockType.Section) this.takeSections(columns);
    else if (type === BlockType.ObjectSymbol) this.takeSymbols(columns);
    else if (type === BlockType.ProcessSymbol) this.takeProcessSymbols(columns);
    else if (type === BlockType.Object)
      columns.numbers("id").forEach((id, i) => this.paths.set(id, this.definitions.string(columns.numbers("path")[i]!)));
  }

  private takeSections(columns: Columns): void {
    const bytes = Buffer.from(columns.bytes("bytes"));
    let at = 0;
    columns.numbers("object").forEach((object, i) => {
      const length = columns.numbers("length")[i]!;
      add(this.parts, object, {
        kind: columns.numbers("kind")[i]!,
        address: Number(columns.bigints("address")[i]!),
        total: columns.numbers("total")[i]!,
        offset: columns.numbers("offset")[i]!,
        bytes: bytes.subarray(at, at + length),
      });
      at += length;
    });
  }

  private takeSymbols(columns: Columns): void {
    columns.numbers("object").forEach((object, i) => {
      add(this.symbols, object, {
        address: columns.bigints("address")[i]!,
        length: columns.bigints("length")[i]!,
        name: this.definitions.string(columns.numbers("name")[i]!),
      });
    });
  }

  private takeProcessSymbols(columns: Columns): void {
    columns.numbers("pid").forEach((pid, i) => {
      add(this.processSymbols, pid, {
        time: columns.bigints("time")[i]!,
        address: columns.bigints("address")[i]!,
        length: columns.bigints("length")[i]!,
        name: this.definitions.string(columns.numbers("name")[i]!),
      });
    });
  }

  /** Object ids with sections, by path. */
  objectsOf(path: string): number[] {
    return [...this.parts.keys()].filter((id) => this.paths.get(id) === path);
  }

  userStacks(): StackDefinition[] {
    return [...this.definitions.stacks.values()].filter(
      (stack): stack is StackDefinition => "addresses" in stack && stack.kind === StackKind.User,
    );
  }

  /** Of a user stack, leaf first. */
  frames(stack: StackDefinition): NamedFrame[] {
    return stack.addresses.map((address, i) => this.frame(stack.pid, stack.time, address, i > 0));
  }

  /** A return address is behind its call, which is what is looked up. */
  frame(pid: number, time: bigint, address: bigint, isReturn: boolean): NamedFrame {
    const mapping = this.resolver.mapping(pid, time, address);
    const offset = mapping === undefined ? 0n : address - mapping.start + mapping.fileOffset;
    const before = isReturn ? 1n : 0n;
    const object = mapping?.object ?? 0;
    const name = this.nameIn(object, offset - before) ?? this.nameInProcess(pid, time, address - before) ?? "";
    return { object: this.paths.get(object) ?? "", offset, address, name };
  }

  private nameIn(object: number, offset: bigint): string | undefined {
    const headers = this.parts.get(object)?.find(({ kind }) => kind === Kind.ProgramHeaders)?.bytes;
    if (headers === undefined) return undefined;
    for (let at = 0; at < headers.length; at += 56) {
      const [from, address, bytes] = [8, 16, 32].map((field) => headers.readBigUInt64LE(at + field));
      if (headers.readUInt32LE(at) !== 1 || offset < from! || offset >= from! + bytes!) continue;
      return covering(this.symbols.get(object) ?? [], offset - from! + address!)?.name;
    }
    return undefined;
  }

  private nameInProcess(pid: number, time: bigint, address: bigint): string | undefined {
    const all = (this.processSymbols.get(pid) ?? []).filter(
      (each) => each.address <= address && address < each.address + each.length,
    );
    const past = all.filter((each) => each.time <= time);
    const wanted = past.length > 0
      ? past.reduce((latest, each) => (each.time >= latest.time ? each : latest))
      : all.reduce<(typeof all)[number] | undefined>((first, each) => (first && first.time < each.time ? first : each), undefined);
    return wanted?.name;
  }
}

function add<T>(map: Map<number, T[]>, key: number, value: T): void {
  const all = map.get(key);
  if (all === undefined) map.set(key, [value]);
  else all.push(value);
}

/** Of several the one that begins last, of those the first in the file. */
function covering(names: readonly Name[], address: bigint): Name | undefined {
  return names
    .filter((each) => each.address <= address && address < each.address + each.length)
    .reduce<Name | undefined>((best, each) => (best && best.address >= each.address ? best : each), undefined);
}
