// Stacks of live processes, unwound by the engine from their dumped registers and stack bytes, are
// those that elfutils finds in the processes themselves, frame by frame; and those of the oracle.

import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { StackHow } from "../../../assembly/tables.js";
import type { Analysis } from "../../../analyzer/analysis.js";
import { analyzeRecording } from "../../oracle/analyze.js";
import { differences, rowsOfAnalysis, rowsOfAnswer } from "../rows.js";
import { analyzeWithEngine } from "../run-engine.js";
import { liveRecording } from "./live-recording.js";

const here = dirname(fileURLToPath(import.meta.url));
const room = mkdtempSync(join(tmpdir(), "offcut-unwind-"));
const missing = process.arch !== "x64" ? "x86-64" : ["gcc", "eu-stack"].find((tool) => spawnSync(tool, ["--version"]).error);
if (missing !== undefined) console.log(`SKIP stacks of live processes: no ${missing}`);

function build(source: string, ...flags: string[]): string {
  const program = join(room, `${source.replace(/\W/g, "-")}${flags.join("")}`);
  execFileSync("gcc", ["-O2", "-g0", "-fomit-frame-pointer", ...flags, "-o", program, join(here, source), "-pthread"]);
  return program;
}

const started: ChildProcess[] = [];

/** A process that has said "ready". */
async function sleeper(program: string, ...words: string[]): Promise<number> {
  const child = spawn(program, words, { stdio: ["ignore", "pipe", "inherit"] });
  started.push(child);
  await new Promise((resolve) => child.stdout!.once("data", resolve));
  await new Promise((resolve) => setTimeout(resolve, 100)); // until it sleeps
  return child.pid!;
}

/** Addresses of the frames of a process's first thread, leaf first. */
function peerStack(pid: number): string[] {
  const text = spawnSync("eu-stack", ["-1", "-p", String(pid)], { encoding: "utf8" }).stdout;
  return Array.from(text.matchAll(/^#\d+\s+0x0*([0-9a-f]+)/gm), (match) => match[1]!);
}

/** The same of the row of a thread in an analysis, and StackHow. */
function foundStack({ offcpu, stacks, frames, threads }: Analysis, tid: number): { addresses: string[]; how: number } {
  const row = Array.from(offcpu.thread).findIndex((thread) => threads.tid[thread] === tid);
  const addresses: string[] = [];
  const leaf = offcpu.userStack[row]!;
  for (let node = leaf; node !== 0; node = stacks.prefix[node]!) {
    addresses.push(frames.address[stacks.frame[node]!]!.toString(16));
  }
  return { addresses, how: stacks.how[leaf]! };
}

async function assertAsPeer(what: string, pid: number, how: number, dumper: string): Promise<void> {
  const bytes = liveRecording(dumper, [{ pid, tid: pid }]);
  const peer = peerStack(pid);
  const analysis = analyzeWithEngine(bytes);
  const found = foundStack(analysis, pid);
  assert.ok(peer.length > 3, `${what}: the peer found ${peer.length} frames`);
  assert.equal(found.addresses, peer, what);
  assert.is(found.how, how, `${what}: how`);
  assert.equal(differences(rowsOfAnalysis(analysis), rowsOfAnswer(analyzeRecording(bytes))), [], what);
}

if (missing === undefined) {
  const dumper = build("dump-thread.c");

  for (const flags of [[], ["-static", "-no-pie"], ["-Wl,-z,relro,-z,now", "-fno-plt"]]) {
    test(`C without frame pointers ${flags.join(" ")}`, async () => {
      const program = build("sleepers.c", ...flags);
      for (const which of ["recursion", "alloca", "qsort", "signal", "poll", "futex"]) {
        await assertAsPeer(`${which} ${flags.join(" ")}`, await sleeper(program, which), StackHow.Complete, dumper);
      }
    });
  }

  test("perl and python", async () => {
    const perl = await sleeper("perl", "-e", '$| = 1; sub f { my $n = shift; if ($n) { f($n - 1) } else { print "ready"; sleep 1000 } } f(5)');
    await assertAsPeer("perl", perl, StackHow.Complete, dumper);
    const python = await sleeper("python3", "-c", 'import time\nprint("ready", flush=True)\ntime.sleep(1000)');
    await assertAsPeer("python", python, StackHow.Complete, dumper);
  });
}

test.after(() => started.forEach((child) => child.kill("SIGKILL")));
test.run();
