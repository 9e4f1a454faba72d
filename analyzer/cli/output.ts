// Where results and everything else go: results to standard output, the rest to standard error. A
// reader that closes the pipe has read enough: the program ends quietly, as if it had written all.

import { once } from "node:events";
import pc from "picocolors";
import { plainStyle } from "../exports/style.js";
import type { Style } from "../exports/style.js";

/** Below this no table is legible; narrower terminals wrap. */
const WidthMin = 60;

/** Writes a result; bytes are UTF-8. */
export async function print(text: string | Iterable<string | Uint8Array>): Promise<void> {
  for (const piece of typeof text === "string" ? [text] : text) {
    if (!process.stdout.write(piece)) await once(process.stdout, "drain");
  }
}

/** Says something that is not the result. */
export function note(text: string): void {
  process.stderr.write(`offcut: ${text}\n`);
}

/** Columns of the terminal that standard output goes to; undefined where it is none, or does not say. */
export function terminalWidth(): number | undefined {
  const { isTTY, columns } = process.stdout;
  return isTTY && columns > 0 ? columns : undefined;
}

/** The style of standard output: plain unless it is a terminal; NO_COLOR is honoured. */
export function outputStyle(): Style {
  if (!process.stdout.isTTY) return plainStyle;
  const width = Math.max(terminalWidth() ?? Infinity, WidthMin);
  const isColored = !process.env.NO_COLOR && process.env.TERM !== "dumb";
  const { bold, dim, yellow } = pc.createColors(isColored);
  return { width, bold, dim, alert: yellow };
}

/** Call once, before anything is written. */
export function endQuietlyOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit();
      if (stream === process.stdout) note(`cannot write the result: ${error.message}`);
      process.exit(1);
    });
  }
}

/** One line on a terminal that is overwritten as work goes on; nothing elsewhere. */
export class Progress {
  readonly #isShown = process.stderr.isTTY;
  #lastMs = 0;

  /** At most ten times a second, so that progress costs nothing. */
  show(text: () => string): void {
    const nowMs = performance.now();
    if (!this.#isShown || nowMs - this.#lastMs < 100) return;
    this.#lastMs = nowMs;
    process.stderr.write(`\r\u001b[K${text()}`);
  }

  /** Removes the line; anything else may then be written. */
  clear(): void {
    if (this.#isShown && this.#lastMs > 0) process.stderr.write("\r\u001b[K");
    this.#lastMs = 0;
  }
}
