// Names by the symbol tables of ELF objects, without debug information: which of several names an
// address gets, beside elfutils; slots of linkage tables, beside objdump; unpacked .gnu_debugdata,
// sections one by one, 32 bits, relocatable objects; what an object says of its debug files; refusals.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FormatError } from "../../analyzer/errors.js";
import { openSymbols, type CompiledSymbolizer } from "../../analyzer/symbolizer.js";
import { Random } from "../recordings/random.js";
import { drawAddresses, elfutilsSymbols } from "./oracles.js";
import { framesText, localSymbolizerModule, sectionOf, Workshop } from "./programs.js";

const test = suite("symbols/elf");
const workshop = new Workshop();
let compiled: CompiledSymbolizer;
test.before(async () => {
  compiled = await localSymbolizerModule();
  workshop.write("aliases.s", aliases);
  workshop.run("clang", "--target=x86_64-linux-gnu", "-c", "aliases.s");
  workshop.run("ld.lld", "-shared", "--build-id=0x0123456789abcdef", "-o", "aliases.so", "aliases.o");
  workshop.write("calls.c", calls);
});
test.after(() => workshop.remove());

/** Sixteen bytes of several names, a function in a function, labels, and a short name in a long one. */
const aliases = `
  .text
  .type global_function, @function
  .type weak_function, @function
  .type local_function, @function
  .globl global_function, untyped
  .weak weak_function
global_function: weak_function: local_function: untyped:
  .skip 16, 0x90
  .size global_function, 16
  .size weak_function, 16
  .size local_function, 16
  .size untyped, 16
  .globl inner
  .type outer, @function
  .type inner, @function
outer: .skip 8, 0x90
inner: .skip 8, 0x90
  .size inner, 8
label_in_outer: .skip 8, 0x90
  .size outer, . - outer
  .skip 8, 0x90
free_label: .skip 8, 0x90
  .globl short_one
  .weak long_one
  .type short_one, @function
  .type long_one, @function
long_one: short_one: .skip 16, 0x90
  .size short_one, 8
  .size long_one, 16
last_label: .skip 4, 0x90
`;

const calls = `
extern int puts(const char *);
extern int other(int);
static int helper(int x) { return other(x) * 3; }
int (*volatile taken)(int) = other;
int run(int x) { puts("x"); return helper(x) + taken(1); }
`;

test("which name an address gets", () => {
  const { address } = sectionOf(workshop, "aliases.so", ".text");
  const symbols = openSymbols(compiled, workshop.read("aliases.so"));
  const expected: readonly [number, string][] = [
    [0x00, "global_function"],
    [0x0f, "global_function"],
    [0x10, "outer"],
    [0x18, "inner"],
    [0x20, "outer"],
    [0x27, "outer"],
    [0x28, ""], // a label lies before it, but in outer, which has ended
    [0x30, "free_label"],
    [0x37, "free_label"],
    [0x38, "short_one"],
    [0x3f, "short_one"],
    [0x40, "long_one"],
    [0x48, "last_label"],
    [0x4b, "last_label"],
    [0x4c, ""], // behind the section
  ];
  const addresses = expected.map(([offset]) => address + BigInt(offset));
  assert.equal(framesText(symbols, addresses), expected.map(([, name]) => name));
  const inside = expected.filter(([, name]) => name !== "").map(([offset]) => address + BigInt(offset));
  assert.equal(framesText(symbols, inside), elfutilsSymbols(workshop.path("aliases.so"), inside));
  const [frame] = symbols.lookup([address + 0x41n]).framesOf(0);
  assert.equal([frame!.symbolStart - address, frame!.symbolBytes, frame!.nameSource], [0x38n, 16n, "symtab"]);
  assert.is(symbols.buildId, "0123456789abcdef");
});

test("symbols of a large library, beside elfutils", () => {
  const path = spawnSync("gcc", ["-print-file-name=libc.so.6"], { encoding: "utf8" }).stdout.trim();
  const symbols = openSymbols(compiled, readFileSync(path));
  const addresses = drawAddresses(path, 3000, 7, true);
  const answers = symbols.lookup(addresses);
  const expected = elfutilsSymbols(path, addresses);
  const different = addresses.flatMap((address, at) => {
    const mine = answers.framesOf(at)[0];
    return mine?.name === expected[at] ? [] : [`${address.toString(16)}: ${mine?.name} | ${expected[at]}`];
  });
  assert.equal(different.slice(0, 5), []);
  assert.is(answers.framesOf(0)[0]!.nameSource, "dynsym");
});

const linkings: readonly (readonly string[])[] = [
  ["gcc", "-fcf-protection=full", "-Wl,-z,lazy"],
  ["gcc", "-fcf-protection=none", "-Wl,-z,now"],
  ["clang", "-fuse-ld=lld", "-Wl,-z,lazy"],
  ["clang", "-fuse-ld=lld", "-Wl,-z,now"],
];

