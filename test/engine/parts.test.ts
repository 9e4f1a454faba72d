// A recording that several instances of the engine divide among them is answered as by one: the same
// tables to the last byte, whatever went wrong in the recording and whatever is asked. On generated
// recordings (seeds printed), damaged ones, and the recordings of test/data.
//
//   SEED=123 npx tsx test/engine/parts.test.ts     tries the seeds from 123 on

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { partsOf, readAnalysis } from "../../analyzer/analysis.js";
import type { AnalysisParts } from "../../analyzer/analysis.js";
import { compileEngine, EnginePass } from "../../analyzer/engine.js";
import { mergeParts } from "../../analyzer/merge-parts.js";
import type { RecordingPart } from "../../analyzer/recording-part.js";
import { localEngine } from "../../analyzer/node.js";
import { partOptionValues, passOptionValues } from "../../analyzer/pass-options.js";
import type { PassOptions } from "../../analyzer/pass-options.js";
import { birthsSpec, readTable, stackIdsSpec } from "../../analyzer/tables.js";
import { PassOption, Progress, Status, Table, Warning } from "../../assembly/tables.js";
import { streamBigRecording } from "../recordings/big.js";
import { RecordingBuilder } from "../recordings/build.js";
import { generateRecording } from "../recordings/generate.js";
import { Random } from "../recordings/random.js";
import { strangersRecording } from "../recordings/strangers.js";
import { MemorySink } from "../recordings/write.js";

const recordings = 120;
const firstSeed = Number(process.env["SEED"] ?? "1");
console.log(`seeds ${firstSeed} to ${firstSeed + recordings - 1}`);

const engine = await compileEngine(await localEngine());

type Values = readonly (readonly [PassOption, bigint])[];

/** What a pass is asked from which events are read while it goes on. */
const sliced: Values = [[PassOption.Events, 7n], [PassOption.Sliced, 1n]];

/** Each part is given the bytes in pieces of another size: what it decides must not depend on them. */
function finished(bytes: Uint8Array, values: Values, part = 0): EnginePass | Status {
  const pass = new EnginePass(engine, values);
  const pieceBytes = [Math.ceil(bytes.length / 2), 777, 5000][part]!;
  const takeSlices = () => {
    while (values.includes(sliced[1]!) && pass.advance() === Progress.Taken) continue;
  };
  let status = Status.Ok;
  for (let at = 0; at < bytes.length && status === Status.Ok; at += pieceBytes) {
    status = pass.push(bytes.subarray(at, at + pieceBytes));
    takeSlices();
  }
  status ||= pass.endInput();
  takeSlices();
  status ||= pass.finish();
  return status === Status.Ok ? pass : status;
}

function whole(bytes: Uint8Array, options: PassOptions, more: Values = []): AnalysisParts | Status {
  const pass = finished(bytes, [...passOptionValues(options), ...more]);
  return pass instanceof EnginePass ? partsOf(readAnalysis(pass, "it")) : pass;
}

/** Undefined where the parts cannot be put together. */
function divided(bytes: Uint8Array, options: PassOptions, parts: number, more: Values): AnalysisParts | Status | undefined {
  const answers: RecordingPart[] = [];
  for (let part = 0; part < parts; part++) {
    const pass = finished(bytes, [...passOptionValues(options), ...partOptionValues(part, parts), ...more], part);
    if (!(pass instanceof EnginePass)) return pass;
    answers.push({
      analysis: partsOf(readAnalysis(pass, "it")),
      births: readTable(pass, Table.Births, birthsSpec),
      stackIds: readTable(pass, Table.StackIds, stackIdsSpec),
    });
  }
  return mergeParts(answers);
}

/** Which tables differ, and where first. */
function differences(expected: AnalysisParts | Status, found: AnalysisParts | Status): string[] {
  if (typeof expected === "number" || typeof found === "number") {
    return expected === found ? [] : [`status ${String(expected)} became ${String(found)}`];
  }
  return Object.entries(expected).flatMap(([name, table]) => {
    const other = (found as unknown as Record<string, unknown>)[name];
    const [before, after] = [linesOf(table), linesOf(other)];
    const at = before.findIndex((line, row) => line !== after[row]);
    if (at === -1 && before.length === after.length) return [];
    return [`${name} ${at}: ${before[at]} became ${after[at]} (${before.length}, ${after.length} lines)`];
  });
}

