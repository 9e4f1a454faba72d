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

/** A way in which a name is shown otherwise than by c++filt. */
interface Difference {
  readonly what: string;
  readonly why: string;
  /** Of another spelling: the name without it, whoever spelled it. */
  plain?(text: string): string;
  /** Of anything else: whether it is what tells the two apart, spellings aside. */
  tells?(mine: string, theirs: string, name: string): boolean;
}

const differences: readonly Difference[] = [
  {
    what: "std::string",
    why: "the mangling abbreviates the standard strings and streams (Ss, So, ...); c++filt writes their templates out",
    plain: (text) =>
      ["istream", "ostream", "iostream"].reduce(
        (short, kind) => abbreviated(short, `basic_${kind}<char, std::char_traits<char> >`, kind, `basic_${kind}`),
        abbreviated(text, "basic_string<char, std::char_traits<char>, std::allocator<char> >", "string", "basic_string"),
      ),
  },
  {
    what: "std::nullptr_t",
    why: "the name of the type; c++filt has decltype(nullptr)",
    plain: (text) => text.replaceAll("decltype(nullptr)", "std::nullptr_t"),
  },
  {
    what: "(long)1",
    why: "numbers among template arguments have a cast; with c++filt a suffix, 1l or 1ul",
    plain: (text) => text.replaceAll(/\b(\d+)l\b/g, "(long)$1").replaceAll(/\b(\d+)ul\b/g, "(unsigned long)$1"),
  },
  {
    what: "no return type",
    why: "only instances of function templates have it in their name; it tells none of them from another",
    tells: (mine, theirs) => theirs.endsWith(` ${mine}`),
  },
  {
    what: "T&::Nested",
    why: "a mistake of the package: of a reference to a class in a class it puts the & one name too early",
    tells: (mine, theirs) => mine.replaceAll("&", "") === theirs.replaceAll("&", ""),
  },
  {
    what: "a constructor's first argument",
    why: "a mistake of the package: of a constructor that is a template it takes it for the return type",
    tells: (mine, theirs, name) => /C[1-5]I/.test(name) && argumentCount(mine) === argumentCount(theirs) - 1,
  },
  {
    what: "(T::*())()",
    why: "a mistake of the package: of a conversion to a pointer to a member it puts the parentheses too early",
    tells: (mine, theirs) => mine.replaceAll(/[()]/g, "") === theirs.replaceAll(/[()]/g, ""),
  },
];

/** The template `written` and its constructors, named as its abbreviation in the mangling is. */
function abbreviated(text: string, written: string, short: string, template: string): string {
  return text
    .replaceAll(`std::${written}`, `std::${short}`)
    .replaceAll(`std::${short} >`, `std::${short}>`)
    .replaceAll(new RegExp(`std::${short}::(~?)${template}\\b`, "g"), `std::${short}::$1${short}`);
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

/** What tells two spellings of a name apart; undefined if it is nothing of the above. */
function explained(name: string, mine: string, theirs: string): Difference[] | undefined {
  const found: Difference[] = [];
  let [left, right] = [mine, theirs];
  for (const difference of differences) {
    if (left === right) break;
    const [plainLeft, plainRight] = [left, right].map((text) => difference.plain?.(text) ?? text) as [string, string];
    if (difference.tells?.(left, right, name) === true) return [...found, difference];
    if (plainLeft !== left || plainRight !== right) found.push(difference);
    [left, right] = [plainLeft, plainRight];
  }
  return left === right ? found : undefined;
}

test("functions of a C++ library, beside c++filt", () => {
  const names = libraryNames();
  assert.ok(names.length > 3000, `${names.length} names`);
  const expected = filtered(names);
  const counts = new Map<Difference, number>(differences.map((difference) => [difference, 0]));
  const unexplained: string[] = [];
  for (const [at, name] of names.entries()) {
    const [mine, theirs] = [demangler.demangle(name), expected[at]!];
    const reasons = explained(name, mine, theirs);
    if (reasons === undefined) unexplained.push(`${name}: ${mine} | ${theirs}`);
    for (const reason of reasons ?? []) counts.set(reason, counts.get(reason)! + 1);
  }
  console.log(`of ${names.length} names of a C++ library, spelled otherwise than by c++filt:`);
  for (const [{ what, why }, count] of counts) console.log(`  ${String(count).padStart(5)}  ${what}: ${why}`);
  assert.equal(unexplained.slice(0, 5), []);
  for (const [{ what }, count] of counts) assert.ok(count > 0, `no name differs by ${what}: it need not be explained`);
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
    ["_ZThn16_N1a1bD1Ev", "non-virtual thunk to a::b::~b()"],
    ["_ZTv0_n24_N1a1bD1Ev.cold", "virtual thunk to a::b::~b() [clone .cold]"],
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
