// What is sealed of a file, beside binutils: the entries of .eh_frame that random addresses need,
// byte for byte; the symbols that name them, chosen anew from readelf's lists; whole sections.

import { execFileSync } from "node:child_process";
import { readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { workload } from "../host.js";
import {
  ehFrameEntries,
  loadedSectionBytes,
  objectAddress,
  sectionBytes,
  sectionPlace,
  segments,
  symbols,
  SymbolChooser,
} from "./elf-peer.js";
import { endAll, temporaryDirectory } from "./recorder.js";
import { assemble, buildDriver, Kind, randomOffsets, runDriver, seal, Status } from "./seal-driver.js";

const Addresses = 2000;

/** Of this very process: node, with a large symbol table, and libraries that have none. */
function mappedFile(pattern: RegExp): string {
  const line = readFileSync("/proc/self/maps", "utf8").split("\n").find((each) => pattern.test(each));
  assert.ok(line, `${pattern} is mapped here`);
  return realpathSync(line!.slice(line!.indexOf("/")));
}

buildDriver();

const files = [/\/libc[.-]/, /\/libstdc\+\+/, /\/node$/, /\/ld-linux/];

for (const pattern of files) {
  const file = mappedFile(pattern);
  const loaded = segments(file);
  const offsets = randomOffsets(loaded, Addresses, 7);
  const sealed = seal("needed", file, offsets);

  test(`${file}: exactly the entries that cover the addresses, and the calls before them`, () => {
    const entries = ehFrameEntries(file);
    const looked = offsets
      .flatMap((offset) => [objectAddress(loaded, offset), objectAddress(loaded, offset - 1)])
      .filter((address) => address !== undefined)
      .sort((a, b) => a - b);
    const needed = new Set<number>();
    for (const { offset, fde } of entries) {
      if (fde === undefined || !anyWithin(looked, fde.from, fde.to)) continue;
      needed.add(offset);
      needed.add(fde.cie);
    }
    const { held, bytes } = assemble(sealed.parts, Kind.EhFrame);
    const expected = new Uint8Array(held.length);
    for (const { offset, end } of entries) if (needed.has(offset)) expected.fill(1, offset, end);
    assert.ok(needed.size > 200, `${needed.size} entries`);
    assert.ok(Buffer.from(held).equals(Buffer.from(expected)), "the parts are those entries");
    const whole = loadedSectionBytes(file, ".eh_frame");
    assert.is(bytes.length, whole.length);
    for (let at = 0; at < whole.length; at++) if (held[at] === 0) whole[at] = 0;
    assert.ok(bytes.equals(whole), "their bytes are the section's");
    assert.equal(sealed.passes, [{ status: Status.Ok, damaged: false, cut: false }]);
  });

  test(`${file}: the names that its tables give`, () => {
    const inSymtab = new SymbolChooser(symbols(file, ".symtab"));
    const inDynsym = new SymbolChooser(symbols(file, ".dynsym"));
    let named = 0;
    for (const offset of [...offsets].sort((a, b) => a - b)) {
      const address = objectAddress(loaded, offset)!;
      const fromSymtab = inSymtab.choose(address);
      const expected = fromSymtab ?? inDynsym.choose(address);
      const covering = sealed.symbols.filter((s) => s.address <= address && address < s.address + s.length);
      const last = covering.reduce<number>((latest, s) => (s.address > latest ? s.address : latest), -1);
      const found = covering.find((symbol) => symbol.address === last);
      assert.is(found?.name, expected?.name, `at ${address.toString(16)}`);
      if (found === undefined) continue;
      assert.is(found.source, fromSymtab === undefined ? 2 : 1);
      named++;
    }
    assert.ok(named > 50, `${named} of ${offsets.length} addresses have a name`);
  });

  test(`${file}: sealed in two passes it is the same, and nothing twice`, () => {
    const twice = seal("twice", file, offsets);
    assert.ok(assemble(twice.parts, Kind.EhFrame).bytes.equals(assemble(sealed.parts, Kind.EhFrame).bytes));
    const key = ({ source, address, name }: { source: number; address: number; name: string }) =>
      `${source} ${address} ${name}`;
    assert.equal(twice.symbols.map(key).sort(), sealed.symbols.map(key).sort());
    assert.is(twice.passes.length, 2);
  });
}

function anyWithin(sorted: readonly number[], from: number, to: number): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < from) low = middle + 1;
    else high = middle;
  }
  return low < sorted.length && sorted[low]! < to;
}

