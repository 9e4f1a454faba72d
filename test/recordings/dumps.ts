// A small recording with dumps: a program of three functions whose unwind information was made by
// hand, its sections, a symbol table and what else names frames. For tests that go through a
// recording byte by byte.
//
//   leaf 0x1000  CFA = rsp+16, rip at CFA-8, rbx at CFA-16
//   mid  0x1100  CFA by expression: rsp+32, rip at CFA-8
//   main 0x1200  rip undefined: here the thread began

import * as format from "../oracle/format.js";
import { RecordingBuilder } from "./build.js";
import { MemorySink, type Compression } from "./write.js";

const start = 5_000_000_000;
const base = 0x55_0000_0000n;
const stackPointer = 0x7ffc_0000_1000n;
const frameAddress = 0x2000;

/** A length, a word and bytes, padded to eight with DW_CFA_nop. */
function entry(word: number, bytes: readonly number[]): number[] {
  const padded = [...bytes];
  while ((padded.length + 8) % 8 !== 0) padded.push(0);
  return [...u32(padded.length + 4), ...u32(word), ...padded];
}

function u32(value: number): number[] {
  return [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, (value >>> 24) & 255];
}

/** One CIE (zR, pointers relative to their place) and its FDEs. */
function ehFrame(functions: readonly { address: number; length: number; instructions: readonly number[] }[]): Uint8Array {
  // version 1, "zR", code 1, data -8, return address 16, pcrel|sdata4; CFA = rsp+8, rip at CFA-8
  const bytes = entry(0, [1, 0x7a, 0x52, 0, 1, 0x78, 16, 1, 0x1b, 0x0c, 7, 8, 0x90, 1]);
  for (const { address, length, instructions } of functions) {
    const at = bytes.length;
    const place = frameAddress + at + 8;
    bytes.push(...entry(at + 4, [...u32(address - place), ...u32(length), 0, ...instructions]));
  }
  return Uint8Array.from(bytes);
}

function programHeaders(): Uint8Array {
  const view = new DataView(new ArrayBuffer(56));
  view.setUint32(0, 1, true); // PT_LOAD, all of the first 64 KiB
  view.setBigUint64(32, 0x10000n, true);
  return new Uint8Array(view.buffer);
}

function symbols(list: readonly { name: number; info: number; address: number; size: number }[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(24 * (list.length + 1)));
  list.forEach(({ name, info, address, size }, i) => {
    const at = 24 * (i + 1);
    view.setUint32(at, name, true);
    view.setUint8(at + 4, info);
    view.setUint16(at + 6, 1, true);
    view.setBigUint64(at + 8, BigInt(address), true);
    view.setBigUint64(at + 16, BigInt(size), true);
  });
  return new Uint8Array(view.buffer);
}

const registersAt = (ip: bigint, fp: bigint): bigint[] => {
  const registers = Array.from({ length: 17 }, () => 0n);
  registers[6] = fp;
  registers[7] = stackPointer;
  registers[16] = ip;
  return registers;
};

export function dumpsRecording(compression: Compression = "smaller"): Uint8Array {
  const sink = new MemorySink();
  const builder = new RecordingBuilder(sink.put, { startNs: start, cpus: 1 }, compression);
  const program = builder.object({ kind: "File", path: "/bin/dumped" });
  const jit = builder.object({ kind: "Anonymous", path: "" });
  builder.tasks([{ time: start, kind: "Seen", tid: 101, pid: 101, comm: "dumped" }]);
  builder.maps([
    { time: start, pid: 101, start: base, length: 0x10000, object: program },
    { time: start, pid: 101, start: 0x7f00_0000_0000n, length: 0x1000, object: jit },
  ]);
  const section = (kind: number, bytes: Uint8Array, address = 0) => {
    return { object: program, kind, address, total: bytes.length, offset: 0, bytes };
  };
  const { ProgramHeaders, EhFrame, Symtab, Strtab } = format.SectionKind;
  builder.sections([
    section(ProgramHeaders, programHeaders()),
    section(
      EhFrame,
      ehFrame([
        { address: 0x1000, length: 0x100, instructions: [0x44, 0x0e, 16, 0x83, 2, 0x0a, 0x48, 0x0e, 8, 0x0b] },
        { address: 0x1100, length: 0x100, instructions: [0x0f, 4, 0x77, 8, 0x23, 24] },
        { address: 0x1200, length: 0x100, instructions: [0x07, 16] },
      ]),
      frameAddress,
    ),
    section(Symtab, symbols([{ name: 1, info: 0x12, address: 0x1000, size: 0x100 }, { name: 6, info: 0, address: 0x1200, size: 0 }, { name: 11, info: 2, address: 0x1300, size: 0 }])),
    section(Strtab, Buffer.from("\0leaf\0main\0end\0")),
  ]);
  builder.objectSymbols([{ object: program, address: 0x1100n, length: 0x100, name: "mid", source: 1 }]);
  const place = (name: string, line: number, file = "/src/dumped.c") => ({ name, file, line });
  builder.sourceFrames([
    { object: program, address: 0x1010n, functions: [place("innermost", 3), place("", 9, ""), place("leaf_as_written", 20)] },
    { object: program, address: 0x114fn, functions: [place("", 40)] },
    { object: program, address: 0x1150n, functions: [place("not a call", 41)] },
    { object: program, address: 0x1010n, functions: [place("too late", 1)] },
  ]);
  builder.processSymbols([{ pid: 101, time: 0, address: 0x7f00_0000_0000n, length: 0x100, name: "jitted" }]);
  writeStacks(builder);
  builder.sync(start + 1_000_000);
  builder.writer.end();
  return sink.bytes();
}

/** Complete; truncated in main's caller by frame pointer; by frame pointers out of a JIT's code; broken. */
function writeStacks(builder: RecordingBuilder): void {
  const dump = (id: number, ip: bigint, fp: bigint, stack: readonly bigint[]) => {
    return { id, pid: 101, time: start, registers: registersAt(ip, fp), stackPointer, stack };
  };
  const returnToMid = base + 0x1150n;
  const returnToMain = base + 0x1210n;
  builder.userDumps([
    dump(1, base + 0x1010n, 0n, [0n, returnToMid, 0n, 0n, 0n, returnToMain, 0n]),
    dump(2, base + 0x1010n, 0n, [0n, returnToMid, 0n]),
    dump(3, 0x7f00_0000_0010n, stackPointer + 8n, [0n, stackPointer + 24n, returnToMain, 0n]),
    dump(4, base + 0x8000n, 4n, [0n]),
  ]);
  builder.snapshots([{ time: start + 1000, thread: 101, state: 1, nr: 34, userStack: 1 }]);
  builder.switches(
    0,
    [1, 2, 3, 4].flatMap((id) => [
      { time: start + 10_000 * id, prev: 0, next: 101, userStack: id === 1 ? 0 : id },
      { time: start + 10_000 * id + 100, prev: 101, next: 0, state: 1, nr: 34 },
    ]),
  );
  builder.snapshots([{ time: start + 900_000, thread: 101, state: 1, nr: 34, userStack: 1 }]);
}
