// Who did it: a thousand processes that live for less than a millisecond each keep their names,
// their parents and their calls; the recorder itself is never among what it records.

import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import { recordingSuite, workload } from "../host.js";
import { objectAddress, segments, symbols, SymbolChooser } from "./elf-peer.js";
import { StackRecording } from "./dumps.js";
import { endAll, runThrough, startRecorder, startWorkload, temporaryDirectory } from "./recorder.js";
import { analyze, lostEvents, OffcpuClass, offcpuRows, sum, syscallRows, threadRows, type Analysis } from "./results.js";
import { SealedRecording } from "./sealed-recording.js";

const test = recordingSuite("processes");

const Children = 1000;
const openat = process.arch === "arm64" ? 56 : 257;
const ENOENT = 2;

interface Run {
  file: string;
  analysis: Analysis;
  parent: number;
  forked: number[];
  executed: number[];
  recorder: number;
}

let measured: Promise<Run> | undefined;
const run = () => (measured ??= measure());

/** The whole host: nothing tells the recorder beforehand whom to look at. */
async function measure(): Promise<Run> {
  const file = join(temporaryDirectory(), "forks.offcut");
  const program = await startWorkload("forks", [String(Children)]);
  const recorder = await startRecorder(["-o", file]);
  const pids = JSON.parse(await runThrough(program)) as { forked: number[]; executed: number[] };
  await sleep(1500); // the recorder wakes up now and then: here it could record itself
  assert.is((await recorder.stop()).code, 0);
  return { ...pids, file, analysis: await analyze(file), parent: program.pid, recorder: recorder.pid };
}

test("every short-lived process has its name and its parent", async () => {
  const { analysis, parent, forked, executed } = await run();
  assert.is(forked.length + executed.length, Children);
  assert.is(lostEvents(analysis), 0);
  const threads = new Map(threadRows(analysis).map((thread) => [thread.pid, thread]));
  for (const [pids, comm] of [[forked, "forks"], [executed, "forks-exec"]] as const) {
    const wrong = pids.filter((pid) => threads.get(pid)?.comm !== comm || threads.get(pid)?.parent !== parent);
    assert.is(wrong.length, 0, `${wrong.length} children are not called ${comm} or have another parent`);
  }
});

test("every one of its calls is there, once", async () => {
  const { analysis, forked, executed } = await run();
  assert.is(lostEvents(analysis), 0);
  const missed = new Map<number, number>();
  for (const row of syscallRows(analysis)) {
    if (row.nr === openat && row.errno === ENOENT) missed.set(row.pid, (missed.get(row.pid) ?? 0) + row.count);
  }
  const wrong = [...forked, ...executed].filter((pid) => missed.get(pid) !== 1);
  assert.is(wrong.length, 0, `${wrong.length} children lack their failing open`);
});

test("every one of its sleeps is there, under its name at that time", async () => {
  const { analysis, forked, executed } = await run();
  const children = new Set([...forked, ...executed]);
  const sleeps = offcpuRows(analysis).filter(
    (row) => children.has(row.pid) && isSleep(row.nr) && row.class === OffcpuClass.Interruptible,
  );
  const recorded = sum(sleeps.map((row) => row.periods));
  // Less those whose switch the kernel did not trace: see offcpu-time.test.ts.
  const untraced = Number(analysis.recording.contradictions[0]);
  assert.ok(recorded <= Children && recorded >= Children - untraced, `${recorded} of ${Children} sleeps`);
  assert.equal(new Set(sleeps.map((row) => row.comm)), new Set(["forks", "forks-exec"]));
});

function isSleep(nr: number): boolean {
  return nr === (process.arch === "arm64" ? 115 : 230);
}

test("every one's stack has names from the recording alone, though none lived for long", async () => {
  const { file, analysis, forked, executed } = await run();
  const recording = new SealedRecording(file);
  const children = new Set([...forked, ...executed]);
  const slept = new Set<number>();
  const unnamed = new Set<string>();
  for (const dump of new StackRecording(file).dumps.values()) {
    if (!children.has(dump.pid)) continue;
    for (const address of dump.words.values()) {
      if (address >= dump.sp && address < dump.sp + 0x100000n) continue; // of the stack itself
      const { object, offset, name } = recording.frame(dump.pid, AfterAll, address, true);
      if (object === workload("forks") && name === "main") slept.add(dump.pid);
      if (object !== "" && name === "") unnamed.add(`${object} ${offset.toString(16)}`);
    }
  }
  const untraced = Number(analysis.recording.contradictions[0]); // as above
  assert.ok(slept.size <= Children && slept.size >= Children - untraced, `${slept.size} children slept`);
  // What is static in a library, and words that are no code, have a name in no table: the peer says so.
  for (const each of unnamed) {
    const [object, offset] = each.split(" ");
    assert.is(peerOf(object!)(parseInt(offset!, 16) - 1), undefined, each);
  }
});

const AfterAll = 1n << 62n;

const peers = new Map<string, (offset: number) => unknown>();

/** What names an offset in a file. */
function peerOf(file: string): (offset: number) => unknown {
  const known = peers.get(file);
  if (known !== undefined) return known;
  const loaded = segments(file);
  const [inSymtab, inDynsym] = ([".symtab", ".dynsym"] as const).map((table) => new SymbolChooser(symbols(file, table)));
  const peer = (offset: number) => {
    const address = objectAddress(loaded, offset);
    return address === undefined ? undefined : (inSymtab!.choose(address) ?? inDynsym!.choose(address));
  };
  peers.set(file, peer);
  return peer;
}

test("the recorder never records itself", async () => {
  const { analysis, recorder } = await run();
  assert.not(syscallRows(analysis).some((row) => row.pid === recorder));
  assert.not(offcpuRows(analysis).some((row) => row.pid === recorder));
});

test.after(endAll);
test.run();
