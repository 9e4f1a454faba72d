// What a frame is called: its function where one is known, else the object's file name and the
// offset in it, which `addr2line` can resolve anywhere. A bare address never makes a name, because
// the same code has another address in every process; where not even the object is known, nothing
// is left but "[unknown]".

import { ObjectKind, StackKind, SymbolSource } from "../../assembly/format.js";
import { NameSource } from "../../assembly/tables.js";
import type { Names } from "../analysis.js";

export const UnknownFrame = "[unknown]";

/** Digits of an address, as bcc aligns them. */
const AddressWidth = 16;

/** What a name tells beyond the function: frames that differ in it are then different frames. */
export interface FrameDetail {
  /** `symbol+0x1a`. Where the symbol's own address is not known, the object's file and the offset in it. */
  readonly offsets?: boolean;
  /** The address before the name, as it was in that process, and behind it where the name is from. */
  readonly addresses?: boolean;
  /** `symbol (file.c:12)`, where debug information said so. */
  readonly lines?: boolean;
  /** `symbol_[k]` of the kernel, `_[i]` inlined, `_[j]` of code made at run time: flamegraph.pl colours by these. */
  readonly kinds?: boolean;
}

/** The name of a row of `names.frames`. */
export function frameName(names: Names, frame: number, detail: FrameDetail = {}): string {
  const { frames } = names;
  const name = symbolName(names, frame, detail.offsets === true) || placeName(names, frame);
  const line = detail.lines === true ? lineText(names, frame) : "";
  const source = detail.addresses === true ? sourceText(names, frame) : "";
  const kind = detail.kinds === true ? kindSuffix(names, frame) : "";
  return withAddress(`${name}${kind}${line}${source}`, frames.address[frame]!, detail);
}

/** The same as bcc prints it: it has no name for what has no symbol. */
export function bccFrameName(names: Names, frame: number, detail: FrameDetail): string {
  const { frames } = names;
  const isKernel = frames.kind[frame] === StackKind.Kernel;
  const hasOffset = detail.offsets === true && (isKernel || frames.source[frame] !== NameSource.None);
  const fromSymbol = isKernel ? frames.offset[frame]! : frames.symbolOffset[frame]!;
  const symbol = names.string(frames.symbol[frame]!);
  const offset = hasOffset ? `+0x${fromSymbol.toString(16)}` : "";
  return withAddress(symbol === "" ? UnknownFrame : `${symbol}${offset}`, frames.address[frame]!, detail);
}

function withAddress(name: string, address: bigint, { addresses }: FrameDetail): string {
  return addresses === true ? `${address.toString(16).padEnd(AddressWidth)} ${name}` : name;
}

function kindSuffix({ frames }: Names, frame: number): string {
  if (frames.kind[frame] === StackKind.Kernel) return "_[k]";
  if (frames.inlined[frame] === 1) return "_[i]";
  return frames.source[frame] === NameSource.Process ? "_[j]" : "";
}

function lineText({ frames, string }: Names, frame: number): string {
  const file = string(frames.file[frame]!);
  return file === "" ? "" : ` (${file.slice(file.lastIndexOf("/") + 1)}:${frames.line[frame]!})`;
}

/** Where the name is from, and that its function has no call of its own. */
function sourceText({ frames }: Names, frame: number): string {
  const words = [sourceWords[frames.source[frame]!] ?? "", frames.inlined[frame] === 1 ? "inlined" : ""];
  const shown = words.filter((word) => word !== "").join(", ");
  return shown === "" ? "" : ` [${shown}]`;
}

/** By SymbolSource of the recording, or NameSource of the engine. */
const sourceWords: Readonly<Record<number, string>> = {
  [SymbolSource.Symtab]: ".symtab",
  [SymbolSource.Dynsym]: ".dynsym",
  [SymbolSource.Debugdata]: ".gnu_debugdata",
  [SymbolSource.DebugFile]: "debug file",
  [NameSource.Kernel]: "kallsyms",
  [NameSource.Process]: "perf map",
  [NameSource.DebugInfo]: "debug information",
};

/** The function; "" where none is known. */
function symbolName(names: Names, frame: number, hasOffset: boolean): string {
  const { frames } = names;
  const symbol = names.string(frames.symbol[frame]!);
  if (symbol === "" || !hasOffset) return symbol;
  const isPlaced = frames.kind[frame] === StackKind.User;
  if (isPlaced && frames.source[frame] !== NameSource.None) return `${symbol}+0x${frames.symbolOffset[frame]!.toString(16)}`;
  if (isPlaced) return `${symbol} (${placeName(names, frame)})`;
  return `${symbol}+0x${frames.offset[frame]!.toString(16)}`;
}

/** The object and the offset in it. */
function placeName(names: Names, frame: number): string {
  const { frames, objects } = names;
  const object = frames.object[frame]!;
  if (object === 0) return UnknownFrame;
  const module = objectName(objects.kind[object]!, names.string(objects.path[object]!));
  return `${module}+0x${frames.offset[frame]!.toString(16)}`;
}

function objectName(kind: ObjectKind, path: string): string {
  switch (kind) {
    case ObjectKind.Kernel:
      return "[kernel]";
    case ObjectKind.Module:
      return `[${path}]`;
    case ObjectKind.Vdso:
      return "[vdso]";
    case ObjectKind.Anonymous:
      return path === "" ? "[anon]" : path;
    default:
      return path.slice(path.lastIndexOf("/") + 1) || "[file]";
  }
}
