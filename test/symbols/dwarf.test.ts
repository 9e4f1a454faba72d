// Functions, inlined chains and lines of debug information beside llvm-symbolizer's: of programs
// compiled here in every version of DWARF that is read, by two compilers, optimized, compressed, split
// off into debug files, shared by dwz, in C and in C++. Every address of every function is asked for.

import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compileSymbolizer, openSymbols } from "../../analyzer/symbolizer.js";
import type { CompiledSymbolizer, SymbolFile } from "../../analyzer/symbolizer.js";
import { FormatError } from "../../analyzer/errors.js";
import { buildDirectory, findProgram } from "../host.js";
import { Random } from "../recordings/random.js";
import { drawAddresses, llvmFrames, type OracleFrame } from "./oracles.js";

const tests = suite("symbols/dwarf");
const needed = ["gcc", "g++", "clang", "llvm-symbolizer", "nm", "objcopy"];
const missing = needed.find((name) => findProgram(name) === undefined);
const directory = mkdtempSync(join(tmpdir(), "offcut-dwarf-"));
const path = (name: string) => join(directory, name);
let compiled: CompiledSymbolizer;

tests.before(async () => {
  compiled = await compileSymbolizer(readFileSync(join(buildDirectory, "symbols.wasm")));
  writeFileSync(path("inlined.c"), cSource);
  writeFileSync(path("inlined.cc"), ccSource);
});
tests.after(() => rmSync(directory, { recursive: true, force: true }));

const cSource = `
#include <stdio.h>
#include <stdlib.h>
static inline int leaf(int x) { return x * 3 + rand(); }
static inline int middle(int x) { return leaf(x) + leaf(x + 1); }
__attribute__((noinline)) int loop(int x) {
  int sum = 0;
  for (int i = 0; i < x; i++) sum += middle(i);
  return sum;
}
__attribute__((noinline, cold)) static void fail(void) { puts("failed"); exit(3); }
int main(int argc, char **argv) {
  if (argc > 7) fail();
  printf("%d %s\\n", loop(argc) + middle(argc), argv[0]);
  return 0;
}
`;

const ccSource = `
#include <algorithm>
#include <map>
#include <string>
#include <vector>
namespace shapes {
struct Shape { virtual ~Shape() = default; virtual double area() const = 0; };
template <typename Number> struct Square final : Shape {
  explicit Square(Number side) : side(side) {}
  double area() const override { return scaled(side) * side; }
  Number scaled(Number by) const { return by + static_cast<Number>(names.size()); }
  Number side;
  std::map<std::string, int> names;
};
}
int main(int argc, char** argv) {
  std::vector<shapes::Shape*> all{new shapes::Square<int>{argc}, new shapes::Square<double>{0.5 * argc}};
  std::sort(all.begin(), all.end(), [](auto* a, auto* b) { return a->area() < b->area(); });
  std::string text;
  for (auto* shape : all) text += std::to_string(shape->area());
  return static_cast<int>(text.size()) + (argc > 3 ? std::stoi(argv[1]) : 0);
}
`;

function build(output: string, compiler: string, ...options: readonly string[]): string {
  const source = compiler.endsWith("++") ? "inlined.cc" : "inlined.c";
  execFileSync(compiler, [...options, "-o", path(output), path(source)], { stdio: "pipe" });
  return path(output);
}

/** Names of one address: compilers give several to one function (constructors, aliases, weak ones). */
function aliasesOf(file: string): Map<string, string> {
  const { stdout } = spawnSync("nm", ["--defined-only", file], { encoding: "utf8", maxBuffer: 2 ** 28 });
  const first = new Map<string, string>();
  const aliases = new Map<string, string>();
  for (const line of stdout.split("\n")) {
    const [address, , name] = line.split(" ");
    if (name === undefined) continue;
    if (!first.has(address!)) first.set(address!, name);
    aliases.set(name.replace(/@.*/, ""), first.get(address!)!);
  }
  return aliases;
}

function differences(symbols: SymbolFile, file: string, count = 1500): string[] {
  const addresses = drawAddresses(file, count);
  assert.ok(addresses.length > 0, `no functions in ${file}`);
  const answers = symbols.lookup(addresses);
  const aliases = aliasesOf(file);
  const text = (frames: readonly OracleFrame[]) =>
    frames.map(({ name, file: source, line }) => `${aliases.get(name) ?? name} ${source}:${line}`).join(" < ");
  const expected = llvmFrames(file, addresses);
  return addresses.flatMap((address, at) => {
    const [mine, theirs] = [text(answers.framesOf(at)), text(expected[at]!)];
    return mine === theirs ? [] : [`${address.toString(16)}: ${mine} | ${theirs}`];
  });
}

const versions = ["-gdwarf-2", "-gdwarf-3", "-gdwarf-4", "-gdwarf-5"];

