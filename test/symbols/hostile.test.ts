// Objects that something happened to, or that somebody made to do harm: every truncation, every byte
// changed, sections that claim too much. Each ends in an answer or a refusal, in bounded time and
// memory, and never in a trap. The seed of what is drawn is printed where it fails; SEED sets it.

import { deflateSync } from "node:zlib";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FormatError } from "../../analyzer/errors.js";
import { openSymbols, type CompiledSymbolizer } from "../../analyzer/symbolizer.js";
import { Random } from "../recordings/random.js";
import { drawAddresses } from "./oracles.js";
import { framesText, localSymbolizerModule, sectionOf, Workshop } from "./programs.js";

const test = suite("symbols/hostile");
const workshop = new Workshop();
const seed = Number(process.env["SEED"] ?? "1");
let compiled: CompiledSymbolizer;
test.before(async () => {
  compiled = await localSymbolizerModule();
  workshop.write("small.c", source);
});
test.after(() => workshop.remove());

/** Inlined functions, a range list, two units' worth of names: little of each. */
const source = `
extern int other(int);
static inline __attribute__((always_inline)) int leaf(int x) { return other(x) * 3; }
static inline __attribute__((always_inline)) int middle(int x) { return leaf(x) + (x > 3 ? leaf(x + 1) : 0); }
int run(int x) { return x > 9 ? middle(x) : other(x) + middle(2); }
__attribute__((cold, noinline)) int rare(int x) { return middle(x); }
`;

/** As small as they get: an object is opened anew for each of their bytes. */
function small(...options: readonly string[]): Uint8Array {
  workshop.run("clang", "--target=x86_64-linux-gnu", "-O2", "-fPIC", "-ffreestanding", ...options, "-c", "-o", "small.o", "small.c");
  workshop.run("ld.lld", "-shared", "--hash-style=gnu", "-z", "noseparate-code", "-o", "small.so", "small.o");
  return workshop.read("small.so");
}

/** Whatever comes of it, but a trap: those are WebAssembly.RuntimeError, which is no FormatError. */
function ask(bytes: Uint8Array, addresses: readonly bigint[], what: string): void {
  try {
    const symbols = openSymbols(compiled, bytes, { memoryBytesMax: 64 * 2 ** 20 });
    const answers = symbols.lookup(addresses);
    assert.is(answers.addressCount, addresses.length);
    symbols.lookup(addresses, "file");
    void symbols.warnings;
  } catch (error) {
    const isAnswer = error instanceof FormatError || /needs more memory/.test((error as Error).message);
    assert.ok(isAnswer, `${what}, SEED=${seed}: ${String(error)}`);
  }
}

for (const version of ["-gdwarf-4", "-gdwarf-5"]) {
  test(`every truncation, ${version}`, () => {
    const bytes = small(version);
    const addresses = drawAddresses(workshop.path("small.so"), 12);
    for (let length = 0; length <= bytes.length; length++) ask(bytes.subarray(0, length), addresses, `first ${length} bytes`);
  });

  test(`every byte changed, ${version}`, () => {
    const bytes = small(version).slice();
    const addresses = drawAddresses(workshop.path("small.so"), 12);
    const random = new Random(seed);
    for (let at = 0; at < bytes.length; at++) {
      const before = bytes[at]!;
      const value = random.pick([before ^ 0x01, before ^ 0x80, 0xff, random.between(0, 255)]);
      bytes[at] = value;
      ask(bytes, addresses, `byte ${at} from ${before} to ${value}`);
      bytes[at] = before;
    }
  });
}

test("several bytes changed in a relocatable object", () => {
  small("-gdwarf-5");
  const whole = workshop.read("small.o");
  const random = new Random(seed);
  const addresses = [0n, 8n, 20n, 40n, 80n, 2n ** 63n, 2n ** 64n - 1n];
  for (let round = 0; round < 3000; round++) {
    const bytes = whole.slice();
    for (let left = random.between(1, 6); left > 0; left--) bytes[random.between(0, bytes.length - 1)] = random.between(0, 255);
    ask(bytes, addresses, `round ${round}`);
  }
});

/** A file with one section's bytes exchanged for others, appended; its flags too, if given. */
function withSection(bytes: Uint8Array, name: string, content: Uint8Array, flags?: bigint): Uint8Array {
  const headers = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const at = Number(headers.getBigUint64(40, true));
  const { offset } = sectionOf(workshop, "small.so", name);
  const changed = Buffer.concat([bytes, content]);
  const view = new DataView(changed.buffer, changed.byteOffset, changed.length);
  for (let header = at; header < at + 64 * headers.getUint16(60, true); header += 64) {
    if (Number(headers.getBigUint64(header + 24, true)) !== offset || headers.getUint32(header + 4, true) !== 1) continue;
    view.setBigUint64(header + 24, BigInt(bytes.length), true);
    view.setBigUint64(header + 32, BigInt(content.length), true);
    if (flags !== undefined) view.setBigUint64(header + 8, flags, true);
  }
  return changed;
}

