// Folded text read back, of whatever tool: a line is frames from the root, separated by `;`, and at its
// end a weight, or two where two runs are compared (difffolded.pl). What kind a frame is, tools say
// with a suffix (`_[k]` kernel, `_[i]` inlined, `_[j]` made at run time, `_[w]` waker); where they do
// not, what follows the kernel's entry is the kernel, and what follows `--` is a waker.

import { FlameBuilder, FrameKind } from "./flame-tree.js";

/** What became of the lines of a text. */
export interface FoldedLines {
  /** Lines that are no folded stack. */
  readonly ignored: number;
  /** Whether any line had two weights. */
  readonly isComparison: boolean;
}

/**
 * Adds the stacks of `text` to `builder`, times `scale`; to its other side if `isOther`. Of two weights
 * the first is the other side's.
 */
export function addFoldedLines(builder: FlameBuilder, text: string, isOther = false, scale = 1): FoldedLines {
  let ignored = 0;
  let isComparison = false;
  for (const line of linesOf(text)) {
    if (line.trim() === "") continue;
    const last = weightAtEnd(line);
    if (last === undefined) {
      ignored++;
      continue;
    }
    const before = weightAtEnd(last.rest);
    const node = stackNode(builder, (before ?? last).rest.split(";"));
    if (before !== undefined) {
      isComparison = true;
      builder.addOther(node, before.value * scale);
      builder.add(node, last.value * scale);
    } else if (isOther) builder.addOther(node, last.value * scale);
    else builder.add(node, last.value * scale);
  }
  return { ignored, isComparison };
}

/**
 * The weight that a line ends with, decimals allowed, as flamegraph.pl takes it, and what stands before.
 * Not one regular expression: those that do it take the square of a line's length where it is blanks.
 */
export function weightAtEnd(line: string): { readonly value: number; readonly rest: string } | undefined {
  const from = Math.max(line.lastIndexOf(" "), line.lastIndexOf("\t")) + 1;
  const word = line.slice(from);
  if (from === 0 || !/^\d+(?:\.\d*)?$/.test(word)) return undefined;
  return { value: Number(word), rest: line.slice(0, from).trimEnd() };
}

/** Without making an array of them: a text may have millions. */
function* linesOf(text: string): Generator<string, void, undefined> {
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf("\n", from);
    const to = end < 0 ? text.length : end;
    yield text.slice(from, text[to - 1] === "\r" ? to - 1 : to);
    from = to + 1;
  }
}

const Suffix = /_\[([kijw])\]$/;

const kindOfSuffix: Readonly<Record<string, FrameKind>> = {
  k: FrameKind.Kernel,
  i: FrameKind.Inlined,
  j: FrameKind.Jit,
  w: FrameKind.Waker,
};

/** Functions by which the kernel is entered, on x86-64 and arm64, or a kernel thread begins. */
const KernelEntry = /^(entry_SYSCALL|entry_INT80|do_syscall_|asm_(exc|sysvec|common)_|ret_from_fork|el0t?_|syscall_exit_)/;

/** The node of a stack's leaf; `frames` from the root, as folded text calls them. */
export function stackNode(builder: FlameBuilder, frames: readonly string[]): number {
  let node = 0;
  let below = FrameKind.User;
  frames.forEach((frame, at) => {
    const suffix = Suffix.exec(frame);
    const name = suffix === null ? frame : frame.slice(0, suffix.index);
    if (frame === "--") below = FrameKind.Waker;
    else if (below === FrameKind.User && KernelEntry.test(name)) below = FrameKind.Kernel;
    const kind = suffix === null ? plainKind(frame, at, below) : kindOfSuffix[suffix[1]!]!;
    node = builder.child(node, builder.frame(name, kind));
    if (frame === "-" && below === FrameKind.User) below = FrameKind.Kernel;
  });
  return node;
}

function plainKind(frame: string, at: number, below: FrameKind): FrameKind {
  if (frame === "--" || frame === "-") return FrameKind.Separator;
  if (below === FrameKind.Waker) return FrameKind.Waker;
  if (at === 0) return FrameKind.Thread;
  return /^\[.*\]$/.test(frame) ? FrameKind.Marker : below;
}