test("full: whole sections, .eh_frame without its terminator", () => {
  const file = workload("deep");
  const { parts, symbols: none } = seal("full", file, [segments(file).find((each) => each.executable)!.offset]);
  for (const [kind, name] of [
    [Kind.Symtab, ".symtab"],
    [Kind.Strtab, ".strtab"],
    [Kind.Dynsym, ".dynsym"],
    [Kind.Dynstr, ".dynstr"],
  ] as const) {
    const { bytes, held } = assemble(parts, kind);
    assert.ok(bytes.equals(sectionBytes(file, name)), name);
    assert.not(held.includes(0), name);
  }
  const { bytes, held } = assemble(parts, Kind.EhFrame);
  const whole = sectionBytes(file, ".eh_frame");
  assert.ok(bytes.equals(whole));
  assert.is(held.indexOf(0), whole.length - 4, "all but the last four bytes");
  assert.equal(none, []);
});

test("the program headers are the file's, and say where everything is", () => {
  const file = workload("deep");
  const { parts } = seal("needed", file, randomOffsets(segments(file), 200, 11));
  const { bytes } = assemble(parts, Kind.ProgramHeaders);
  const image = readFileSync(file);
  const at = Number(image.readBigUInt64LE(32));
  assert.ok(bytes.equals(image.subarray(at, at + image.readUInt16LE(56) * 56)));
  const eh = parts.find((part) => part.kind === Kind.EhFrame)!;
  assert.is(eh.address, sectionPlace(file, ".eh_frame").address);
});

test("a file without .symtab brings its .gnu_debugdata, one with does not", () => {
  const directory = temporaryDirectory();
  const [debugdata, stripped, both] = ["debugdata", "stripped", "both"].map((name) => join(directory, name));
  writeFileSync(debugdata!, Buffer.alloc(100_000, "not really xz "));
  const add = ["--add-section", `.gnu_debugdata=${debugdata}`];
  execFileSync("objcopy", [...add, "--strip-all", workload("deep"), stripped!]);
  execFileSync("objcopy", [...add, workload("deep"), both!]);
  const offsets = [segments(stripped!).find((each) => each.executable)!.offset];
  const { parts } = seal("needed", stripped!, offsets);
  assert.ok(assemble(parts, Kind.GnuDebugdata).bytes.equals(readFileSync(debugdata!)));
  assert.is(Math.max(...parts.map((part) => part.bytes.length)), 65_536);
  assert.not(seal("needed", both!, offsets).parts.some((part) => part.kind === Kind.GnuDebugdata));
});

test("a file without section headers still has its unwind information", () => {
  const file = join(temporaryDirectory(), "headless");
  const image = readFileSync(workload("deep"));
  image.writeBigUInt64LE(0n, 40); // e_shoff
  image.writeUInt16LE(0, 60); // e_shnum
  image.writeUInt16LE(0, 62); // e_shstrndx
  writeFileSync(file, image);
  const loaded = segments(workload("deep"));
  const offsets = randomOffsets(loaded, 50, 3);
  const [with_, without] = [workload("deep"), file].map((each) => assemble(seal("needed", each, offsets).parts, Kind.EhFrame));
  assert.ok(without!.bytes.subarray(0, with_!.bytes.length).equals(with_!.bytes));
});

test("the set of needed code: each once, objects before processes, owners told once", () => {
  const output = runDriver("code", undefined, "2 10 7 1000\n2 10 8 2000\n1 20 7 3000\n0 0 9 4000\n0 0 9 4000\n0 0 0 5\n2 8 7 998\n");
  assert.equal(output.trim().split("\n"), [
    "owner 2 7 1000",
    "owner 1 7 3000",
    "owner 0 9 4000",
    "row 0 1 20",
    "row 0 2 8",
    "row 0 2 10",
    "row 1 9 4000",
    "refused 0",
  ]);
  const many = Array.from({ length: 262_144 + 5 }, (_, i) => `1 ${(i * 16).toString(16)} 7 1\n`).join("");
  const rows = runDriver("code", undefined, many).trim().split("\n");
  assert.is(rows.filter((row) => row.startsWith("row")).length, 262_144);
  assert.is(rows.at(-1), "refused 5");
});

