// .gnu_debugdata as Fedora's build makes it (find-debuginfo: symbols that are not dynamic ones, kept
// by objcopy, packed by xz): unpacked it names static functions, which the object itself does not; and
// whatever else lies in that section is refused in a sentence.

import { spawnSync } from "node:child_process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { unpackDebugData } from "../../analyzer/debug-data.js";
import { FormatError } from "../../analyzer/errors.js";
import { openSymbols, type CompiledSymbolizer } from "../../analyzer/symbolizer.js";
import { Random } from "../recordings/random.js";
import { framesText, localSymbolizerModule, Workshop } from "./programs.js";

const test = suite("symbols/debug-data");
const workshop = new Workshop();
let compiled: CompiledSymbolizer;
test.before(async () => {
  compiled = await localSymbolizerModule();
  workshop.write("static.c", source);
  workshop.run("gcc", "-g", "-O1", "-fPIC", "-shared", "-o", "whole.so", "static.c");
});
test.after(() => workshop.remove());

const source = `
extern int other(int);
static __attribute__((noinline)) int hidden(int x) { return other(x) * 3; }
static __attribute__((noinline)) int hidden_too(int x) { return other(x) * 5; }
int seen(int x) { return hidden(x) + hidden_too(x + 1); }
`;

/** Packs what find-debuginfo's add_minidebug packs; the stripped object with it is "mini.so". */
function pack(...options: readonly string[]): void {
  const names = (...words: readonly string[]) =>
    workshop.run("nm", ...words, "--format=posix", "--defined-only", "whole.so").split("\n").map((line) => line.split(" "));
  const dynamic = new Set(names("-D").map(([name]) => name));
  const kept = names().filter(([name, type]) => /^[TtD]$/.test(type ?? "") && !dynamic.has(name));
  workshop.write("keep", kept.map(([name]) => `${name}\n`).join(""));
  workshop.run("objcopy", "--only-keep-debug", "whole.so", "debug");
  workshop.run("objcopy", "-S", "--remove-section", ".comment", "--keep-symbols=keep", "debug", "minidebuginfo");
  workshop.run("xz", "--force", "--keep", ...options, "minidebuginfo");
  workshop.run("objcopy", "-S", "--add-section", ".gnu_debugdata=minidebuginfo.xz", "whole.so", "mini.so");
}

function functionsOfWhole(): bigint[] {
  const lines = workshop.run("nm", "--defined-only", "whole.so").split("\n");
  return ["hidden", "hidden_too", "seen"].map((name) => BigInt(`0x${lines.find((line) => line.endsWith(` t ${name}`) || line.endsWith(` T ${name}`))!.split(" ")[0]!}`));
}

/** xz's own default first, which is what find-debuginfo calls. */
const packings = [[], ["--check=crc32"], ["--check=none"], ["-9e"], ["--block-size=512"]];
/** What the package does not unpack, and nobody packs debug data with. */
const unknownPackings = [["--check=sha256"], ["--x86", "--lzma2"]];

test("static functions are named", async () => {
  const addresses = functionsOfWhole();
  for (const options of packings) {
    pack(...options);
    const object = workshop.read("mini.so");
    const stripped = openSymbols(compiled, object);
    assert.equal(framesText(stripped, addresses).map((name) => name === "seen"), [false, false, true]);
    const debugData = await unpackDebugData(stripped.packedDebugData!);
    assert.equal(Buffer.compare(debugData, workshop.read("minidebuginfo")), 0, options.join(" "));
    const symbols = openSymbols(compiled, { object, debugData });
    assert.equal(framesText(symbols, addresses), ["hidden", "hidden_too", "seen"]);
    assert.is(symbols.lookup(addresses).framesOf(0)[0]!.nameSource, "debugdata");
  }
  for (const options of unknownPackings) {
    pack(...options);
    assert.is(await problemOf(workshop.read("minidebuginfo.xz")), damaged, options.join(" "));
  }
});

const damaged = "x.so has a .gnu_debugdata that does not unpack (byte 0)";

let unpacked: Uint8Array;

/** Why `packed` is refused; empty where it is not, and is in `unpacked`. */
async function problemOf(packed: Uint8Array, bytesMax?: number): Promise<string> {
  try {
    unpacked = await unpackDebugData(packed, "x.so", bytesMax);
    return "";
  } catch (error) {
    assert.ok(error instanceof FormatError, String(error));
    return (error as Error).message;
  }
}

test("what does not unpack is refused, and the next object's is unpacked", async () => {
  pack("--check=crc32");
  const whole = workshop.read("minidebuginfo.xz");
  for (const bytes of [new Uint8Array(0), Buffer.from("not really xz"), workshop.read("minidebuginfo")]) {
    assert.is(await problemOf(bytes), damaged);
  }
  for (let length = 0; length < whole.length; length += 7) assert.is(await problemOf(whole.subarray(0, length)), damaged, `${length} bytes`);
  for (const { bytes, at } of changed(whole)) {
    // A bit or two of LZMA2 make no difference.
    const isHarmless = (await problemOf(bytes)) === "" && Buffer.compare(unpacked, workshop.read("minidebuginfo")) === 0;
    if (!isHarmless) assert.is(await problemOf(bytes), damaged, `byte ${at}`);
  }
  assert.is(await problemOf(whole), "");
});

function* changed(whole: Uint8Array) {
  const random = new Random(Number(process.env["SEED"] ?? "1"));
  for (let round = 0; round < 300; round++) {
    const bytes = Uint8Array.from(whole);
    const at = random.between(0, whole.length - 1);
    bytes[at] = bytes[at]! ^ random.between(1, 255);
    yield { bytes, at };
  }
}

test("what a checksum that is not looked at lets through is an answer, too", async () => {
  pack(); // CRC-64, which the package skips
  const addresses = functionsOfWhole();
  const object = workshop.read("mini.so");
  let passed = 0;
  for (const { bytes } of changed(workshop.read("minidebuginfo.xz"))) {
    if ((await problemOf(bytes)) !== "") continue;
    passed++;
    try {
      framesText(openSymbols(compiled, { object, debugData: unpacked }), addresses);
    } catch (error) {
      assert.ok(error instanceof FormatError, String(error));
    }
  }
  assert.ok(passed > 0);
});

test("what unpacks to more than it may is left", async () => {
  const { stdout } = spawnSync("xz", ["--stdout"], { input: Buffer.alloc(50_000_000), maxBuffer: 2 ** 28 });
  assert.ok(stdout.length < 20_000);
  assert.is(await problemOf(stdout, 1_000_000), "x.so has a .gnu_debugdata that unpacks to more than 1000000 bytes (byte 0)");
  assert.is(await problemOf(stdout, 50_000_000), "");
});

test.run();
