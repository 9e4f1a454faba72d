// What the definition blocks of a recording define: strings, objects, stacks and dumps, mappings,
// symbols, sections, and the forks and execs that decide which mappings a process had. Collected from all
// blocks before anything is asked; the first definition of an id holds.

import * as format from "./format.js";
import type { Block, Recording } from "./read.js";
import { Dump, type Machine, machineOf } from "./unwind/dump.js";

export interface ObjectDefinition {
  kind: number;
  /** String id. */
  path: number;
  device: bigint;
  inode: bigint;
  buildId: string;
}

export interface StackDefinition {
  kind: number;
  flags: number;
  pid: number;
  time: bigint;
  /** Leaf first, as in the file. */
  addresses: bigint[];
}

/** A stack that is still to be unwound. */
export interface DumpDefinition {
  flags: number;
  pid: number;
  time: bigint;
  dump: Dump;
}

/** Parts of one section of an object, in the order of their offsets, none inside another. */
export interface Section {
  address: bigint;
  total: number;
  parts: { offset: number; bytes: Uint8Array }[];
}

export interface ObjectSymbol {
  start: bigint;
  end: bigint;
  name: number;
  source: number;
}

/** A function that an address is in; 0 where not known. */
export interface SourceFunction {
  name: number;
  file: number;
  line: number;
}

export interface ProcessSymbol {
  time: bigint;
  start: bigint;
  end: bigint;
  name: number;
}

export interface Mapping {
  time: bigint;
  start: bigint;
  end: bigint;
  fileOffset: bigint;
  object: number;
}

export interface KernelSymbol {
  start: bigint;
  end: bigint;
  name: number;
  object: number;
}

/** A moment from which a process has only the mappings it makes, or inherits from `parent`. */
export interface Beginning {
  time: bigint;
  parent: number | undefined;
}

export const lostDefinition = "[lost def]";

export class Definitions {
  readonly machine: Machine;
  readonly stacks = new Map<number, StackDefinition | DumpDefinition>();
  readonly objectSymbols = new Map<number, ObjectSymbol[]>();
  /** Innermost first; by "object/address". */
  readonly sourceFrames = new Map<string, SourceFunction[]>();
  readonly processSymbols = new Map<number, ProcessSymbol[]>();
  readonly mappings = new Map<number, Mapping[]>();
  readonly beginnings = new Map<number, Beginning[]>();
  readonly symbols: KernelSymbol[] = [];
  /** Asked for and not defined: "block type, id". */
  readonly missing = new Set<string>();
  /** String ids of paths, by cgroup id. */
  private readonly cgroups = new Map<bigint, number>();
  private readonly objects = new Map<number, ObjectDefinition>();
  private readonly strings = new Map<number, string>();
  /** By "object/kind". */
  private readonly sections = new Map<string, Section>();

  constructor(recording: Recording) {
    this.machine = machineOf(recording.header.arch);
    for (const block of recording.blocks) this.define(block);
  }

  string(id: number): string {
    return id === 0 ? "" : (this.find(this.strings, format.BlockType.String, id) ?? lostDefinition);
  }

  /** The same, for what no table refers to: that it is missing is no warning. */
  unreferencedString(id: number): string {
    return id === 0 ? "" : (this.strings.get(id) ?? lostDefinition);
  }

  /** Every cgroup that is defined, used or not. */
  cgroupRows(): { cgroup: bigint; path: string }[] {
    return [...this.cgroups].map(([cgroup, path]) => ({ cgroup, path: this.string(path) }));
  }

  object(id: number): ObjectDefinition | undefined {
    return this.find(this.objects, format.BlockType.Object, id);
  }

  /** Every object that is defined, used or not. */
  objectRows(): (Omit<ObjectDefinition, "path"> & { path: string })[] {
    return [...this.objects.values()].map((object) => ({ ...object, path: this.string(object.path) }));
  }

