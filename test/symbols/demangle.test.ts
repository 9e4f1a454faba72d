// Mangled names shown as their sources had them: of a C++ library and of Rust's both manglings beside
// c++filt, whose differences are named; and names that are not mangled, or not well.

import { execFileSync, spawnSync } from "node:child_process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { loadDemangler, withoutCloneSuffix, type Demangler } from "../../analyzer/demangle.js";
import { localDemangler } from "../../analyzer/node.js";
import { Random } from "../recordings/random.js";
import { rustNames } from "./rust-names.js";

const test = suite("symbols/demangle");
let demangler: Demangler;
test.before(async () => void (demangler = await localDemangler()));

function filtered(names: readonly string[]): string[] {
  return execFileSync("c++filt", { input: names.join("\n"), encoding: "utf8", maxBuffer: 2 ** 28 }).trimEnd().split("\n");
}

/** Functions that a C++ library exports, without their versions. */
function libraryNames(): string[] {
  const path = execFileSync("g++", ["-print-file-name=libstdc++.so"], { encoding: "utf8" }).trim();
  const { stdout } = spawnSync("nm", ["-D", "--defined-only", path], { encoding: "utf8", maxBuffer: 2 ** 28 });
  const names = stdout.split("\n").flatMap((line) => / [TWi] (_Z[^@]+)/.exec(line)?.[1] ?? []);
  return [...new Set(names)];
}