function names(how: "map" | "dump", bytes: string | Buffer, addresses: readonly number[]): string[] {
  const file = join(temporaryDirectory(), how);
  writeFileSync(file, bytes);
  return seal(how, file, addresses).symbols.map(
    ({ source, address, length, name }) => `${source} ${address.toString(16)} ${length.toString(16)} ${name}`,
  );
}

test("perf map: the last line that covers an address, in the order of the file", () => {
  const map = [
    "1000 100 first of this place",
    "0x2000 0x10 with 0x before its numbers",
    "3000 10 not asked for",
    "1080 10 later, and inside",
    "1000 40 later, and shorter",
    "not a line",
    "1000",
    "1000 zz",
    "5000 10 without a newline",
  ].join("\n");
  assert.equal(names("map", map, [0x1010, 0x1085, 0x10f0, 0x2000, 0x200f, 0x2010, 0x500f]), [
    "0 1000 100 first of this place",
    "0 2000 10 with 0x before its numbers",
    "0 1080 10 later, and inside",
    "0 1000 40 later, and shorter",
    "0 5000 10 without a newline",
  ]);
  assert.equal(names("map", "", [0x1000]), []);
  // Longer than what is read at a time, and lines across its borders.
  const long = Array.from({ length: 20_000 }, (_, i) => `${(i * 16).toString(16)} 10 function number ${i}\n`).join("");
  const asked = Array.from({ length: 200 }, (_, i) => i * 1600 + 5);
  assert.equal(
    names("map", long, asked),
    asked.map((at) => `0 ${(at - 5).toString(16)} 10 function number ${Math.floor(at / 16)}`),
  );
  assert.is(names("map", `1000 10 ${"x".repeat(9000)}`, [0x1000])[0]!.length, "0 1000 10 ".length + 4192);
});

/** A jitdump of code that was loaded, and other records between. */
function jitdump(loads: readonly { time: bigint; address: bigint; length: bigint; name: string }[], flags = 0n): Buffer {
  const header = Buffer.alloc(40);
  header.writeUInt32LE(0x4a695444, 0);
  header.writeUInt32LE(1, 4);
  header.writeUInt32LE(40, 8);
  header.writeBigUInt64LE(flags, 32);
  const other = Buffer.alloc(24);
  other.writeUInt32LE(2, 0); // JIT_CODE_DEBUG_INFO
  other.writeUInt32LE(24, 4);
  const records = loads.flatMap(({ time, address, length, name }) => {
    const text = Buffer.from(`${name}\0`);
    const record = Buffer.alloc(56 + text.length + Number(length));
    record.writeUInt32LE(record.length, 4);
    record.writeBigUInt64LE(time, 8);
    record.writeBigUInt64LE(address, 32);
    record.writeBigUInt64LE(length, 40);
    text.copy(record, 56);
    return [other, record];
  });
  return Buffer.concat([header, ...records]);
}

test("jitdump: every load that covers an address, with its time", () => {
  const loads = [
    { time: 10n, address: 0x1000n, length: 0x40n, name: "old(int)" },
    { time: 20n, address: 0x2000n, length: 0x40n, name: "elsewhere" },
    { time: 30n, address: 0x1000n, length: 0x80n, name: "new(int)" },
  ];
  assert.equal(names("dump", jitdump(loads), [0x1010, 0x1070]), ["10 1000 40 old(int)", "30 1000 80 new(int)"]);
  assert.equal(names("dump", jitdump(loads, 1n), [0x1070]), ["0 1000 80 new(int)"], "times of another clock");
  const whole = jitdump(loads);
  for (let bytes = 0; bytes < whole.length; bytes += 7) names("dump", whole.subarray(0, bytes), [0x1010, 0x1070]);
  for (let at = 0; at + 4 <= whole.length; at += 4) {
    for (const value of [0, 1, 0x80000000, 0xffffffff]) {
      if ((at / 4) % 4 !== value % 4) continue;
      const hostile = Buffer.from(whole);
      hostile.writeUInt32LE(value, at);
      names("dump", hostile, [0x1010, 0x1070]);
    }
  }
});

test.after(endAll);
test.run();
