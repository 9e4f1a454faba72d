// Live processes -> a recording with a dump of one thread of each: registers, stack, mappings and
// whole sections of what is mapped, as a recorder that keeps everything would write it.

import { execFileSync } from "node:child_process";
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { RecordingBuilder } from "../../recordings/build.js";
import { MemorySink } from "../../recordings/write.js";
import { sectionsOfElf } from "./elf.js";

const start = 1_000_000_000;
const registers = 17;
const stackPointer = 7;

interface Mapped {
  start: bigint;
  length: number;
  fileOffset: number;
  path: string;
}

function executableMappings(pid: number): Mapped[] {
  return readFileSync(`/proc/${pid}/maps`, "utf8")
    .split("\n")
    .map((line) => /^(\w+)-(\w+) ..x. (\w+) \S+ \d+ *(.*)$/.exec(line))
    .filter((match) => match !== null && !match[4]!.startsWith("[vsyscall]"))
    .map((match) => ({
      start: BigInt(`0x${match![1]}`),
      length: Number(BigInt(`0x${match![2]}`) - BigInt(`0x${match![1]}`)),
      fileOffset: parseInt(match![3]!, 16),
      path: match![4]!,
    }));
}

function memoryOf(pid: number, { start: from, length }: Mapped): Uint8Array {
  const bytes = new Uint8Array(length);
  const file = openSync(`/proc/${pid}/mem`, "r");
  readSync(file, bytes, 0, length, from);
  closeSync(file);
  return bytes;
}

/** `program` is dump-thread.c, built. */
function dumpOf(program: string, tid: number, bytesMax: number): { words: bigint[]; stack: bigint[] } {
  const bytes = execFileSync(program, [String(tid), String(bytesMax)], { maxBuffer: 1 << 20 });
  const all = Array.from({ length: bytes.length >> 3 }, (_, i) => bytes.readBigUInt64LE(i * 8));
  return { words: all.slice(0, registers), stack: all.slice(registers + 1) };
}

/** Of one thread of each process; `bytesMax` stack bytes at most. */
export function liveRecording(
  program: string,
  threads: readonly { pid: number; tid: number }[],
  bytesMax = 65536,
): Uint8Array {
  const sink = new MemorySink();
  const builder = new RecordingBuilder(sink.put, { startNs: start });
  const objects = new Map<string, number>();
  builder.tasks(threads.map(({ pid, tid }) => ({ time: start, kind: "Seen", tid, pid, comm: "live" })));
  const ids = threads.map((thread, i) => {
    const maps = executableMappings(thread.pid).map((mapped) => ({ ...mapped, object: objectOf(thread.pid, mapped) }));
    builder.maps(maps.map((map) => ({ ...map, time: start, pid: thread.pid })));
    dump(thread, i + 1);
    return i + 1;
  });
  threads.forEach(({ tid }, i) => {
    const time = start + 1_000_000 * (i + 1);
    builder.switches(i, [
      { time, prev: tid, next: 0, state: 1, nr: -1 },
      { time: time + 1000, prev: 0, next: tid, userStack: ids[i]! },
    ]);
  });
  builder.sync(start + 1_000_000_000);
  builder.writer.end();
  return sink.bytes();

  function objectOf(pid: number, mapped: Mapped): number {
    const { path } = mapped;
    if (path === "" || path.startsWith("[heap") || path.startsWith("/dev") || path.startsWith("//anon")) {
      return builder.object({ kind: "Anonymous", path });
    }
    const known = objects.get(path);
    if (known !== undefined) return known;
    const isVdso = path === "[vdso]";
    const object = builder.object({ kind: isVdso ? "Vdso" : "File", path });
    objects.set(path, object);
    builder.flushDefinitions();
    const file = isVdso ? memoryOf(pid, mapped) : new Uint8Array(readFileSync(`/proc/${pid}/root${path}`));
    for (const section of sectionsOfElf(object, file)) builder.sections([section]);
    return object;
  }

  function dump({ pid, tid }: { pid: number; tid: number }, id: number): void {
    const { words, stack } = dumpOf(program, tid, bytesMax);
    builder.userDumps([{ id, pid, time: start, registers: words, stackPointer: words[stackPointer]!, stack }]);
  }
}