/** A line a row, all columns of it. */
function linesOf(table: unknown): string[] {
  if (table instanceof Map) return [...table].map(String);
  if (typeof table !== "object" || table === null) return [String(table)];
  const columns = Object.entries(table).filter(([name]) => name !== "length");
  const length = Math.max(0, ...columns.map(([, column]) => (column as ArrayLike<unknown>).length));
  const names = columns.map(([name, column]) => `${name}: ${(column as object).constructor.name}`).sort();
  const sorted = columns.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, column]) => column as ArrayLike<unknown>);
  return [names.join(" "), ...Array.from({ length }, (_, row) => sorted.map((column) => column[row]).join(" "))];
}

function draw(random: Random, bytes: Uint8Array): PassOptions {
  const all = whole(bytes, {});
  const lastNs = typeof all === "number" ? 1 : Number(all.recording.endNs[0]! - all.recording.startNs[0]!);
  const fromNs = random.chance(0.3) ? random.between(0, lastNs) : undefined;
  const toNs = random.chance(0.3) ? (fromNs ?? 0) + random.between(1, lastNs + 1) : undefined;
  return {
    fromNs,
    toNs,
    wakerDepth: random.between(0, 1),
    calls: random.chance(0.5),
    latencies: random.chance(0.5),
    periodNsMin: random.chance(0.2) ? random.between(0, 2000) : undefined,
    stateMask: random.chance(0.2) ? random.between(0, 3) : undefined,
    binNs: random.chance(0.3) ? random.between(1000, 1_000_000) : undefined,
    heatBinNs: random.chance(0.3) ? random.between(1000, 1_000_000) : undefined,
  };
}

/** Whether the parts were put together; where they were not, it must be for damage. */
function assertSame(bytes: Uint8Array, options: PassOptions, what: string, more: Values = []): boolean {
  const expected = whole(bytes, options, more);
  let isDivided = true;
  for (const parts of [2, 3]) {
    const found = divided(bytes, options, parts, more);
    const which = `${what}, ${parts} parts, ${JSON.stringify(options)}`;
    if (found === undefined) {
      isDivided = false;
      assert.ok(typeof expected !== "number" && expected.warnings.warning.some(isOfDamage), which);
    } else {
      const all = differences(expected, found);
      // Whose events are read has stacks in the order in which events had them, which no part knows.
      assert.equal(more === sliced ? all.filter((line) => !/^(stacks|frames|offcpu|wakeups) /.test(line)) : all, [], which);
    }
  }
  return isDivided;
}

function isOfDamage(warning: Warning): boolean {
  return [Warning.DamagedBlock, Warning.Resynchronized, Warning.Truncated].includes(warning);
}

test("generated recordings in two and three parts are answered as whole", () => {
  let inParts = 0;
  for (let seed = firstSeed; seed < firstSeed + recordings; seed++) {
    const bytes = generateRecording(seed);
    inParts += Number(assertSame(bytes, {}, `SEED=${seed}`));
    assertSame(bytes, draw(new Random(seed), bytes), `SEED=${seed}`);
  }
  console.log(`${inParts} of ${recordings} recordings could be divided`);
  assert.ok(inParts > recordings / 2, "most recordings are not damaged");
});

test("recordings whose events are read in slices, in parts, are answered as whole", () => {
  for (let seed = firstSeed; seed < firstSeed + recordings / 2; seed++) {
    assertSame(generateRecording(seed), {}, `SEED=${seed}, in slices`, sliced);
    assertSame(strangersRecording(seed), {}, `SEED=${seed}, strangers in slices`, sliced);
  }
});