/** What c++filt writes out, names demangled here call by its abbreviation in the mangling (Ss, So, ...). */
function abbreviated(text: string): string {
  let short = text;
  const plain = "std::basic_string<char, std::char_traits<char>, std::allocator<char> >";
  short = short.replaceAll(plain, "std::string").replaceAll(/std::string::(~?)basic_string\(/g, "std::string::$1string(");
  for (const kind of ["istream", "ostream", "iostream"]) {
    short = short.replaceAll(`std::basic_${kind}<char, std::char_traits<char> >`, `std::${kind}`);
    short = short.replaceAll(new RegExp(`std::${kind}::(~?)basic_${kind}\\(`, "g"), `std::${kind}::$1${kind}(`);
  }
  short = short.replaceAll("std::string >", "std::string>").replaceAll("decltype(nullptr)", "std::nullptr_t");
  return short.replaceAll(/\b(\d+)l\b/g, "(long)$1").replaceAll(/\b(\d+)ul\b/g, "(unsigned long)$1");
}

/** Commas outside of any brackets but the outermost round ones. */
function argumentCount(text: string): number {
  let [depth, commas] = [0, 0];
  for (const letter of text) {
    if ("<(".includes(letter)) depth++;
    if (">)".includes(letter)) depth--;
    if (letter === "," && depth === 1) commas++;
  }
  return commas;
}

test("functions of a C++ library, beside c++filt", () => {
  const names = libraryNames();
  assert.ok(names.length > 3000, `${names.length} names`);
  const expected = filtered(names);
  const different = names.flatMap((name, at) => {
    // Left out here: what instances of function templates return.
    const [mine, theirs] = [abbreviated(demangler.demangle(name)), abbreviated(expected[at]!)];
    return mine === theirs || theirs.endsWith(` ${mine}`) ? [] : [{ name, mine, theirs }];
  });
  const unexplained = different.filter(({ name, mine, theirs }) => {
    const isData = /^(?:\{|(?:non-)?virtual thunk|covariant|guard|vtable|typeinfo)/.test(theirs) || mine.startsWith("{");
    // A reference to a class nested in another: the package puts the & one name too early.
    const isNestedReference = mine.replaceAll("&", "") === theirs.replaceAll("&", "");
    // Of constructors that are templates it takes the first argument for what they return.
    const isTemplateConstructor = /C[1-5]I/.test(name) && argumentCount(mine) === argumentCount(theirs) - 1;
    const isMemberPointer = /MS\d*_F/.test(name);
    return !isData && !isNestedReference && !isTemplateConstructor && !isMemberPointer;
  });
  assert.equal(unexplained.slice(0, 5), []);
  assert.ok(different.length < names.length / 20, `${different.length} of ${names.length} differ`);
});

test("functions of a Rust program, beside c++filt", () => {
  // c++filt shows which build of a crate is meant, "core[c5a7…]" or "::h7c…", which nobody wrote.
  const plain = filtered(rustNames.map((name) => name.replace(/\.llvm\.\d+$/, "")));
  const expected = plain.map((name) => name.replace(/\[[0-9a-f]{10,16}\]|::h[0-9a-f]{16}$/g, ""));
  const clone = (name: string) => (/\.llvm\.\d+$/.test(name) ? ` [clone ${/\.llvm\.\d+$/.exec(name)![0]}]` : "");
  for (const [at, name] of rustNames.entries()) assert.is(demangler.demangle(name), expected[at]! + clone(name), name);
});

test("clones and versions are kept, and clones can be folded", () => {
  const shown: readonly [string, string][] = [
    ["_Z3foov.cold", "foo() [clone .cold]"],
    ["_Z3foov.isra.0.cold", "foo() [clone .isra.0] [clone .cold]"],
    ["_Z3foov.constprop.1", "foo() [clone .constprop.1]"],
    ["_ZNSs4swapERSs@@GLIBCXX_3.4", "std::string::swap(std::string&)@@GLIBCXX_3.4"],
    ["_Z3foov@plt", "foo()@plt"],
    ["__Z3foov", "foo()"],
    ["?foo@@YAXXZ", "foo(void)"],
    ["_RNvNtCs123_4core3fmt5write.llvm.42", "core::fmt::write [clone .llvm.42]"],
  ];
  for (const [name, expected] of shown) assert.is(demangler.demangle(name), expected);
  const folded: readonly [string, string][] = [
    ["do_work.isra.0", "do_work"],
    ["do_work.part.1.cold", "do_work"],
    ["do_work.cold.12", "do_work"],
    ["f.llvm.123.cold", "f"],
    ["f.lto_priv.0", "f"],
    ["foo() [clone .isra.0] [clone .cold]", "foo()"],
    ["main.run.func1.2", "main.run.func1.2"],
    ["cold", "cold"],
    ["", ""],
  ];
  for (const [name, expected] of folded) assert.is(withoutCloneSuffix(name), expected);
});

test("what is not mangled, or not well, stays as it is", () => {
  const names = ["main", "_start", "_dl_start", "__libc_start_main", "", "_Z", "_R", "_Zbad", "_RNvC", "?", "_ZN", "a;b", "µ", "_Zµ"];
  for (const name of names) assert.is(demangler.demangle(name), name);
  const endless = `_Z${"N".repeat(40_000)}`;
  assert.is(demangler.demangle(endless), endless);
});

test("any bytes behind a prefix are answered, and the next name is, too", async () => {
  const random = new Random(Number(process.env["SEED"] ?? "1"));
  const bases = [...libraryNames().slice(0, 300), ...rustNames];
  for (let round = 0; round < 3000; round++) {
    const name = random.pick(bases);
    const at = random.between(2, name.length - 1);
    const changed = `${name.slice(0, at)}${String.fromCharCode(random.between(33, 126))}${name.slice(at + random.between(0, 3))}`;
    assert.type(demangler.demangle(changed), "string");
  }
  for (const letter of ["N", "P", "I", "S_", "FvP", "T_"]) demangler.demangle(`_Z3foo${letter.repeat(12_000)}`);
  await new Promise((done) => setTimeout(done, 50));
  assert.is(demangler.demangle("_Z3barv"), "bar()");
});

test("a page brings the module as bytes", async () => {
  const { readFileSync } = await import("node:fs");
  const { createRequire } = await import("node:module");
  const path = createRequire(import.meta.url).resolve("gecko-profiler-demangle/index_bg.wasm");
  assert.is((await loadDemangler(readFileSync(path))).demangle("_Z3foov"), "foo()");
});

test.run();
