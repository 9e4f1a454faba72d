// Stack ids -> frames, root first: which object and offset, or which kernel function, an address
// was at the stack's time. Follows "Mappings of a frame" of capture/FORMAT.md by plain search.

import {
  lostDefinition,
  type Beginning,
  type Definitions,
  type DumpDefinition,
  type KernelSymbol,
  type Mapping,
  type StackDefinition,
} from "./definitions.js";
import * as format from "./format.js";
import { ObjectCode } from "./object-code.js";
import { type Stop, unwind } from "./unwind/unwind.js";

export interface Frame {
  kind: number;
  address: bigint;
  /** Path of the object, empty if unknown. */
  object: string;
  buildId: string;
  /** In the object's file, or from the kernel function's beginning; 0 where neither is known. */
  offset: bigint;
  symbol: string;
  /** Of the source; empty and 0 where not known. */
  file: string;
  line: number;
  inlined: boolean;
}

const noSource = { file: "", line: 0, inlined: false };

export interface Stack {
  frames: Frame[];
  flags: number;
  /** How a dump's unwinding ended; undefined for stacks that came as addresses. */
  stop?: Stop;
  /** A step of it was taken by frame pointer. */
  framePointer?: boolean;
}

/** Whose mappings an address is looked up in, and as of when. */
interface Place {
  pid: number;
  time: bigint;
}

export class FrameResolver {
  private readonly resolved = new Map<number, Stack>();
  private readonly code: ObjectCode;

  constructor(private readonly definitions: Definitions) {
    this.code = new ObjectCode(definitions);
  }

  /** Root first. An undefined id is one frame that says so. */
  stack(id: number): Stack {
    const known = this.resolved.get(id);
    if (known !== undefined) return known;
    const stack = this.resolve(id);
    this.resolved.set(id, stack);
    return stack;
  }

  private resolve(id: number): Stack {
    if (id === 0) return { frames: [], flags: 0 };
    const definition = this.definitions.stack(id);
    if (definition === undefined) {
      const frame = { kind: 0, address: 0n, object: "", buildId: "", offset: 0n, symbol: lostDefinition, ...noSource };
      return { frames: [frame], flags: 0 };
    }
    if ("dump" in definition) return this.unwound(definition);
    const { kind, addresses, flags } = definition;
    const frames = addresses.flatMap((address, i) =>
      kind === format.StackKind.Kernel
        ? this.kernelFrame(definition, address)
        : this.userFrames(kind, definition, address, i === 0),
    );
    return { frames: frames.reverse(), flags };
  }

  private unwound(definition: DumpDefinition): Stack {
    const { dump, flags } = definition;
    const stack = unwind(dump, this.definitions.machine, {
      isMapped: (address) => this.mapping(definition.pid, definition.time, address) !== undefined,
      fde: (address, isExact) => {
        const mapping = this.mapping(definition.pid, definition.time, address);
        const offset = mapping && address - mapping.start + mapping.fileOffset - (isExact ? 0n : 1n);
        return offset === undefined ? undefined : this.code.fde(mapping!.object, offset);
      },
    });
    const frames = stack.frames.flatMap(({ address, isExact }) =>
      this.userFrames(format.StackKind.User, definition, address, isExact),
    );
    return { frames: frames.reverse(), flags, stop: stack.stop, framePointer: stack.framePointer };
  }

  private kernelFrame(stack: StackDefinition, address: bigint): Frame {
    const symbol = this.symbol(address);
    if (symbol === undefined) return this.placed(stack.kind, { pid: 0, time: stack.time }, address).frame;
    const name = this.definitions.string(symbol.name);
    const offset = address - symbol.start;
    return { kind: stack.kind, address, offset, symbol: name, ...noSource, ...this.object(symbol.object) };
  }

