// An analysis and names found for it -> the same analysis with its frames named: functions that were
// inlined become nodes of the stack tree, as the engine makes them where a recording holds the names.
// What is given stays as it is; every view and export works on the answer as on any analysis.

import { SymbolSource } from "../../assembly/format.js";
import { NameSource } from "../../assembly/tables.js";
import { AddedStrings } from "../added-strings.js";
import { fromParts, partsOf } from "../analysis.js";
import type { Analysis, AnalysisParts, Names, Strings } from "../analysis.js";
import { joinedColumns } from "../joined-columns.js";
import type { SymbolFrame } from "../symbol-frames.js";
import type { FramesTable, StacksTable } from "../tables.js";
import { rowOfOffset } from "./object-names.js";
import type { SymbolAnswers } from "./object-names.js";
import { buildIdOf, isNameable, lookedUpOffsets } from "./needs.js";

/** The analysis with names; itself where `answers` name nothing of it. */
export function withSymbols(analysis: Analysis, answers: SymbolAnswers): Analysis {
  const naming = new Naming(analysis, answers);
  if (!naming.nodes()) return analysis;
  return fromParts(partsNamed(analysis, naming));
}

function partsNamed(analysis: Analysis, naming: Naming): AnalysisParts {
  const { offcpu, calls } = analysis;
  return {
    ...partsOf(analysis),
    strings: naming.strings(),
    frames: naming.frames(),
    stacks: naming.stacks(),
    offcpu: { ...offcpu, userStack: naming.moved(offcpu.userStack), kernelStack: naming.moved(offcpu.kernelStack) },
    calls: { ...calls, userStack: naming.moved(calls.userStack), kernelStack: naming.moved(calls.kernelStack) },
  };
}

/** A frame that the analysis has not yet. */
interface NewFrame {
  /** Row in the old frames: where it is. */
  readonly place: number;
  readonly symbol: number;
  readonly symbolOffset: bigint;
  readonly source: number;
  readonly file: number;
  readonly line: number;
  readonly inlined: number;
}

class Naming {
  readonly #texts: AddedStrings;
  readonly #newFrames: NewFrame[] = [];
  /** Of each old node the new one that stands for it. */
  readonly #nodes: Uint32Array;
  readonly #prefix: number[] = [0];
  readonly #frame: number[] = [0];
  readonly #flags: number[] = [];
  readonly #how: number[] = [];
  /** New frames, from outside in, by old frame and whether it is looked up as a return address. */
  readonly #found = new Map<string, readonly number[]>();

  constructor(
    private readonly names: Names,
    private readonly answers: SymbolAnswers,
  ) {
    this.#texts = new AddedStrings(names.strings);
    this.#nodes = new Uint32Array(names.stacks.length);
  }

  /** Makes the new tree. False: nothing got a name. */
  nodes(): boolean {
    const { stacks } = this.names;
    const lookedUp = lookedUpOffsets(this.names);
    this.#flags.push(stacks.flags[0] ?? 0);
    this.#how.push(stacks.how[0] ?? 0);
    for (let node = 1; node < stacks.length; node++) {
      const old = stacks.frame[node]!;
      const frames = isNameable(this.names, old) ? this.#framesOf(old, lookedUp(node)) : [old];
      let prefix = this.#nodes[stacks.prefix[node]!]!;
      frames.forEach((frame, at) => {
        const isLast = at === frames.length - 1;
        this.#prefix.push(prefix);
        prefix = this.#frame.push(frame) - 1;
        this.#flags.push(isLast ? stacks.flags[node]! : 0);
        this.#how.push(isLast ? stacks.how[node]! : 0);
      });
      this.#nodes[node] = prefix;
    }
    return this.#newFrames.length > 0;
  }

