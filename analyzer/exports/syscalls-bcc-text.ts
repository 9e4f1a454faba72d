// What bcc's syscount prints, byte for byte: the line before the first table, tables under the time at
// which they were printed, and the line after the last one.

/** A line of a table: a call, or a process. */
export interface BccCountRow {
  readonly key: BccCountKey;
  /** Calls; where times are shown, those of them that have one. */
  readonly count: number;
  readonly totalNs: number;
}

export type BccCountKey = { readonly name: string } | { readonly pid: number; readonly comm: string };

export interface BccCountOptions {
  readonly top: number;
  /** A column of times, by which rows are then ordered. */
  readonly latency: boolean;
  readonly milliseconds: boolean;
  readonly perProcess: boolean;
}

const KeyWidth = 22;

/** Before the first table. `syscall`: the one that is asked for, if one is. */
export function syscountHeading(top: number, failed: boolean, syscall: string | undefined): string {
  const what = `${failed ? "failed " : ""}syscall`;
  const asked = syscall === undefined ? `${what}s, printing top ${top}` : `${what} '${syscall}'`;
  return `Tracing ${asked}... Ctrl+C to quit.\n`;
}

/** After the last table. */
export const syscountEnd = "Detaching...\n";

/** One table, without the time above it and the blank line below it. */
export function syscountTable(rows: readonly BccCountRow[], options: BccCountOptions): string {
  const weight = (row: BccCountRow) => (options.latency ? row.totalNs : row.count);
  const shown = rows
    .filter((row) => row.count > 0)
    .sort((a, b) => weight(b) - weight(a))
    .slice(0, options.top);
  const titles = [options.perProcess ? "PID    COMM" : "SYSCALL", "COUNT", options.milliseconds ? "TIME (ms)" : "TIME (us)"];
  const lines = [
    line(titles[0]!, titles[1]!, options.latency ? titles[2] : undefined),
    ...shown.map((row) => line(keyText(row.key), String(row.count), options.latency ? timeText(row, options) : undefined)),
  ];
  return `${lines.join("\n")}\n`;
}

function line(key: string, count: string, time: string | undefined): string {
  const counted = `${padBytes(key, KeyWidth)} ${count.padStart(8)}`;
  return time === undefined ? counted : `${counted} ${time.padStart(16)}`;
}

function keyText(key: BccCountKey): string {
  if ("name" in key) return key.name;
  return `${String(key.pid).padEnd(6)} ${padBytes(key.comm || "[unknown]", 15)}`;
}

function timeText({ totalNs }: BccCountRow, { milliseconds }: BccCountOptions): string {
  return milliseconds ? (totalNs / 1e6).toFixed(6) : (totalNs / 1e3).toFixed(3);
}

/** Python pads bytes, not letters. */
function padBytes(text: string, width: number): string {
  const bytes = new TextEncoder().encode(text).length;
  return text + " ".repeat(Math.max(0, width - bytes));
}