  section(object: number, kind: number): Section | undefined {
    const section = this.sections.get(`${object}/${kind}`);
    if (section === undefined) return undefined;
    const parts: Section["parts"] = [];
    let taken = 0;
    for (const part of [...section.parts].sort((a, b) => a.offset - b.offset)) {
      if (part.offset < taken) continue;
      parts.push(part);
      taken = part.offset + part.bytes.length;
    }
    return { ...section, parts };
  }

  stack(id: number): StackDefinition | DumpDefinition | undefined {
    return this.find(this.stacks, format.BlockType.Stack, id);
  }

  private find<T>(definitions: ReadonlyMap<number, T>, type: number, id: number): T | undefined {
    const definition = definitions.get(id);
    if (definition === undefined) this.missing.add(`${type} ${id}`);
    return definition;
  }

  private define(block: Block): void {
    if (block.columns === undefined) return;
    if (block.type === format.BlockType.String) this.defineStrings(block);
    else if (block.type === format.BlockType.Object) this.defineObjects(block);
    else if (block.type === format.BlockType.Map) this.defineMappings(block);
    else if (block.type === format.BlockType.Stack) this.defineStacks(block);
    else if (block.type === format.BlockType.KernelSymbol) this.defineSymbols(block);
    else if (block.type === format.BlockType.Task) this.defineBeginnings(block);
    else if (block.type === format.BlockType.Cgroup) this.defineCgroups(block);
    else if (block.type === format.BlockType.UserDump) this.defineDumps(block);
    else if (block.type === format.BlockType.Section) this.defineSections(block);
    else if (block.type === format.BlockType.ObjectSymbol) this.defineObjectSymbols(block);
    else if (block.type === format.BlockType.ProcessSymbol) this.defineProcessSymbols(block);
    else if (block.type === format.BlockType.SourceFrame) this.defineSourceFrames(block);
  }

  private defineDumps(block: Block): void {
    const columns = block.columns!;
    let register = 0;
    let word = 0;
    columns.numbers("id").forEach((id, i) => {
      const registers = columns.numbers("registers")[i]!;
      const words = columns.numbers("words")[i]!;
      const dump = new Dump(
        this.machine,
        columns.bigints("register").slice(register, register + registers),
        columns.numbers("length")[i]!,
        columns.numbers("gap").slice(word, word + words),
        columns.bigints("word").slice(word, word + words),
      );
      register += registers;
      word += words;
      defineOnce(this.stacks, id, {
        flags: columns.numbers("flags")[i]!,
        pid: columns.numbers("pid")[i]!,
        time: columns.bigints("time")[i]!,
        dump,
      });
    });
  }

  private defineSections(block: Block): void {
    const columns = block.columns!;
    let at = 0;
    columns.numbers("object").forEach((object, i) => {
      const length = columns.numbers("length")[i]!;
      const key = `${object}/${columns.numbers("kind")[i]!}`;
      const address = columns.bigints("address")[i]!;
      const total = columns.numbers("total")[i]!;
      const section = this.sections.get(key) ?? { address, total, parts: [] };
      this.sections.set(key, section);
      const bytes = columns.bytes("bytes").subarray(at, at + length);
      at += length;
      if (section.address !== address || section.total !== total) return;
      section.parts.push({ offset: columns.numbers("offset")[i]!, bytes });
    });
  }

  private defineObjectSymbols(block: Block): void {
    const columns = block.columns!;
    columns.bigints("address").forEach((start, i) => {
      append(this.objectSymbols, columns.numbers("object")[i]!, {
        start,
        end: start + columns.bigints("length")[i]!,
        name: columns.numbers("name")[i]!,
        source: columns.numbers("source")[i]!,
      });
    });
  }

  private defineSourceFrames(block: Block): void {
    const columns = block.columns!;
    let at = 0;
    columns.numbers("depth").forEach((depth, i) => {
      const functions = Array.from({ length: depth }, (_, index) => ({
        name: columns.numbers("name")[at + index]!,
        file: columns.numbers("file")[at + index]!,
        line: columns.numbers("line")[at + index]!,
      }));
      at += depth;
      const key = `${columns.numbers("object")[i]!}/${columns.bigints("address")[i]!}`;
      if (!this.sourceFrames.has(key)) this.sourceFrames.set(key, functions);
    });
  }

