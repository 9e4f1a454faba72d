// Calls joined to their arguments, of recordings drawn at random: the engine must answer as the oracle
// does, in the same order. What can go wrong does: records that are lost, come late (behind a Sync) or
// twice, calls of another number or ABI, strings of nothing, times that are the same. A failing
// recording is named by its seed:
//
//   SEED=123 npx tsx test/engine/arguments-agree.test.ts   tries 600 seeds from 123 on

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { EventKind } from "../../assembly/tables.js";
import { analyzeRecording, type Answer } from "../oracle/analyze.js";
import { Ended, StringArgumentFlag, SyscallFlag } from "../oracle/format.js";
import type { ArgumentsEvent, StringArgumentInput, SyscallEvent } from "../recordings/build.js";
import { RecordingBuilder } from "../recordings/build.js";
import { Random } from "../recordings/random.js";
import { MemorySink } from "../recordings/write.js";
import { runEvents, type Slice } from "./run-engine.js";

const seeds = 600;
const firstSeed = Number(process.env["SEED"] ?? "1");
console.log(`seeds ${firstSeed} to ${firstSeed + seeds - 1}`);

const startNs = 1_000_000;
const cpus = 2;
const stepNsMax = 20;

type Emission =
  | { kind: "string"; event: StringArgumentInput }
  | { kind: "arguments"; cpu: number; event: ArgumentsEvent }
  | { kind: "call"; cpu: number; event: SyscallEvent };

interface Begun {
  nr: number;
  flags: number;
  time: number;
}

/** Some threads that call the kernel, written with whatever goes wrong. */
class Drawing {
  private readonly random: Random;
  private readonly begun = new Map<number, Begun>();
  private emissions: Emission[] = [];
  private now = startNs;

  constructor(seed: number) {
    this.random = new Random(seed);
  }

  bytes(): { bytes: Uint8Array; lengthNs: number } {
    const sink = new MemorySink();
    const builder = new RecordingBuilder(sink.put, { startNs, cpus }, "never");
    const steps = this.random.pick([20, 60, 200]);
    for (let step = 0; step < steps; step++) {
      this.now += this.random.chance(0.3) ? 0 : this.random.between(1, stepNsMax);
      this.step(this.random.pick([1, 2, 3, 3, 0]));
      if (this.random.chance(0.1)) this.write(builder);
    }
    this.write(builder);
    this.write(builder);
    builder.writer.end(Ended.Duration);
    return { bytes: sink.bytes(), lengthNs: this.now - startNs };
  }

  private step(tid: number): void {
    const { random } = this;
    const cpu = random.between(0, cpus - 1);
    const begun = this.begun.get(tid);
    if (begun === undefined || random.chance(0.1)) {
      this.begin(tid, cpu);
      return;
    }
    this.begun.delete(tid);
    const noEnter = random.chance(0.1);
    const event: SyscallEvent = {
      time: this.now,
      tid,
      nr: random.chance(0.05) ? 3 : begun.nr,
      flags: (random.chance(0.05) ? SyscallFlag.Compat : begun.flags) | (noEnter ? SyscallFlag.NoEnter : 0),
      result: random.between(-3, 3),
      duration: noEnter ? 0 : this.now - begun.time + (random.chance(0.05) ? 1 : 0),
    };
    if (random.chance(0.2)) this.string(tid, begun.time); // read only when the call ended
    this.emit({ kind: "call", cpu, event });
  }

  private begin(tid: number, cpu: number): void {
    const { random } = this;
    const flags = random.chance(0.2) ? SyscallFlag.Compat : 0;
    const begun = { nr: random.pick([1, 2, 257]), flags, time: this.now };
    this.begun.set(tid, begun);
    while (random.chance(0.4)) this.string(tid, this.now);
    const values = Array.from({ length: random.between(0, 6) }, () => random.pick([0, 1, 4096, 2n ** 64n - 1n, 2n ** 63n]));
    this.emit({ kind: "arguments", cpu, event: { ...begun, tid, values } });
  }

  private string(tid: number, time: number): void {
    const { random } = this;
    const flags = random.pick([0, 0, StringArgumentFlag.Truncated, StringArgumentFlag.Unreadable]);
    const text = random.pick(["", "/etc/passwd", "ümläut", "/a"]);
    this.emit({ kind: "string", event: { time, tid, argument: random.between(0, random.chance(0.1) ? 9 : 5), flags, text } });
  }

  private emit(emission: Emission): void {
    if (this.random.chance(0.05)) return;
    this.emissions.push(emission);
    if (this.random.chance(0.03)) this.emissions.push(emission);
  }

