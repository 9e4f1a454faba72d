// Stack ids -> frames, root first: which object and offset, or which kernel function, an address
// was at the stack's time. Follows "Mappings of a frame" of capture/FORMAT.md by plain search.

import {
  lostDefinition,
  type Beginning,
  type Definitions,
  type KernelSymbol,
  type Mapping,
  type StackDefinition,
} from "./definitions.js";
import * as format from "./format.js";

export interface Frame {
  kind: number;
  address: bigint;
  /** Path of the object, empty if unknown. */
  object: string;
  buildId: string;
  /** In the object's file, or from the kernel function's beginning; 0 where neither is known. */
  offset: bigint;
  symbol: string;
}

export interface Stack {
  frames: Frame[];
  flags: number;
}

export class FrameResolver {
  private readonly resolved = new Map<number, Stack>();

  constructor(private readonly definitions: Definitions) {}

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
      const frame = { kind: 0, address: 0n, object: "", buildId: "", offset: 0n, symbol: lostDefinition };
      return { frames: [frame], flags: 0 };
    }
    const frames = definition.addresses.map((address) => this.frame(definition, address));
    return { frames: frames.reverse(), flags: definition.flags };
  }

  private frame(stack: StackDefinition, address: bigint): Frame {
    if (stack.kind === format.StackKind.Kernel) {
      const symbol = this.symbol(address);
      if (symbol !== undefined) {
        const name = this.definitions.string(symbol.name);
        return {
          kind: stack.kind,
          address,
          offset: address - symbol.start,
          symbol: name,
          ...this.object(symbol.object),
        };
      }
    }
    const pid = stack.kind === format.StackKind.Kernel ? 0 : stack.pid;
    const mapping = this.mapping(pid, stack.time, address);
    if (mapping === undefined)
      return { kind: stack.kind, address, offset: 0n, symbol: "", ...this.object(0) };
    const offset = address - mapping.start + mapping.fileOffset;
    return { kind: stack.kind, address, offset, symbol: "", ...this.object(mapping.object) };
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