test("slots of linkage tables, beside objdump", () => {
  for (const [compiler, ...options] of linkings) {
    workshop.run(compiler!, "-O1", "-fPIC", "-shared", ...options, "-o", "calls.so", "calls.c");
    assertSlots("objdump", options.join(" "));
  }
});

test("slots of aarch64's linkage tables", () => {
  workshop.run("clang", "--target=aarch64-linux-gnu", "-O1", "-fPIC", "-ffreestanding", "-c", "-o", "calls.o", "calls.c");
  workshop.run("ld.lld", "-shared", "-o", "calls.so", "calls.o");
  assertSlots("llvm-objdump", "aarch64");
});

function assertSlots(objdump: string, what: string): void {
  const listing = workshop.run(objdump, "-d", "calls.so");
  const slots = [...listing.matchAll(/^([0-9a-f]+) <(\w+)@plt>:/gm)].map(([, address, name]) => ({
    address: BigInt(`0x${address!}`),
    name: `${name!}@plt`,
  }));
  assert.equal(slots.map(({ name }) => name).filter((name) => /puts|other/.test(name)).sort(), ["other@plt", "puts@plt"], what);
  const answers = openSymbols(compiled, workshop.read("calls.so")).lookup(slots.map(({ address }) => address + 3n));
  for (const [at, { name }] of slots.entries()) {
    const [frame] = answers.framesOf(at);
    assert.equal([frame?.name, frame?.nameSource], [name, "plt"], what);
  }
}

test(".gnu_debugdata, unpacked by whoever can", () => {
  workshop.run("gcc", "-O1", "-fPIC", "-shared", "-o", "calls.so", "calls.c");
  const { address } = sectionOf(workshop, "calls.so", ".text");
  const whole = openSymbols(compiled, workshop.read("calls.so"));
  const addresses = Array.from({ length: sectionOf(workshop, "calls.so", ".text").lengthBytes }, (_, at) => address + BigInt(at));
  workshop.run("objcopy", "-S", "--keep-symbol=helper", "calls.so", "mini.so");
  workshop.run("objcopy", "--only-keep-debug", "mini.so", "mini.debugdata");
  workshop.write("packed", "not really xz");
  workshop.run("objcopy", "-S", "--add-section", ".gnu_debugdata=packed", "calls.so", "stripped.so");
  const object = workshop.read("stripped.so");
  const stripped = openSymbols(compiled, object);
  assert.is(Buffer.from(stripped.packedDebugData!).toString(), "not really xz");
  assert.is(whole.packedDebugData, undefined);
  const names = (frames: readonly string[]) => frames.map((name) => (/^(?:helper|run)$/.test(name) ? name : ""));
  const expected = names(framesText(whole, addresses));
  assert.ok(expected.includes("run"));
  assert.equal(names(framesText(openSymbols(compiled, { object, debugData: workshop.read("mini.debugdata") }), addresses)), expected);
  assert.equal(names(framesText(stripped, addresses)), expected.map((name) => (name === "helper" ? "" : name)));
});

test("sections one by one say what their file does", () => {
  workshop.run("gcc", "-g", "-O2", "-fPIC", "-shared", "-o", "calls.so", "calls.c");
  const bytes = workshop.read("calls.so");
  const section = (name: string) => {
    const { offset, lengthBytes } = sectionOf(workshop, "calls.so", name);
    return bytes.subarray(offset, offset + lengthBytes);
  };
  const headers = new DataView(bytes.buffer, bytes.byteOffset);
  const programHeadersAt = Number(headers.getBigUint64(32, true));
  const sections = {
    elfHeader: bytes.subarray(0, 64),
    programHeaders: bytes.subarray(programHeadersAt, programHeadersAt + 56 * headers.getUint16(56, true)),
    symtab: section(".symtab"),
    strtab: section(".strtab"),
    debugInfo: section(".debug_info"),
    debugAbbrev: section(".debug_abbrev"),
    debugStr: section(".debug_str"),
    debugLineStr: section(".debug_line_str"),
    debugLine: section(".debug_line"),
    debugAranges: section(".debug_aranges"),
    debugRnglists: section(".debug_rnglists"),
  };
  const addresses = drawAddresses(workshop.path("calls.so"), 200);
  const whole = openSymbols(compiled, bytes);
  assert.equal(framesText(openSymbols(compiled, sections), addresses), framesText(whole, addresses));
  const { symtab, strtab } = sections;
  const run = addresses.find((_, at) => framesText(whole, addresses)[at]!.startsWith("run "))!;
  assert.equal(framesText(openSymbols(compiled, { symtab, strtab }), [run]), ["run"]);
  assert.throws(() => openSymbols(compiled, { symtab, object: bytes } as never), (error: Error) =>
    error.message === "the object cannot be loaded beside what is loaded: a file, or sections, not both");
});

