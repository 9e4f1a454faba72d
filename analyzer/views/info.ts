// What a recording is: what was recorded, where, when, for how long and how completely. One for each
// recording, never summed: two recordings do not have one start.

import { Arch, BlockType, Ended } from "../../assembly/format.js";
import type { Analysis } from "../analysis.js";
import { completeness } from "./completeness.js";
import type { Completeness } from "./completeness.js";
import { warningRows } from "./warnings.js";
import type { WarningRow } from "./warnings.js";

export interface StreamRow {
  readonly stream: "switch" | "wake" | "syscall";
  /** Events that the kernel side saw, as far as the recording says; else those in the file. */
  readonly seen: number;
  /** Records in the file. */
  readonly records: number;
  readonly lost: number;
  /** Bytes of the stream's blocks in the file, headers included. */
  readonly fileBytes: number;
}

export interface BlockRow {
  readonly type: string;
  readonly blocks: number;
  readonly records: number;
  /** Before compression. */
  readonly rawBytes: number;
  readonly fileBytes: number;
}

export interface SealedFiles {
  /** `needed`, `full` or `none`. */
  readonly what: string;
  /** Of unwind information and, where all was asked for, symbol tables; before compression. */
  readonly sectionBytes: number;
  /** That were chosen by name. */
  readonly symbols: number;
}

export interface InfoView {
  readonly source: string;
  readonly fileBytes: number;
  readonly formatVersion: string;
  readonly arch: string;
  readonly cpus: number;
  /** Start of the observed window, ISO 8601 in UTC. */
  readonly startTime: string;
  /** Minutes of the host's local time ahead of UTC. */
  readonly timezoneMinutes: number;
  /** Length of the observed window. */
  readonly durationNs: number;
  /** Why the recording ended, in words. */
  readonly ended: string;
  /** As the recorder wrote it: host, kernel, options, … */
  readonly meta: Readonly<Record<string, string>>;
  readonly threads: number;
  readonly events: number;
  /** fileBytes over events: what an event costs with everything around it. */
  readonly bytesPerEvent: number;
  readonly streams: readonly StreamRow[];
  readonly blocks: readonly BlockRow[];
  readonly stacks: number;
  /** What the recording has of the files that its stacks lead through, if it says so. */
  readonly sealed?: SealedFiles;
  readonly completeness: Completeness;
  /** States that the next record contradicted; records older than the state they change. */
  readonly contradictions: number;
  readonly backwards: number;
  readonly spuriousWakes: number;
  readonly warnings: readonly WarningRow[];
}

/** Which recording an answer is of. */
export type RecordingRow = Pick<InfoView, "source" | "startTime" | "durationNs"> & {
  readonly host: string;
};

export function recordingRows(analyses: readonly Analysis[]): RecordingRow[] {
  return analyses.map((analysis) => {
    const { source, startTime, durationNs, meta } = infoView(analysis);
    return { source, host: meta.host ?? "", startTime, durationNs };
  });
}

export function infoView(analysis: Analysis): InfoView {
  const { recording, meta } = analysis;
  const events = Number(recording.events[0]!);
  const fileBytes = Number(recording.fileBytes[0]!);
  return {
    source: analysis.source,
    fileBytes,
    formatVersion: `1.${recording.versionMinor[0]!}`,
    arch: archName(recording.arch[0]!),
    cpus: recording.cpus[0]!,
    startTime: isoTime(recording.startRealtimeNs[0]!),
    timezoneMinutes: timezoneMinutes(meta.get("timezone")),
    durationNs: Number(recording.endNs[0]! - recording.startNs[0]!),
    ended: endedInWords(recording.ended[0]!),
    meta: Object.fromEntries(meta),
    threads: analysis.threads.length,
    events,
    bytesPerEvent: events === 0 ? 0 : fileBytes / events,
    streams: streamRows(analysis),
    blocks: blockRows(analysis),
    stacks: blockRows(analysis).find((row) => row.type === "Stack")?.records ?? 0,
    ...sealedFiles(analysis),
    completeness: completeness([analysis]),
    contradictions: Number(recording.contradictions[0]!),
    backwards: Number(recording.backwards[0]!),
    spuriousWakes: Number(recording.spuriousWakes[0]!),
    warnings: warningRows(analysis),
  };
}

function isoTime(ns: bigint): string {
  const milliseconds = Number(ns / 1_000_000n);
  const limit = 8.64e15; // of Date; a damaged clock must not throw
  return new Date(Math.min(milliseconds, limit)).toISOString();
}

/** Of the recorder's word for it, `text`. */
export function timezoneMinutes(text: string | undefined): number {
  return text !== undefined && /^-?\d{1,4}$/.test(text) ? Number(text) : 0;
}

function archName(arch: Arch): string {
  switch (arch) {
    case Arch.X86_64:
      return "x86-64";
    case Arch.Aarch64:
      return "arm64";
    default:
      return `architecture ${arch}`;
  }
}

function endedInWords(ended: Ended | 0): string {
  switch (ended) {
    case 0:
      return "without an end: killed, cut off or still being written";
    case Ended.Duration:
      return "the asked time was over";
    case Ended.Signal:
      return "stopped by a signal";
    case Ended.SizeMax:
      return "the size limit was reached";
    case Ended.CommandExit:
      return "the recorded command ended";
    case Ended.Stopped:
      return "stopped by the program that recorded";
    case Ended.WriteError:
      return "writing failed";
    default:
      return `reason ${ended}`;
  }
}

function blockRows({ blocks }: Analysis): BlockRow[] {
  const rows: BlockRow[] = [];
  for (let row = 0; row < blocks.length; row++) {
    const type = blocks.type[row]!;
    rows.push({
      type: BlockType[type] ?? `type ${type}`,
      blocks: Number(blocks.blocks[row]!),
      records: Number(blocks.records[row]!),
      rawBytes: Number(blocks.rawBytes[row]!),
      fileBytes: Number(blocks.fileBytes[row]!),
    });
  }
  return rows.filter((row) => row.blocks > 0);
}

function sealedFiles(analysis: Analysis): Pick<InfoView, "sealed"> {
  const what = analysis.meta.get("sealed");
  if (what === undefined) return {};
  const rows = blockRows(analysis);
  const sectionBytes = rows.find(({ type }) => type === "Section")?.rawBytes ?? 0;
  const named = rows.filter(({ type }) => type === "ObjectSymbol" || type === "ProcessSymbol");
  return { sealed: { what, sectionBytes, symbols: named.reduce((sum, { records }) => sum + records, 0) } };
}

const eventStreams = [
  ["switch", BlockType.Switch],
  ["wake", BlockType.Wake],
  ["syscall", BlockType.Syscall],
] as const;

function streamRows(analysis: Analysis): StreamRow[] {
  const { totals, lost } = analysis;
  const blocks = blockRows(analysis);
  return eventStreams.map(([stream, type]) => {
    const block = blocks.find((row) => row.type === BlockType[type]);
    const records = block?.records ?? 0;
    let seen = 0n;
    for (let row = 0; row < totals.length; row++) {
      if (totals.stream[row] === type) seen += totals.seen[row]!;
    }
    let missing = 0n;
    for (let row = 0; row < lost.length; row++) {
      if (lost.stream[row] === type) missing += lost.count[row]!;
    }
    return {
      stream,
      // Totals come last in the file: without an end there are none.
      seen: seen === 0n ? records + Number(missing) : Number(seen),
      records,
      lost: Number(missing),
      fileBytes: block?.fileBytes ?? 0,
    };
  });
}
