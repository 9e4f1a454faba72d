// What was odd about a recording's bytes, in sentences. A recording that is merely short (cut off,
// killed, still growing) is a good recording up to its end; one whose middle is damaged has lost
// something that no reader can name, which is why `damage` is told apart.

import { BlockType } from "../../assembly/format.js";
import { Warning } from "../../assembly/tables.js";
import type { Analysis } from "../analysis.js";

export interface WarningRow {
  readonly source: string;
  /** A sentence without its subject, which is the source. */
  readonly problem: string;
  /** Byte in the file; null for what has no one place in it. */
  readonly offset: number | null;
  /** Whether bytes that the recorder wrote cannot be read: the answer lacks what they held. */
  readonly damage: boolean;
}

/** One row for each thing, in the order of the file. */
export function warningRows(analysis: Analysis): WarningRow[] {
  const { warnings, source } = analysis;
  const rows: WarningRow[] = [];
  for (let row = 0; row < warnings.length; row++) {
    const kind: Warning = warnings.warning[row]!;
    rows.push({
      source,
      problem: problemOf(kind, warnings.a[row]!, warnings.b[row]!),
      offset: hasPlace(kind) ? Number(warnings.offset[row]!) : null,
      damage: kind === Warning.DamagedBlock || kind === Warning.Resynchronized,
    });
  }
  return rows;
}

/** `x.offcut is cut off: … (byte 123)` */
export function warningText({ source, problem, offset }: WarningRow): string {
  return `${source} ${problem}${offset === null ? "" : ` (byte ${offset})`}`;
}

/** Whether the answer lacks anything that damage of the file took. */
export function isDamaged(analysis: Analysis): boolean {
  return warningRows(analysis).some((row) => row.damage);
}

function hasPlace(kind: Warning): boolean {
  return kind !== Warning.LostDefinition && kind !== Warning.WriteError;
}

function problemOf(kind: Warning, a: bigint, b: bigint): string {
  switch (kind) {
    case Warning.Truncated:
      return `is cut off: ${a} bytes of its last block are missing; what precedes them is answered`;
    case Warning.DamagedBlock:
      return `is damaged: block ${a} (${b} bytes) fails its checksum or is malformed and is left out`;
    case Warning.Resynchronized:
      return `is damaged: ${b} bytes that are no block were skipped`;
    case Warning.Unfinished:
      return "has no end: its recorder was killed or is still writing; what is there is answered";
    case Warning.UnknownBlock:
      return `has blocks of type ${a}, which a newer version of the format defines; they are skipped`;
    case Warning.LostDefinition:
      return `lacks the definition of ${definitionName(Number(a))} ${b}; shown as [lost def]`;
    case Warning.WriteError:
      return "is incomplete: its recorder could not write (disk full?), later events were only counted";
    case Warning.TrailingBytes:
      return `has ${b} bytes after its end, which are ignored`;
    default:
      return `has a problem that this version cannot name (${kind})`;
  }
}

function definitionName(type: BlockType): string {
  return (BlockType[type] ?? `block type ${type}`).toLowerCase();
}