test("32 bits, and code in several sections of a relocatable object", () => {
  workshop.write("small.c", "extern int other(int);\nint first(int x) { return other(x) + 1; }\n__attribute__((section(\".init.text\"))) int init(int x) { return x; }\nint second(int x) { return other(x) + 2; }\n");
  workshop.run("clang", "--target=i386-linux-gnu", "-O1", "-ffreestanding", "-fPIC", "-c", "-o", "small32.o", "small.c");
  workshop.run("ld.lld", "-shared", "-o", "small32.so", "small32.o");
  const shared = openSymbols(compiled, workshop.read("small32.so"));
  const addresses = drawAddresses(workshop.path("small32.so"), 100);
  assert.equal(framesText(shared, addresses), elfutilsSymbols(workshop.path("small32.so"), addresses));
  for (const target of ["i386-linux-gnu", "x86_64-linux-gnu", "aarch64-linux-gnu"]) {
    workshop.run("clang", `--target=${target}`, "-O1", "-ffunction-sections", "-c", "-o", "small.o", "small.c");
    const symbols = openSymbols(compiled, workshop.read("small.o"));
    const places = [".text.first", ".init.text", ".text.second"].map((name) => symbols.sectionAddress(name)!);
    assert.equal(framesText(symbols, places), ["first", "init", "second"], target);
    assert.equal([symbols.sectionAddress(".text"), symbols.sectionAddress(".none")], [0n, undefined], target);
    assert.ok(places[1]! > places[2]!, "what is thrown away comes last");
  }
});

test("what an object says of its debug files", () => {
  workshop.run("gcc", "-g", "-O1", "-fPIC", "-shared", "-Wl,--build-id=0xfeed", "-o", "calls.so", "calls.c");
  workshop.run("objcopy", "--only-keep-debug", "calls.so", "calls.debug");
  workshop.run("objcopy", "-S", "--add-gnu-debuglink=calls.debug", "calls.so", "linked.so");
  const object = workshop.read("linked.so");
  const debug = workshop.read("calls.debug");
  const symbols = openSymbols(compiled, { object, debug });
  assert.is(symbols.buildId, "feed");
  assert.equal(symbols.debugLink, { name: "calls.debug", crc: crcOf(debug) });
  assert.is(symbols.altLink, undefined);
  symbols.lookup([0]);
  assert.equal(symbols.warnings, []);
  const stranger = openSymbols(compiled, { object: workshop.read("aliases.so"), debug }, { name: "x.so" });
  stranger.lookup([0]);
  assert.equal(stranger.warnings, ["the debug file of x.so is of another build (its build id differs): its lines may be wrong"]);
});

function crcOf(bytes: Uint8Array): number {
  if (typeof crc32 === "function") return crc32(bytes);
  return bytes.reduce((crc, byte) => {
    let value = crc ^ byte;
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (0xedb88320 & -(value & 1));
    return value;
  }, -1) ^ -1;
}

test("what cannot be read is refused in a sentence", () => {
  const elf = workshop.read("aliases.so");
  const changed = (at: number, value: number) => Uint8Array.from(elf, (byte, each) => (each === at ? value : byte));
  const refusals: readonly [Uint8Array, string][] = [
    [new Uint8Array(0), "x is not an ELF object (byte 0)"],
    [Buffer.from("#!/bin/sh\n"), "x is not an ELF object (byte 0)"],
    [elf.subarray(0, 50), "x has a damaged ELF header (byte 0)"],
    [elf.subarray(0, 60), "x has a damaged ELF header (byte 0)"],
    [changed(4, 3), "x has a damaged ELF header (byte 0)"],
    [changed(5, 2), "x is a big-endian ELF object, of which no symbols are read (byte 5)"],
  ];
  for (const [bytes, sentence] of refusals) {
    assert.throws(() => openSymbols(compiled, bytes, { name: "x" }), (error: Error) => error instanceof FormatError && error.message === sentence);
  }
  const cut = openSymbols(compiled, elf.subarray(0, elf.length - 100), { name: "x" });
  assert.equal(framesText(cut, [0]), [""]);
  assert.equal(cut.warnings, ["x has damaged section headers: its symbols and debug information are not found"]);
  const little = openSymbols(compiled, elf, { name: "x", memoryBytesMax: 4 * 65536 });
  assert.throws(() => little.lookup(new BigUint64Array(60_000)), "x needs more memory than the symbolizer may use");
});

test("more addresses than are looked up at once", () => {
  const { address } = sectionOf(workshop, "aliases.so", ".text");
  const symbols = openSymbols(compiled, workshop.read("aliases.so"));
  const random = new Random(5);
  const addresses = BigUint64Array.from({ length: 150_000 }, () => address + BigInt(random.between(-4, 90)));
  const answers = symbols.lookup(addresses);
  assert.is(answers.addressCount, addresses.length);
  const names = framesText(symbols, Array.from({ length: 95 }, (_, at) => address + BigInt(at - 4)));
  for (let at = 0; at < addresses.length; at += 997) {
    assert.is(answers.framesOf(at)[0]?.name ?? "", names[Number(addresses[at]! - address) + 4]);
  }
  assert.is(symbols.lookup([]).addressCount, 0);
});

test.run();