  /** What was emitted, but for some of it, which comes behind the Sync. */
  private write(builder: RecordingBuilder): void {
    const late = this.emissions.filter(() => this.random.chance(0.05));
    const inTime = this.emissions.filter((emission) => !late.includes(emission));
    builder.stringArguments(inTime.flatMap(({ kind, event }) => (kind === "string" ? [event] : [])));
    for (let cpu = 0; cpu < cpus; cpu++) {
      const begun = inTime.flatMap((each) => (each.kind === "arguments" && each.cpu === cpu ? [each.event] : []));
      const ended = inTime.flatMap((each) => (each.kind === "call" && each.cpu === cpu ? [each.event] : []));
      for (const events of inOrder(begun)) builder.arguments(cpu, events);
      for (const events of inOrder(ended)) builder.syscalls(cpu, events);
    }
    if (this.random.chance(0.8)) builder.sync(this.now);
    this.emissions = late;
  }
}

/** Cut where time goes backwards: a block's does not. */
function inOrder<Event extends { time: number }>(events: readonly Event[]): Event[][] {
  const blocks: Event[][] = [];
  for (const event of events) {
    const last = blocks.at(-1);
    if (last === undefined || last.at(-1)!.time > event.time) blocks.push([event]);
    else last.push(event);
  }
  return blocks;
}

function linesOfOracle({ callArguments, header }: Answer): string[] {
  return callArguments.map(({ tid, nr, compat, time, duration, result, values, strings }) => {
    const numbers = values.map((value) => Number(BigInt.asIntN(64, value)));
    const texts = strings.map(
      ({ argument, text, truncated, unreadable }) => `${argument}=${text}${truncated ? "+" : ""}${unreadable ? "?" : ""}`,
    );
    const ended = time + duration - header.startMonotonicNs;
    return [ended, tid, nr, compat, duration, result, `(${numbers.join()})`, ...texts].join(" ");
  });
}

function linesOfEngine({ events, names, argumentRows: rows }: Slice): string[] {
  const values = [rows.value0, rows.value1, rows.value2, rows.value3, rows.value4, rows.value5];
  const texts = [rows.text0, rows.text1, rows.text2, rows.text3, rows.text4, rows.text5];
  return Array.from({ length: rows.length }, (_, row) => {
    const event = rows.event[row]!;
    const flags = (argument: number): number => (rows.textFlags[row]! >> (2 * argument)) & 3;
    const strings = texts.flatMap((text, argument) => {
      if (text[row] === 0) return [];
      const truncated = flags(argument) & StringArgumentFlag.Truncated ? "+" : "";
      const unreadable = flags(argument) & StringArgumentFlag.Unreadable ? "?" : "";
      return [`${argument}=${names.string(text[row]! - 1)}${truncated}${unreadable}`];
    });
    const tid = names.threads.tid[events.thread[event]!];
    const call = [events.timeNs[event], tid, events.nr[event], events.compat[event] === 1, events.durationNs[event]];
    return [...call, events.result[event], `(${values.map((value) => value[row]).join()})`, ...strings].join(" ");
  });
}

/** How the engine differs from the oracle about a part of a recording; and what both have said. */
function compare(bytes: Uint8Array, fromNs: number, toNs: number, cuts: readonly number[]): { differs?: string; joined: number } {
  const oracle = linesOfOracle(analyzeRecording(bytes, { from: BigInt(fromNs), to: BigInt(toNs) }));
  const options = { fromNs, ...(toNs === 0 ? {} : { toNs }) };
  const engine = runEvents(bytes, options, 1 << EventKind.Syscall, cuts).flatMap(linesOfEngine);
  const length = Math.max(oracle.length, engine.length);
  const wrong = Array.from({ length }, (_, i) => i).find((i) => oracle[i] !== engine[i]);
  if (wrong === undefined) return { joined: length };
  return { differs: `${fromNs} to ${toNs}: engine ${engine[wrong]}, oracle ${oracle[wrong]}`, joined: length };
}

test("drawn recordings and parts of them", () => {
  const found: string[] = [];
  let all = 0;
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
    const { bytes, lengthNs } = new Drawing(seed).bytes();
    const random = new Random(seed);
    const fromNs = random.chance(0.5) ? 0 : random.between(0, lengthNs);
    const toNs = random.chance(0.5) ? 0 : random.between(fromNs + 1, lengthNs + 2);
    const { differs, joined } = compare(bytes, fromNs, toNs, [random.between(0, bytes.length)]);
    if (differs !== undefined) found.push(`SEED=${seed} ${differs}`);
    all += joined;
  }
  assert.ok(found.length === 0, `${found.length} differ:\n${found.slice(0, 10).join("\n")}`);
  assert.ok(all > 5 * seeds, `only ${all} calls had arguments`);
});

test("a recording of this kind of a real host", () => {
  const bytes = readFileSync(new URL("../data/arguments.offcut", import.meta.url));
  const { differs, joined } = compare(bytes, 0, 0, []);
  assert.is(differs, undefined);
  assert.ok(joined > 100, `${joined} calls had arguments`);
});

test.run();