test("parts make room at the same moments, whatever each keeps of a block", () => {
  const sink = new MemorySink();
  const builder = new RecordingBuilder(sink.put, { startNs: 0, cpus: 2 });
  const off = { state: 1, nr: -1, flags: 0 };
  builder.switches(1, [{ time: 5, prev: 0, next: 6, ...off }, { time: 6, prev: 6, next: 0, ...off }]); // another part's
  const call = (time: number) => ({ tid: 5, time, nr: 1, result: 0, duration: 1 });
  // Blocks that begin before the one before has ended: each waits by itself, and not many more may.
  for (let i = 0; i < 8150; i++) builder.syscalls(0, [10 + i, 120_000 + i, 200_000 + i].map(call));
  builder.sync(100_000);
  for (let i = 0; i < 100; i++) {
    builder.switches(1, [
      { time: 111_000 - 10 * i, prev: 0, next: 6, ...off },
      { time: 119_000 - i, prev: 6, next: 0, ...off },
    ]);
  }
  builder.writer.end();
  const bytes = sink.bytes();
  const all = whole(bytes, {});
  assert.ok(typeof all !== "number" && all.recording.backwards[0]! > 0n, "some come late");
  assert.ok(assertSame(bytes, {}, "overlapping blocks"));
  assert.ok(assertSame(bytes, { toNs: 150_000 }, "overlapping blocks, cut"));
});

/** The tids that each of two parts follows. */
function tidsOfParts(bytes: Uint8Array): number[][] {
  return [0, 1].map((part) => {
    const pass = finished(bytes, [...passOptionValues({}), ...partOptionValues(part, 2)], part);
    assert.ok(pass instanceof EnginePass);
    return [...readAnalysis(pass, "it").threads.tid].sort((a, b) => a - b);
  });
}

test("threads of one CPU go to one part, of several CPUs to several", () => {
  const sink = new MemorySink();
  streamBigRecording(100_000, sink.put);
  const cpus = tidsOfParts(sink.bytes()).map((tids) => [...new Set(tids.map((tid) => Math.floor((tid - 1000) / 60)))]);
  assert.equal(cpus.map(({ length }) => length), [2, 2], JSON.stringify(cpus));
  assert.is(new Set(cpus.flat()).size, 4);
});

test("threads of a single busy CPU are divided, the busiest from the others", () => {
  const sink = new MemorySink();
  const builder = new RecordingBuilder(sink.put, { startNs: 0, cpus: 2 });
  const busy = Array.from({ length: 4000 }, (_, i) => ({ tid: i % 2 === 0 ? 9 : 5 + (i % 3), time: 1000 + i, nr: 1, result: 0, duration: 1 }));
  builder.syscalls(1, busy);
  builder.sync(10_000);
  builder.syscalls(0, [11, 12].map((tid, i) => ({ tid, time: 20_000 + i, nr: 1, result: 0, duration: 1 })));
  builder.writer.end();
  const [first, second] = tidsOfParts(sink.bytes());
  assert.equal([first, second], [[5, 6, 7, 11], [9, 12]], "behind the first Sync they go round");
});

test("threads that nothing introduces, in parts, are answered as whole", () => {
  for (let seed = firstSeed; seed < firstSeed + recordings; seed++) {
    const what = `SEED=${seed}, strangers`;
    assert.ok(assertSame(strangersRecording(seed), { wakerDepth: 1 }, what), what);
  }
});

test("damaged recordings in parts are answered as whole", () => {
  let dividedDespite = 0;
  for (let seed = firstSeed; seed < firstSeed + recordings / 2; seed++) {
    const random = new Random(seed);
    const bytes = generateRecording(seed, { steps: 200 });
    for (let damage = random.between(1, 4); damage > 0; damage--) {
      bytes[random.between(0, bytes.length - 1)]! ^= random.between(1, 255);
    }
    dividedDespite += Number(assertSame(bytes, { calls: true, latencies: true, wakerDepth: 1 }, `SEED=${seed}, damaged`));
  }
  console.log(`${dividedDespite} of ${recordings / 2} damaged recordings could be divided`);
});

const data = join(import.meta.dirname, "..", "data");
for (const name of readdirSync(data).filter((file) => file.endsWith(".offcut"))) {
  test(`${name} in parts is answered as whole`, () => {
    const bytes = readFileSync(join(data, name));
    assert.ok(assertSame(bytes, {}, name));
    assertSame(bytes, { calls: true, latencies: true, wakerDepth: 1, binNs: 5_000_000, heatBinNs: 50_000_000 }, name);
  });
}

test.run();
