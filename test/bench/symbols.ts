// How long does it take to name 2,000 addresses of one object, functions inlined there included, next
// to llvm-symbolizer and eu-addr2line? Each is a process of its own that starts, reads the object and
// answers all; node's start is in our time. Objects that are not on this machine are left out, and said.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildDirectory, findProgram } from "../host.js";
import { debugFileOf, drawAddresses } from "../symbols/oracles.js";
import { median, rounded, type Answer } from "./answer.js";

const Addresses = 2000;
const Pairs = 9;

interface Subject {
  readonly name: string;
  /** The file that has the symbols and the debug information. */
  readonly file: string | undefined;
}

/**
 * Debian's libc6-dbg, libstdc++6-12-dbg and python3.11-dbg; node has little debug information and many
 * symbols; a Rust program is compiled where there is a compiler.
 */
function subjects(): Subject[] {
  return [
    { name: "python3", file: debugFileOf("/usr/bin/python3.11") },
    { name: "Rust", file: rustProgram() },
    { name: "libc", file: debugFileOf("/lib/x86_64-linux-gnu/libc.so.6") },
    { name: "libstdc++", file: "/usr/lib/x86_64-linux-gnu/debug/libstdc++.so.6.0.30" },
    { name: "node", file: process.execPath },
  ];
}

/** With debug information, and with that of the standard library's functions that it instantiates. */
function rustProgram(): string | undefined {
  if (findProgram("rustc") === undefined) return undefined;
  const directory = join(buildDirectory, "bench");
  mkdirSync(directory, { recursive: true });
  const file = join(directory, "rust-names");
  writeFileSync(`${file}.rs`, RustSource);
  const { status, stderr } = spawnSync("rustc", ["-g", "-O", "-o", file, `${file}.rs`], { encoding: "utf8" });
  if (status !== 0) throw new Error(`rustc: ${stderr}`);
  return file;
}

const RustSource = `
use std::collections::{BTreeMap, HashMap};
fn main() {
    let words: Vec<String> = std::env::args().chain(std::env::vars().map(|(name, _)| name)).collect();
    let mut counts: HashMap<String, usize> = HashMap::new();
    for word in &words { *counts.entry(word.clone()).or_insert(0) += word.len(); }
    let sorted: BTreeMap<_, _> = counts.into_iter().collect();
    println!("{:?}", sorted.iter().map(|(word, count)| format!("{word}{count}")).collect::<Vec<_>>());
}
`;

interface Tool {
  readonly name: string;
  command(file: string): string[];
}

const ours: Tool = {
  name: "offcut",
  command: (file) => [process.execPath, join(import.meta.dirname, "symbolize.mjs"), buildDirectory, file],
};
const llvm: Tool = {
  name: "llvm-symbolizer",
  command: (file) => ["llvm-symbolizer", "--inlines", "--no-demangle", `--obj=${file}`],
};
const elfutils: Tool = {
  name: "eu-addr2line",
  command: (file) => ["eu-addr2line", "-i", "-f", "-a", "-e", file],
};

export async function symbols(progress: (text: string) => void): Promise<Answer> {
  const peers = [llvm, elfutils].filter(({ name }) => isThere(findProgram(name), name));
  const rows = [];
  for (const { name, file } of subjects()) {
    if (!isThere(file !== undefined && existsSync(file) ? file : undefined, `debug information of ${name}`)) continue;
    const input = drawAddresses(file!, Addresses).map((address) => `0x${address.toString(16)}\n`).join("");
    for (const peer of peers) {
      progress(`${name}, beside ${peer.name}`);
      rows.push({ subject: name, mb: statSync(file!).size / 1e6, peer: peer.name, ...measure(file!, input, peer) });
    }
  }
  return {
    question: "symbols",
    method: `${Addresses} addresses of functions, wall time of a process, median of ${Pairs} pairs in both orders`,
    rows: rows.map(({ subject, mb, peer, mine, theirs, ratio }) => ({
      object: subject,
      MB: rounded(mb, 1),
      peer,
      "offcut, s": rounded(mine, 3),
      "peer, s": rounded(theirs, 3),
      "times the peer's": rounded(ratio, 2),
    })),
    verdicts: rows.map(({ subject, peer, ratio }) => ({
      what: `${subject}, time over ${peer}'s`,
      measured: rounded(ratio, 2),
      target: 1,
      direction: "at most",
    })),
  };
}

function isThere(path: string | undefined, what: string): boolean {
  if (path === undefined) console.log(`SKIP symbols: ${what} is not installed`);
  return path !== undefined;
}

function measure(file: string, input: string, peer: Tool): { mine: number; theirs: number; ratio: number } {
  const mine: number[] = [];
  const theirs: number[] = [];
  for (let pair = 0; pair < Pairs; pair++) {
    for (const tool of pair % 2 === 0 ? [ours, peer] : [peer, ours]) {
      (tool === ours ? mine : theirs).push(secondsOf(tool.command(file), input));
    }
  }
  return { mine: median(mine), theirs: median(theirs), ratio: median(mine.map((each, pair) => each / theirs[pair]!)) };
}

function secondsOf([program, ...words]: string[], input: string): number {
  const begun = performance.now();
  const { status, stdout, stderr } = spawnSync(program!, words, { input, encoding: "utf8", maxBuffer: 2 ** 28 });
  const seconds = (performance.now() - begun) / 1000;
  if (status !== 0 || stdout.split("\n").length < Addresses) throw new Error(`${program} failed: ${stderr}`);
  return seconds;
}
