// Names of large programs and libraries as distributions ship them, beside llvm-symbolizer and
// eu-addr2line: 2,000 addresses of functions each, drawn with a fixed seed; functions, files, lines and
// chains of inlined functions. What differs is counted by reason, and printed; what has none fails.

import { existsSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Demangler } from "../../analyzer/demangle.js";
import { localDemangler } from "../../analyzer/node.js";
import { openSymbols, type CompiledSymbolizer } from "../../analyzer/symbolizer.js";
import { findProgram } from "../host.js";
import { areEqual, elfutilsReasons, llvmReasons, SymbolPlaces, type Compared, type Reason } from "./differences.js";
import { debugFileOf, drawAddresses, elfutilsFrames, llvmFrames, type OracleFrame } from "./oracles.js";
import { localSymbolizerModule, Workshop } from "./programs.js";

const Addresses = 2000;

const test = suite("symbols/names");
const workshop = new Workshop();
let compiled: CompiledSymbolizer;
let demangler: Demangler;
test.before(async () => {
  compiled = await localSymbolizerModule();
  demangler = await localDemangler();
});
test.after(() => workshop.remove());

const rustSource = `
use std::collections::{BTreeMap, HashMap};
use std::fmt;
struct Shape { name: String, sides: Vec<f64> }
impl fmt::Display for Shape {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result { write!(out, "{} {:?}", self.name, self.sides) }
}
trait Area { fn area(&self) -> f64; }
impl Area for Shape { fn area(&self) -> f64 { self.sides.iter().map(|side| side * side).sum() } }
fn main() {
    let mut by_name: HashMap<String, Shape> = HashMap::new();
    for (at, name) in std::env::args().enumerate() {
        let sides = (0..at + 3).map(|side| side as f64 * 0.5).collect();
        by_name.insert(name.clone(), Shape { name, sides });
    }
    let sorted: BTreeMap<_, _> = by_name.iter().map(|(name, shape)| (name, shape.area())).collect();
    for (name, area) in &sorted { println!("{}: {} {}", name, area, by_name[*name]); }
    let text = std::fs::read_to_string(file!()).unwrap_or_default();
    let words: Vec<_> = text.split_whitespace().filter_map(|word| word.parse::<i64>().ok()).collect();
    println!("{}", words.iter().sum::<i64>());
}
`;

function rustProgram(): string | undefined {
  if (findProgram("rustc") === undefined) return undefined;
  workshop.write("shapes.rs", rustSource);
  workshop.run("rustc", "-g", "-O", "-o", "shapes", "shapes.rs");
  return workshop.path("shapes");
}

const existing = (path: string) => (existsSync(path) ? path : undefined);

/** The file with the symbols and the debug information; undefined where this machine lacks it. */
const subjects: readonly [name: string, lacks: string, file: () => string | undefined][] = [
  ["libc", "Debian's libc6-dbg", () => debugFileOf("/lib/x86_64-linux-gnu/libc.so.6")],
  ["libstdc++", "Debian's libstdc++6-12-dbg", () => existing("/usr/lib/x86_64-linux-gnu/debug/libstdc++.so.6")],
  ["python", "Debian's python3-dbg", () => debugFileOf("/usr/bin/python3")],
  ["node", "node", () => process.execPath],
  ["a Rust program", "rustc", rustProgram],
];

/** Prints how many differ for which reason; those that do for none. */
function unexplained(title: string, all: readonly Compared[], reasons: readonly Reason[]): string[] {
  const counts = new Map<Reason, number>();
  const left: string[] = [];
  for (const compared of all) {
    if (areEqual(compared)) continue;
    const reason = reasons.find((each) => each.tells(compared));
    if (reason === undefined) left.push(`${chainText(compared.mine)} | ${chainText(compared.theirs)}`);
    else counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const explained = [...counts.values()].reduce((sum, count) => sum + count, 0);
  console.log(`${title}: ${all.length - explained - left.length} of ${all.length} equal, ${left.length} different`);
  for (const [{ why }, count] of counts) console.log(`  ${String(count).padStart(5)}  ${why}`);
  return left;
}

const chainText = (frames: readonly OracleFrame[]) => frames.map(({ name, file, line }) => `${name} ${file}:${line}`).join(" < ");

for (const [name, lacks, fileOf] of subjects) {
  test(`${name}, beside llvm-symbolizer and eu-addr2line`, () => {
    const file = fileOf();
    if (file === undefined) {
      console.log(`SKIP symbols/names: ${name}: ${lacks} is not installed`);
      if (process.env["CI"] === "true") throw new Error(`CI may not skip: ${lacks} is not installed`);
      return;
    }
    const addresses = drawAddresses(file, Addresses);
    assert.is(addresses.length, Addresses);
    const opened = openSymbols(compiled, readFileSync(file), { name: file });
    const answers = opened.lookup(addresses);
    assert.equal(opened.warnings, []);
    const symbols = new SymbolPlaces(file);
    const compare = (oracle: readonly OracleFrame[][]) =>
      addresses.map((_, at): Compared => ({ mine: answers.framesOf(at), theirs: oracle[at]!, symbols }));
    const [llvm, elfutils] = [compare(llvmFrames(file, addresses)), compare(elfutilsFrames(file, addresses))];
    assert.equal(unexplained(`${name}, beside llvm-symbolizer`, llvm, llvmReasons).slice(0, 5), []);
    assert.equal(unexplained(`${name}, beside eu-addr2line`, elfutils, elfutilsReasons(demangler)).slice(0, 5), []);
    // Reasons excuse one of them: hardly ever both at once.
    const different = addresses.filter((_, at) => !areEqual(llvm[at]!) && !areEqual(elfutils[at]!));
    assert.ok(different.length <= Addresses / 100, `${different.length} are at odds with both`);
  });
}

test.run();