function packed(type: number, claimedBytes: bigint, stream: Uint8Array): Uint8Array {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(type, 0);
  header.writeBigUInt64LE(claimedBytes, 8);
  header.writeBigUInt64LE(1n, 16);
  return Buffer.concat([header, stream]);
}

const Compressed = 0x800n;

test("compressed sections: any level unpacks, and what lies about itself is said", () => {
  const bytes = small("-gdwarf-5");
  const { offset, lengthBytes } = sectionOf(workshop, "small.so", ".debug_info");
  const info = bytes.subarray(offset, offset + lengthBytes);
  const addresses = drawAddresses(workshop.path("small.so"), 30);
  const expected = framesText(openSymbols(compiled, bytes), addresses);
  assert.ok(expected.some((text) => text.startsWith("leaf ")));
  for (const level of [0, 1, 6, 9]) {
    for (const strategy of [0, 2, 3, 4]) {
      const stream = deflateSync(info, { level, strategy });
      const symbols = openSymbols(compiled, withSection(bytes, ".debug_info", packed(1, BigInt(info.length), stream), Compressed));
      assert.equal(framesText(symbols, addresses), expected, `level ${level} strategy ${strategy}`);
    }
  }
  const stream = deflateSync(info);
  const lies: readonly [Uint8Array, string][] = [
    [packed(1, BigInt(info.length) + 1n, stream), "x has a .debug_info that does not unpack, and is not read"],
    [packed(1, 2n ** 63n, stream), "x has a .debug_info that does not unpack, and is not read"],
    [packed(1, BigInt(info.length), stream.subarray(0, -1)), "x has a .debug_info that does not unpack, and is not read"],
    [packed(1, BigInt(info.length), Buffer.concat([stream.subarray(0, -1), Buffer.from([1])])), "x has a .debug_info that does not unpack, and is not read"],
    [packed(2, BigInt(info.length), stream), "x has a section compressed with zstd, which is not read here: unpack with objcopy --decompress-debug-sections"],
  ];
  for (const [content, sentence] of lies) {
    const symbols = openSymbols(compiled, withSection(bytes, ".debug_info", content, Compressed), { name: "x" });
    assert.ok(framesText(symbols, addresses).every((text) => /^(?:run|rare)$/.test(text)), sentence);
    assert.equal(symbols.warnings, [sentence]);
  }
  const random = new Random(seed);
  for (let round = 0; round < 2000; round++) {
    const broken = stream.slice();
    broken[random.between(0, broken.length - 1)] = random.between(0, 255);
    ask(withSection(bytes, ".debug_info", packed(1, BigInt(info.length), broken), Compressed), addresses, `stream ${round}`);
  }
});

test("a stream long enough for every kind of block", () => {
  // Strings are padded with what compresses in all ways: the section before it must come out whole.
  const bytes = small("-gdwarf-5");
  const { offset, lengthBytes } = sectionOf(workshop, "small.so", ".debug_info");
  const addresses = drawAddresses(workshop.path("small.so"), 30);
  const expected = framesText(openSymbols(compiled, bytes), addresses);
  const random = new Random(seed);
  const words = Array.from({ length: 300 }, () => Buffer.from(Array.from({ length: random.between(1, 90) }, () => random.between(0, 255))));
  const pieces: Buffer[] = [];
  for (let length = 0; length < 3_000_000; ) {
    const piece = random.chance(0.1) ? Buffer.alloc(random.between(1, 3000), random.between(0, 255)) : random.pick(words);
    pieces.push(piece);
    length += piece.length;
  }
  // A unit's header ahead of it makes the padding one unit of an unknown version, to be skipped.
  const padding = Buffer.concat(pieces);
  const header = Buffer.alloc(6);
  header.writeUInt32LE(padding.length + 2, 0);
  header.writeUInt16LE(99, 4);
  const info = Buffer.concat([bytes.subarray(offset, offset + lengthBytes), header, padding]);
  for (const level of [1, 6, 9]) {
    const symbols = openSymbols(compiled, withSection(bytes, ".debug_info", packed(1, BigInt(info.length), deflateSync(info, { level })), Compressed), { name: "x" });
    assert.equal(framesText(symbols, addresses), expected);
    assert.equal(symbols.warnings, ["x has 1 unit of DWARF 99, which is not read"]);
  }
});

const MillisecondsMax = 1000;

/** Assembles what is written by hand: code, `run`, and sections of debug information. */
function assembled(debugSections: string): Uint8Array {
  const code = `
  .section .text,"ax"
  .globl run
  .type run, @function
run: .skip 4096, 0x90
  .size run, . - run
`;
  workshop.write("written.s", code + debugSections);
  workshop.run("clang", "--target=x86_64-linux-gnu", "-c", "written.s");
  return workshop.read("written.o");
}