  /** Leaf first: functions inlined at the address, and the one that they are in. */
  private userFrames(kind: number, place: Place, address: bigint, isExact: boolean): Frame[] {
    const { frame, object } = this.placed(kind, place, address);
    const back = isExact ? 0n : 1n;
    const symbol =
      object === 0 || this.definitions.object(object)?.kind === format.ObjectKind.Anonymous
        ? this.processSymbol(place, address - back)
        : this.code.symbol(object, frame.offset - back);
    const named = { ...frame, symbol: symbol ?? "" };
    const functions = object === 0 ? [] : this.code.functions(object, frame.offset - back);
    if (functions.length === 0) return [named];
    return functions.map(({ name, file, line }, at) => {
      const inlined = at + 1 < functions.length;
      const symbolName = name !== 0 || inlined ? this.definitions.string(name) : named.symbol;
      return { ...named, symbol: symbolName, file: this.definitions.string(file), line, inlined };
    });
  }

  private placed(kind: number, { pid, time }: Place, address: bigint): { frame: Frame; object: number } {
    const mapping = this.mapping(pid, time, address);
    const object = mapping?.object ?? 0;
    const offset = mapping === undefined ? 0n : address - mapping.start + mapping.fileOffset;
    return { frame: { kind, address, offset, symbol: "", ...noSource, ...this.object(object) }, object };
  }

  /** The latest that was there at the time, else the earliest; of one time the last in the file. */
  private processSymbol({ pid, time }: Place, address: bigint): string | undefined {
    const covering = (this.definitions.processSymbols.get(pid) ?? []).filter(
      ({ start, end }) => start <= address && address < end,
    );
    const before = covering.filter((symbol) => symbol.time <= time);
    const better = before.length > 0 ? before : covering;
    const best = better.reduce<(typeof covering)[number] | undefined>((found, each) => {
      if (found === undefined || each.time === found.time) return each;
      return each.time > found.time === before.length > 0 ? each : found;
    }, undefined);
    return best && this.definitions.string(best.name);
  }

  /** Of several covering the address the one that begins last, of those the first in the file. */
  private symbol(address: bigint): KernelSymbol | undefined {
    const covering = this.definitions.symbols.filter(({ start, end }) => start <= address && address < end);
    return covering.reduce<KernelSymbol | undefined>(
      (best, each) => (best && best.start >= each.start ? best : each),
      undefined,
    );
  }

  private object(id: number): { object: string; buildId: string } {
    if (id === 0) return { object: "", buildId: "" };
    const object = this.definitions.object(id);
    if (object === undefined) return { object: lostDefinition, buildId: "" };
    return { object: this.definitions.string(object.path), buildId: object.buildId };
  }

  mapping(pid: number, time: bigint, address: bigint): Mapping | undefined {
    let asked = { pid, time };
    for (let generation = 0; generation < format.generationsMax; generation++) {
      const beginning = this.beginning(asked.pid, asked.time);
      const found = this.latestOf(asked.pid, beginning?.time, asked.time, address);
      if (found !== undefined) return found;
      if (beginning?.parent === undefined) break;
      asked = { pid: beginning.parent, time: beginning.time };
    }
    return this.earliestAfter(pid, time, address);
  }

  /** The pid's last Exec or Fork not after `time`; of several at one time the last in the file. */
  private beginning(pid: number, time: bigint): Beginning | undefined {
    let latest: Beginning | undefined;
    for (const beginning of this.definitions.beginnings.get(pid) ?? []) {
      if (beginning.time > time) continue;
      if (latest === undefined || beginning.time >= latest.time) latest = beginning;
    }
    return latest;
  }

  private latestOf(pid: number, from: bigint | undefined, to: bigint, address: bigint): Mapping | undefined {
    let latest: Mapping | undefined;
    for (const mapping of this.definitions.mappings.get(pid) ?? []) {
      if (mapping.time > to || (from !== undefined && mapping.time < from)) continue;
      if (!covers(mapping, address)) continue;
      if (latest === undefined || mapping.time >= latest.time) latest = mapping;
    }
    return latest;
  }

  private earliestAfter(pid: number, time: bigint, address: bigint): Mapping | undefined {
    let earliest: Mapping | undefined;
    for (const mapping of this.definitions.mappings.get(pid) ?? []) {
      if (mapping.time <= time || !covers(mapping, address)) continue;
      if (earliest === undefined || mapping.time < earliest.time) earliest = mapping;
    }
    return earliest;
  }
}

function covers(mapping: Mapping, address: bigint): boolean {
  return mapping.start <= address && address < mapping.end;
}
