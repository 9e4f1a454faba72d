// The text of `perf script`: for each sample a line that says who, when and which event, then a line
// for each frame, innermost first, then a blank one. Folded as stackcollapse-perf.pl folds it: the
// thread's name is the root, functions lose their offsets, what has no name is its module in brackets,
// and a sample weighs 1.

import type { StackSums } from "./weighted-stacks.js";

/** `redis-server 13383/13385 [001] 123.456789:     250000 cpu-clock:pppH:` */
const Header = /^(\S.{0,255}?)\s+(\d+)(?:\/\d+)?\s+(?:\[\d+\]\s+)?(?:\S{1,16}\s+)?\d+(?:\.\d+)?:\s/;
/** `    ffffffff8104f45a native_write_msr+0xa ([kernel.kallsyms])` */
const Frame = /^\s+[0-9a-f]{1,16}\s+(\S.*?)\s*$/;
const Offset = /\+0x[0-9a-f]+$/;

export function isPerfHeader(line: string): boolean {
  return Header.test(line.slice(0, 512));
}

/** Takes lines in order, and the end. */
export class PerfScriptReader {
  readonly #sums: StackSums;
  #comm: string | undefined;
  /** Innermost first. */
  #frames: string[] = [];

  constructor(sums: StackSums) {
    this.#sums = sums;
  }

  line(line: string, lineNumber: number): void {
    if (line.startsWith("#")) return;
    if (line.trim() === "") return this.end();
    const frame = this.#comm === undefined ? null : Frame.exec(line);
    if (frame !== null) {
      this.#frames.push(frameName(frame[1]!));
      return;
    }
    const header = Header.exec(line);
    if (header === null) return this.#sums.unread(lineNumber);
    this.end();
    this.#comm = header[1]!.trim().replace(/ /g, "_");
  }

  /** Ends the sample under way, if there is one. */
  end(): void {
    if (this.#comm === undefined) return;
    this.#sums.add([this.#comm, ...this.#frames.reverse()], 1);
    this.#comm = undefined;
    this.#frames = [];
  }
}

/** Of `symbol+0x12 (module)`. */
function frameName(text: string): string {
  const at = text.lastIndexOf(" (");
  const symbol = (at < 0 ? text : text.slice(0, at)).replace(Offset, "");
  if (symbol !== "[unknown]" || at < 0) return symbol;
  const module = text.slice(at + 2, -1).replace(/^.*\//, "");
  return module === "" || module === "[unknown]" ? symbol : `[${module}]`;
}