for (const compiler of ["gcc", "clang", "g++"]) {
  tests(`${compiler}: DWARF 2 to 5, optimized and not`, () => {
    for (const version of versions) {
      for (const level of ["-O0", "-O2"]) {
        const file = build(`${compiler}${version}${level}`, compiler, version, level);
        const symbols = openSymbols(compiled, readFileSync(file), { name: file });
        assert.equal(differences(symbols, file).slice(0, 5), [], `${compiler} ${version} ${level}`);
        assert.equal(symbols.warnings, [], file);
      }
    }
  });
}

tests("compressed, split off, stripped", () => {
  const packed = build("packed", "gcc", "-g", "-O2", "-gz=zlib");
  assert.equal(differences(openSymbols(compiled, readFileSync(packed)), packed).slice(0, 5), []);
  const whole = build("whole", "gcc", "-g", "-O2");
  execFileSync("objcopy", ["--only-keep-debug", whole, path("whole.debug")]);
  execFileSync("objcopy", ["--strip-debug", "--strip-unneeded", whole, path("stripped")]);
  const files = { object: readFileSync(path("stripped")), debug: readFileSync(path("whole.debug")) };
  assert.equal(differences(openSymbols(compiled, files), whole).slice(0, 5), []);
  // Without its debug file: functions by the dynamic symbols that are left, and no lines.
  const alone = openSymbols(compiled, readFileSync(path("stripped"))).lookup(drawAddresses(whole, 200));
  for (let at = 0; at < 200; at++) assert.ok(alone.framesOf(at).every(({ line, isInlined }) => line === 0 && !isInlined));
});

tests("offsets in the file say the same as addresses", () => {
  const file = build("offsets", "gcc", "-g", "-O2", "-Wl,-Ttext-segment=0x400000", "-no-pie");
  const symbols = openSymbols(compiled, readFileSync(file));
  const addresses = drawAddresses(file, 100);
  const headers = execFileSync("readelf", ["-lW", file], { encoding: "utf8" });
  const [, offset, start] = /LOAD\s+0x([0-9a-f]+) 0x([0-9a-f]+) 0x[0-9a-f]+ 0x[0-9a-f]+ 0x[0-9a-f]+ R E/.exec(headers)!;
  const shift = BigInt(`0x${start}`) - BigInt(`0x${offset}`);
  const byAddress = symbols.lookup(addresses);
  const byOffset = symbols.lookup(addresses.map((address) => address - shift), "file");
  for (let at = 0; at < addresses.length; at++) assert.equal(byOffset.framesOf(at), byAddress.framesOf(at));
});

tests("what one file shares with others, by dwz", () => {
  if (findProgram("dwz") === undefined) throw new Error("dwz is not installed");
  const [first, second] = [build("first", "g++", "-gdwarf-4", "-O2"), build("second", "g++", "-gdwarf-4", "-O1")];
  // llvm-symbolizer does not follow into the shared file: it is asked before there is one.
  copyFileSync(first, path("plain"));
  execFileSync("dwz", ["-m", path("shared.debug"), first, second]);
  const files = { object: readFileSync(first), alternate: readFileSync(path("shared.debug")) };
  const symbols = openSymbols(compiled, files);
  assert.equal(symbols.altLink?.name, path("shared.debug"));
  assert.equal(differences(symbols, path("plain")).slice(0, 5), []);
});

tests("damaged files: every outcome is an answer or a refusal, soon", () => {
  const whole = readFileSync(build("damaged", "gcc", "-gdwarf-5", "-O2"));
  const addresses = drawAddresses(path("damaged"), 20);
  const seed = Number(process.env["SEED"] ?? "1");
  const random = new Random(seed);
  for (let round = 0; round < 400; round++) {
    const bytes = Uint8Array.from(whole);
    if (random.chance(0.3)) bytes.fill(random.between(0, 255), random.between(0, bytes.length - 1), bytes.length);
    for (let change = random.between(0, 8); change >= 0; change--) bytes[random.between(0, bytes.length - 1)] = random.between(0, 255);
    const length = random.chance(0.2) ? random.between(0, bytes.length) : bytes.length;
    try {
      const answer = openSymbols(compiled, bytes.subarray(0, length)).lookup(addresses);
      for (let at = 0; at < addresses.length; at++) assert.ok(answer.framesOf(at).length <= 300);
    } catch (error) {
      assert.ok(error instanceof FormatError, `SEED=${seed} round ${round}: ${String(error)}`);
    }
  }
});

if (missing === undefined) tests.run();
else {
  const skipped = suite("symbols/dwarf");
  skipped("is skipped", () => {
    console.log(`SKIP symbols/dwarf: ${missing} is not installed`);
    if (process.env["CI"] === "true") throw new Error(`CI may not skip: ${missing} is not installed`);
  });
  skipped.run();
}
