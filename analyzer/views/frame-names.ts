// What a frame is called: its function where one is known, else the object's file name and the
// offset in it, which `addr2line` can resolve anywhere. A bare address never makes a name, because
// the same code has another address in every process; where not even the object is known, nothing
// is left but "[unknown]".

import { ObjectKind } from "../../assembly/format.js";
import type { Names } from "../analysis.js";

export const UnknownFrame = "[unknown]";

/** The name of a row of `names.frames`. */
export function frameName(names: Names, frame: number): string {
  const { frames, objects } = names;
  const symbol = names.string(frames.symbol[frame]!);
  if (symbol !== "") return symbol;
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
