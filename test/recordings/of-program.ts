// A recording of one thread that waits in given places of given files: for names that are found later,
// of files that lie on this host. Like one of format 1.1, it holds build ids and nothing else of them.

import { Ended, SectionKind } from "../oracle/format.js";
import { RecordingBuilder } from "./build.js";
import { MemorySink } from "./write.js";

const second = 1_000_000_000;
const start = 5_000 * second;

export interface MappedFile {
  readonly path: string;
  /** Hexadecimal. */
  readonly buildId: string;
  /** Sealed with the recording: names of functions of 16 bytes each, from offset 0 on. */
  readonly functions?: readonly string[];
}

/** A place in the `file`th file. */
export interface FramePlace {
  readonly file: number;
  readonly offset: number;
}

/** Bytes of each of a file's sealed functions. */
export const FunctionBytes = 16;

/** One segment of the whole file, where a file's offsets are its own addresses. */
function wholeFileSegment(): Uint8Array {
  const entry = Buffer.alloc(56);
  entry.writeUInt32LE(1, 0); // PT_LOAD
  entry.writeBigUInt64LE(0x1000_0000n, 32);
  entry.writeBigUInt64LE(0x1000_0000n, 40);
  return entry;
}

/** Where a file is mapped: far from its own addresses, and from any other. */
export function baseOf(file: number): bigint {
  return 0x7f00_0000_0000n + BigInt(file) * 0x1_0000_0000n;
}

export interface Waits {
  /** After how many of the waits the files' functions are in the recording; after all of them, if not given. */
  readonly sealedAfter?: number;
}

/** The thread waits once for each of `stacks` (leaf first): (n + 1) ms for the nth. */
export function recordingOf(
  files: readonly MappedFile[],
  stacks: readonly (readonly FramePlace[])[],
  { sealedAfter = stacks.length }: Waits = {},
): Uint8Array {
  const sink = new MemorySink();
  const header = { startNs: start, startRealtimeNs: 1_767_225_600_000_000_000n, bootId: new Uint8Array(16).fill(9), cpus: 1 };
  const builder = new RecordingBuilder(sink.put, header, "smaller");
  builder.meta({ writer: "test", host: "later", streams: "switch", stackMinUs: "1" });
  const objects = files.map(({ path, buildId }) => builder.object({ kind: "File", path, buildId: Buffer.from(buildId, "hex") }));
  builder.tasks([{ time: start, kind: "Seen", tid: 101, pid: 101, parent: 1, startTime: start - second, comm: "waiter" }]);
  builder.maps(
    objects.map((object, file) => ({ time: start, pid: 101, start: baseOf(file), length: 0x1000_0000, fileOffset: 0, object })),
  );
  let time = start;
  const events = stacks.map((places, at) => {
    const addresses = places.map(({ file, offset }) => baseOf(file) + BigInt(offset));
    const userStack = builder.stack({ kind: "User", pid: 101, time: start, addresses });
    const out = (time += 1000);
    const back = (time += (at + 1) * 1_000_000);
    return [
      { time: out, prev: 101, next: 0, state: 1, nr: 0 },
      { time: back, prev: 0, next: 101, userStack },
    ];
  });
  const wait = (some: typeof events) => {
    if (some.length === 0) return;
    builder.switches(0, some.flat());
    builder.sync(some.at(-1)!.at(-1)!.time + 500);
  };
  wait(events.slice(0, sealedAfter));
  files.forEach((file, at) => seal(builder, objects[at]!, file));
  wait(events.slice(sealedAfter));
  builder.writer.end(Ended.Duration);
  return sink.bytes();
}

function seal(builder: RecordingBuilder, object: number, { functions }: MappedFile): void {
  if (functions === undefined) return;
  const bytes = wholeFileSegment();
  builder.sections([{ object, kind: SectionKind.ProgramHeaders, address: 0, total: bytes.length, offset: 0, bytes }]);
  const place = (name: string, at: number) => ({ object, name, address: BigInt(at * FunctionBytes), length: FunctionBytes, source: 1 });
  builder.objectSymbols(functions.map(place));
}