  /** Rows of stacks as rows of the new ones. */
  moved(stacks: Uint32Array): Uint32Array {
    return stacks.map((row) => this.#nodes[row]!);
  }

  stacks(): StacksTable {
    return {
      length: this.#frame.length,
      prefix: Uint32Array.from(this.#prefix),
      frame: Uint32Array.from(this.#frame),
      flags: Uint8Array.from(this.#flags),
      how: Uint8Array.from(this.#how),
    };
  }

  frames(): FramesTable {
    const { frames } = this.names;
    const added = this.#newFrames;
    const kept = (column: "kind" | "address" | "object" | "offset") => added.map(({ place }) => frames[column][place]!);
    return {
      length: frames.length + added.length,
      kind: joinedColumns([frames.kind, Uint8Array.from(kept("kind") as number[])]),
      address: joinedColumns([frames.address, BigUint64Array.from(kept("address") as bigint[])]),
      object: joinedColumns([frames.object, Uint32Array.from(kept("object") as number[])]),
      offset: joinedColumns([frames.offset, BigUint64Array.from(kept("offset") as bigint[])]),
      symbol: joinedColumns([frames.symbol, Uint32Array.from(added.map(({ symbol }) => symbol))]),
      symbolOffset: joinedColumns([frames.symbolOffset, BigUint64Array.from(added.map(({ symbolOffset }) => symbolOffset))]),
      source: joinedColumns([frames.source, Uint8Array.from(added.map(({ source }) => source))]),
      file: joinedColumns([frames.file, Uint32Array.from(added.map(({ file }) => file))]),
      line: joinedColumns([frames.line, Uint32Array.from(added.map(({ line }) => line))]),
      inlined: joinedColumns([frames.inlined, Uint8Array.from(added.map(({ inlined }) => inlined))]),
    };
  }

  /** The old strings and behind them the new ones. */
  strings(): Strings {
    return this.#texts.strings();
  }

  #framesOf(old: number, lookedUp: bigint): readonly number[] {
    const key = `${old} ${lookedUp}`;
    const known = this.#found.get(key);
    if (known !== undefined) return known;
    const found = this.#newFramesOf(old, lookedUp);
    this.#found.set(key, found);
    return found;
  }

  /** From outside in; the old frame itself where nothing more is known of it. */
  #newFramesOf(old: number, lookedUp: bigint): readonly number[] {
    const answer = this.answers.get(buildIdOf(this.names, old));
    const row = answer === undefined ? -1 : rowOfOffset(answer, lookedUp);
    const functions = row < 0 ? [] : answer!.frames.framesOf(row);
    if (functions.length === 0 || !this.#isMore(old, functions)) return [old];
    const address = answer!.addresses[row]! + this.names.frames.offset[old]! - lookedUp;
    return functions.map((one) => this.#newFrame(old, one, address)).reverse();
  }

  /** A symbol alone tells nothing of a frame that has a name. */
  #isMore(old: number, functions: readonly SymbolFrame[]): boolean {
    return this.names.frames.symbol[old] === 0 || functions.some(({ nameSource, file }) => nameSource === "dwarf" || file !== "");
  }

  /** `address`: the object's own, of the frame. */
  #newFrame(place: number, found: SymbolFrame, address: bigint): number {
    this.#newFrames.push({
      place,
      ...this.#newName(place, found, address),
      file: this.#texts.row(found.file),
      line: found.line,
      inlined: found.isInlined ? 1 : 0,
    });
    return this.names.frames.length + this.#newFrames.length - 1;
  }

  /** Of a frame that had one, only debug information changes the name; where its symbol begins stays. */
  #newName(place: number, found: SymbolFrame, address: bigint): Pick<NewFrame, "symbol" | "symbolOffset" | "source"> {
    const { frames } = this.names;
    const old = { symbol: frames.symbol[place]!, symbolOffset: frames.symbolOffset[place]!, source: frames.source[place]! };
    const isFromDebugInfo = found.nameSource === "dwarf" && found.name !== "";
    if (old.symbol !== 0 && !isFromDebugInfo && !found.isInlined) return old;
    const hasSymbol = found.symbolStart !== 0n || found.symbolBytes !== 0n;
    const symbolOffset = hasSymbol ? BigInt.asUintN(64, address - found.symbolStart) : 0n;
    return {
      symbol: this.#texts.row(found.name),
      symbolOffset: old.symbol === 0 ? symbolOffset : old.symbolOffset,
      source: isFromDebugInfo || found.isInlined ? NameSource.DebugInfo : SymbolSource.DebugFile,
    };
  }
}