/** Every file of a size is answered in about the same time: what could multiply is bounded, and said. */
function assertBounded(bytes: Uint8Array, warnings: readonly string[], what: string): void {
  const begun = performance.now();
  const symbols = openSymbols(compiled, bytes, { name: "x", memoryBytesMax: 256 * 2 ** 20 });
  assert.equal(framesText(symbols, [8]), ["run"], what);
  const milliseconds = performance.now() - begun;
  assert.ok(milliseconds < MillisecondsMax, `${what}: ${milliseconds} ms`);
  assert.equal(symbols.warnings, warnings, what);
}

/** A unit of `count` functions which all have one list of `ranges` ranges, `lengthBytes` each. */
function sharedLists(count: number, ranges: number, lengthBytes: number): string {
  return `
  .section .debug_abbrev
  .byte 1, 0x11, 1, 0x11, 1, 0, 0
  .byte 2, 0x2e, 0, 0x55, 0x17, 0, 0, 0
  .section .debug_info
  .long end - begin
begin: .short 4
  .long .debug_abbrev
  .byte 8, 1
  .quad run
  .rept ${count}
  .byte 2
  .long .debug_ranges
  .endr
  .byte 0
end:
  .section .debug_ranges
  .set at, 1
  .rept ${ranges}
  .quad at, at + ${lengthBytes}
  .set at, at + 2
  .endr
  .quad 0, 0
`;
}

test("lists that everybody refers to do not multiply", () => {
  const warnings = ["x has more address ranges than are read"];
  for (const lengthBytes of [1, 0]) assertBounded(assembled(sharedLists(200_000, 2000, lengthBytes)), warnings, `ranges of ${lengthBytes}`);
});

test("tables of abbreviations that overlap do not multiply", () => {
  const sections = `
  .section .debug_abbrev
  .rept 20000
  .byte 2, 0x2e, 0, 0, 0
  .endr
  .byte 0
  .section .debug_info
  .set at, 0
  .rept 20000
  .long 8
  .short 4
  .long .debug_abbrev + at
  .byte 8, 1
  .set at, at + 5
  .endr
`;
  const warnings = ["x has 20000 units of damaged debug information, read as far as they go", "x has more abbreviations than are read"];
  assertBounded(assembled(sections), warnings, "20,000 tables");
});

test("attributes that take no bytes do not multiply", () => {
  const sections = `
  .section .debug_abbrev
  .byte 1, 0x11, 1, 0, 0
  .byte 2, 0x2e, 0, 0x11, 1
  .rept 50000
  .byte 0x3f, 0x19
  .endr
  .byte 0, 0
  .byte 3, 0x2e, 0
  .rept 50000
  .byte 0x3f, 0x19
  .endr
  .byte 0x11, 0x1b, 0, 0, 0
  .section .debug_info
  .long end - begin
begin: .short 4
  .long .debug_abbrev
  .byte 8, 1
  .rept 500000
  .byte 3, 0
  .endr
  .byte 0
end:
`;
  assertBounded(assembled(sections), ["x has 1 unit of damaged debug information, read as far as it goes"], "50,000 attributes");
});

/** An object with `count` section headers, all of one type and of the same bytes. */
function sameBytes(type: number, count: number, flags: bigint, content: Uint8Array): Uint8Array {
  const object = assembled("");
  const view = new DataView(object.buffer, object.byteOffset, object.length);
  const [headersAt, headers] = [Number(view.getBigUint64(40, true)), view.getUint16(60, true)];
  const table = Buffer.alloc(64 * (headers + count));
  table.set(object.subarray(headersAt, headersAt + 64 * headers));
  for (let at = 64 * headers; at < table.length; at += 64) {
    table.writeUInt32LE(type, at + 4);
    table.writeBigUInt64LE(flags, at + 8);
    table.writeBigUInt64LE(BigInt(object.length), at + 24);
    table.writeBigUInt64LE(BigInt(content.length), at + 32);
  }
  const bytes = Buffer.concat([object, content, table]);
  bytes.writeBigUInt64LE(BigInt(object.length + content.length), 40);
  bytes.writeUInt16LE(headers + count, 60);
  return bytes;
}

test("headers of the same bytes do not multiply", () => {
  const notes = Buffer.alloc(1_200_000);
  const slots = Buffer.alloc(1_200_000);
  for (let at = 0; at < slots.length; at += 24) slots.writeUInt32LE(6, at + 8), slots.writeUInt32LE(1, at + 12);
  assertBounded(sameBytes(7, 50_000, 2n, notes), [], "notes");
  assertBounded(sameBytes(4, 50_000, 2n, slots), [], "relocations");
});

test.run();