  private defineProcessSymbols(block: Block): void {
    const columns = block.columns!;
    columns.bigints("address").forEach((start, i) => {
      append(this.processSymbols, columns.numbers("pid")[i]!, {
        time: columns.bigints("time")[i]!,
        start,
        end: start + columns.bigints("length")[i]!,
        name: columns.numbers("name")[i]!,
      });
    });
  }

  private defineCgroups(block: Block): void {
    const columns = block.columns!;
    columns.bigints("cgroup").forEach((cgroup, i) => {
      if (!this.cgroups.has(cgroup)) this.cgroups.set(cgroup, columns.numbers("path")[i]!);
    });
  }

  private defineStrings(block: Block): void {
    const columns = block.columns!;
    const firstId = columns.numbers("firstId")[0]!;
    let at = 0;
    columns.numbers("length").forEach((length, i) => {
      const text = decodeUtf8(columns.bytes("bytes").subarray(at, at + length));
      defineOnce(this.strings, firstId + i, text);
      at += length;
    });
  }

  private defineObjects(block: Block): void {
    const columns = block.columns!;
    let at = 0;
    columns.numbers("buildIdLength").forEach((length, i) => {
      defineOnce(this.objects, columns.numbers("id")[i]!, {
        kind: columns.numbers("kind")[i]!,
        path: columns.numbers("path")[i]!,
        device: columns.bigints("device")[i]!,
        inode: columns.bigints("inode")[i]!,
        buildId: Buffer.from(columns.bytes("buildId").subarray(at, at + length)).toString("hex"),
      });
      at += length;
    });
  }

  private defineMappings(block: Block): void {
    const columns = block.columns!;
    columns.bigints("time").forEach((time, i) => {
      const start = columns.bigints("start")[i]!;
      append(this.mappings, columns.numbers("pid")[i]!, {
        time,
        start,
        end: start + columns.bigints("length")[i]!,
        fileOffset: columns.bigints("fileOffset")[i]!,
        object: columns.numbers("object")[i]!,
      });
    });
  }

  private defineStacks(block: Block): void {
    const columns = block.columns!;
    let at = 0;
    columns.numbers("depth").forEach((depth, i) => {
      defineOnce(this.stacks, columns.numbers("id")[i]!, {
        kind: columns.numbers("kind")[i]!,
        flags: columns.numbers("flags")[i]!,
        pid: columns.numbers("pid")[i]!,
        time: columns.bigints("time")[i]!,
        addresses: columns.bigints("address").slice(at, at + depth),
      });
      at += depth;
    });
  }

  private defineSymbols(block: Block): void {
    const columns = block.columns!;
    columns.bigints("address").forEach((start, i) => {
      this.symbols.push({
        start,
        end: start + columns.bigints("length")[i]!,
        name: columns.numbers("name")[i]!,
        object: columns.numbers("object")[i]!,
      });
    });
  }

  private defineBeginnings(block: Block): void {
    const columns = block.columns!;
    columns.bigints("time").forEach((time, i) => {
      const kind = columns.numbers("kind")[i]!;
      const pid = columns.numbers("pid")[i]!;
      const parent = columns.numbers("parent")[i]!;
      if (kind === format.TaskKind.Exec) append(this.beginnings, pid, { time, parent: undefined });
      if (kind === format.TaskKind.Fork && parent !== pid) append(this.beginnings, pid, { time, parent });
    });
  }
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

export function decodeUtf8(bytes: Uint8Array): string {
  return utf8.decode(bytes);
}

function defineOnce<T>(definitions: Map<number, T>, id: number, definition: T): void {
  if (id !== 0 && !definitions.has(id)) definitions.set(id, definition);
}

function append<T>(lists: Map<number, T[]>, key: number, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
