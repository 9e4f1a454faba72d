// What a lookup of the symbolizer answered: frames as columns, and one address at a time. Plain
// copies of what the symbolizer's memory held; knows nothing of how they came about.

import { NameSource } from "../assembly/symbols/tables.js";

export type NameSourceName = "symtab" | "dynsym" | "debugdata" | "plt" | "dwarf" | undefined;

export interface SymbolFrame {
  /** As the object has it: mangled; empty where only the line is known. */
  readonly name: string;
  readonly nameSource: NameSourceName;
  /** Empty where it is not known. */
  readonly file: string;
  /** From 1; 0 where it is not known. */
  readonly line: number;
  /** From 1; 0 where it is not known. */
  readonly column: number;
  /** Whether the function was inlined into that of the next frame. */
  readonly isInlined: boolean;
  /** Address at which the symbol (of the outermost frame) begins. */
  readonly symbolStart: bigint;
  /** Its length; 0 where it is not known. */
  readonly symbolBytes: bigint;
}

/** The frames of some addresses, as columns and one address at a time. */
export class SymbolFrames {
  constructor(
    /** Of each address its first frame, and one number more: where the last address' frames end. */
    readonly firstFrame: Uint32Array,
    /** Of each frame the row of its name, and so on. */
    readonly columns: {
      readonly name: Uint32Array;
      readonly file: Uint32Array;
      readonly line: Uint32Array;
      readonly column: Uint32Array;
      readonly isInlined: Uint8Array;
      readonly nameSource: Uint8Array;
      readonly symbolStart: BigUint64Array;
      readonly symbolBytes: BigUint64Array;
    },
    /** What `name` and `file` are rows of. */
    readonly strings: readonly string[],
  ) {}

  /** How many addresses were looked up. */
  get addressCount(): number {
    return this.firstFrame.length - 1;
  }

  /** Frames of the address that was given as number `index`, innermost first; none where nothing is known. */
  framesOf(index: number): SymbolFrame[] {
    const frames: SymbolFrame[] = [];
    const end = this.firstFrame[index + 1] ?? 0;
    for (let row = this.firstFrame[index] ?? 0; row < end; row++) frames.push(this.#frame(row));
    return frames;
  }

  #frame(row: number): SymbolFrame {
    const { columns, strings } = this;
    return {
      name: strings[columns.name[row]!]!,
      nameSource: sourceNames[columns.nameSource[row]! as NameSource],
      file: strings[columns.file[row]!]!,
      line: columns.line[row]!,
      column: columns.column[row]!,
      isInlined: columns.isInlined[row] === 1,
      symbolStart: columns.symbolStart[row]!,
      symbolBytes: columns.symbolBytes[row]!,
    };
  }
}

const sourceNames: Record<NameSource, NameSourceName> = {
  [NameSource.None]: undefined,
  [NameSource.Symtab]: "symtab",
  [NameSource.Dynsym]: "dynsym",
  [NameSource.DebugData]: "debugdata",
  [NameSource.Plt]: "plt",
  [NameSource.Dwarf]: "dwarf",
};

/** Answers to consecutive parts of a list of addresses, as one. */
export function joinFrames(parts: readonly SymbolFrames[]): SymbolFrames {
  const strings = parts.flatMap((part) => part.strings);
  const firstFrame: number[] = [];
  const names: number[] = [];
  const files: number[] = [];
  let [frames, rows] = [0, 0];
  for (const part of parts) {
    for (const first of part.firstFrame.subarray(0, -1)) firstFrame.push(frames + first);
    for (const row of part.columns.name) names.push(rows + row);
    for (const row of part.columns.file) files.push(rows + row);
    frames += part.columns.name.length;
    rows += part.strings.length;
  }
  const numbers = (key: "line" | "column" | "isInlined" | "nameSource") =>
    parts.flatMap((part) => Array.from(part.columns[key]));
  const bigs = (key: "symbolStart" | "symbolBytes") => parts.flatMap((part) => Array.from(part.columns[key]));
  const columns = {
    name: Uint32Array.from(names),
    file: Uint32Array.from(files),
    line: Uint32Array.from(numbers("line")),
    column: Uint32Array.from(numbers("column")),
    isInlined: Uint8Array.from(numbers("isInlined")),
    nameSource: Uint8Array.from(numbers("nameSource")),
    symbolStart: BigUint64Array.from(bigs("symbolStart")),
    symbolBytes: BigUint64Array.from(bigs("symbolBytes")),
  };
  return new SymbolFrames(Uint32Array.from(firstFrame.concat(frames)), columns, strings);
}
