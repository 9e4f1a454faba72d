// A program that is compiled here, with debug information and without, and where a stack through it
// would lead: for tests of names that are found later. What its places are called is asked of elfutils.

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findProgram } from "../host.js";

const source = `
volatile int sink;
static inline __attribute__((always_inline)) void pause_here(int x) { sink += x; }
__attribute__((noinline)) void waits(int x) { pause_here(x); sink++; }
__attribute__((noinline)) void calls(int x) { waits(x + 1); sink--; }
int main(int argc, char **argv) { calls(argc); sink = 7; return (int)(long)argv; }
`;

interface Place {
  /** In the file. */
  readonly offset: number;
  /** 1 of a return address, which is looked up by the call before it. */
  readonly back: number;
}

export interface WaitingProgram {
  readonly buildId: string;
  /** With everything; stripped, with a link to `debug` (in a directory of its own); what was split off. */
  readonly full: string;
  readonly stripped: string;
  readonly debug: string;
  /** Leaf first: in the function inlined into `waits`, then where two calls return to. */
  readonly frames: readonly Place[];
}

const run = (tool: string, ...words: string[]) => execFileSync(tool, words, { encoding: "utf8" });

/** What compiling it needs and this host lacks; undefined: nothing. */
export function missingForPrograms(): string | undefined {
  return ["gcc", "objcopy", "objdump", "readelf", "eu-addr2line"].find((name) => findProgram(name) === undefined);
}

/** Compiles it into an existing directory. */
export function compileWaitingProgram(directory: string): WaitingProgram {
  const path = (name: string) => join(directory, name);
  const [full, debug, stripped] = [path("full"), path("waits.debug"), path("object/waits")];
  writeFileSync(path("waits.c"), source);
  run("gcc", "-g", "-O1", "-fno-optimize-sibling-calls", "-Wl,--build-id=sha1", path("waits.c"), "-o", full);
  mkdirSync(path("object"));
  copyFileSync(full, stripped);
  run("objcopy", "--only-keep-debug", full, debug);
  run("objcopy", "--strip-all", `--add-gnu-debuglink=${debug}`, stripped);
  return { buildId: buildIdOf(full), full, stripped, debug, frames: framesOf(full) };
}

function framesOf(file: string): Place[] {
  const { functions, returns } = codeOf(file);
  return [
    { offset: functions.get("waits")!, back: 0 },
    { offset: returns.get("calls -> waits")!, back: 1 },
    { offset: returns.get("main -> calls")!, back: 1 },
  ];
}

/** Names of the stack as eu-addr2line has them, from outside in, those of inlined functions too. */
export function expectedNames({ full, frames }: WaitingProgram): string[] {
  const names = frames.map(({ offset, back }) => {
    const lines = run("eu-addr2line", "-i", "-f", "-e", full, `0x${(offset - back).toString(16)}`).split("\n");
    return lines.filter((_, at) => at % 2 === 0 && lines[at] !== "").map((line) => line.replace(/ inlined at .*/, ""));
  });
  return names.flat().reverse();
}

function buildIdOf(file: string): string {
  return /Build ID: ([0-9a-f]+)/.exec(run("readelf", "-n", file))![1]!;
}

/** Where functions begin and calls return to: addresses, which in this program's code are offsets too. */
function codeOf(file: string) {
  const functions = new Map<string, number>();
  const returns = new Map<string, number>();
  let [inside, call] = ["", ""];
  for (const line of run("objdump", "-d", "--no-show-raw-insn", file).split("\n")) {
    const begun = /^([0-9a-f]+) <(\w+)>:/.exec(line);
    if (begun !== null) functions.set((inside = begun[2]!), parseInt(begun[1]!, 16));
    const instruction = /^ +([0-9a-f]+):\t(?:call .*<(\w+)>)?/.exec(line);
    if (instruction === null) continue;
    if (call !== "") returns.set(`${inside} -> ${call}`, parseInt(instruction[1]!, 16));
    call = instruction[2] ?? "";
  }
  return { functions, returns };
}
