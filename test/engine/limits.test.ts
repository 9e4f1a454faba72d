// Every limit of capture/FORMAT.md, at its value and one above. A block that breaks a rule is left
// out whole, with a warning, by the engine and by the oracle alike; what stands at the limit counts.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { Warning } from "../../assembly/tables.js";
import { analyzeRecording } from "../oracle/analyze.js";
import * as format from "../oracle/format.js";
import { RecordingBuilder } from "../recordings/build.js";
import type { ColumnValues, Value } from "../recordings/encode.js";
import { MemorySink, type BlockInput } from "../recordings/write.js";
import { analyzeWithEngine } from "./run-engine.js";
import { differences, rowsOfAnalysis, rowsOfAnswer } from "./rows.js";

const start = 1_000_000;

/** A recording with these blocks, as both readers see it: how many blocks are damaged. */
function damagedBlocks(...blocks: readonly BlockInput[]): number {
  const sink = new MemorySink();
  const builder = new RecordingBuilder(sink.put, { startNs: start, cpus: 2 }, "never");
  for (const block of blocks) builder.writer.block(block);
  builder.sync(2 * start);
  builder.writer.end();
  const analysis = analyzeWithEngine(sink.bytes());
  const found = differences(rowsOfAnalysis(analysis), rowsOfAnswer(analyzeRecording(sink.bytes())));
  assert.ok(found.length === 0, found.slice(0, 5).join("\n"));
  return analysis.warnings.warning.filter((warning) => warning === Warning.DamagedBlock).length;
}

/** One column of one record at its limit and above it. */
function assertLimit(make: (value: Value) => BlockInput, max: Value, above: Value = BigInt(max) + 1n): void {
  assert.is(damagedBlocks(make(max)), 0, `at the limit ${max}`);
  assert.is(damagedBlocks(make(above)), 1, `above it, ${above}`);
}

function block(
  type: format.BlockTypeName,
  records: number,
  columns: { [column: string]: ColumnValues },
): BlockInput {
  return { type, cpu: 0, records, firstNs: start, columns };
}

function switchBlock(changes: { [column: string]: Value[] }): BlockInput {
  const columns = {
    threads: [7, 8],
    reasonState: [1],
    reasonNr: [-1],
    reasonFlags: [0],
    time: [start],
    prev: [1],
    next: [1],
    reason: [0],
    kernelStack: [0],
    userStack: [0],
  };
  return block("Switch", 1, { ...columns, ...changes });
}

function syscallBlock(changes: { [column: string]: Value[] }): BlockInput {
  const columns = {
    threads: [7],
    callNr: [1],
    callFlags: [0],
    time: [start],
    thread: [0],
    call: [0],
    result: [0],
    duration: [0],
    offcpu: [0],
    userStack: [0],
  };
  return block("Syscall", 1, { ...columns, ...changes });
}

function wakeBlock(changes: { [column: string]: Value[] }): BlockInput {
  const columns = { threads: [7, 8], time: [start], waker: [0], wakee: [1], targetCpu: [0], flags: [0] };
  return block("Wake", 1, { ...columns, ...changes });
}

function taskBlock(changes: { [column: string]: Value[] }): BlockInput {
  const columns = {
    time: [start],
    kind: [1],
    tid: [7],
    pid: [7],
    parent: [1],
    startTime: [0],
    comm: [0],
    flags: [0],
    cgroup: [0],
  };
  return block("Task", 1, { ...columns, ...changes });
}

test("thread ids", () => {
  assertLimit((tid) => switchBlock({ threads: [tid, 8] }), format.tidMax);
  assertLimit((tid) => wakeBlock({ threads: [7, tid] }), format.tidMax);
  assertLimit((tid) => syscallBlock({ threads: [tid] }), format.tidMax);
  assertLimit((tid) => taskBlock({ tid: [tid] }), format.tidMax);
  assertLimit((pid) => taskBlock({ pid: [pid] }), format.tidMax);
  assert.is(damagedBlocks(switchBlock({ threads: [format.tidOther, 8] })), 0, "TidOther");
});

test("references into dictionaries", () => {
  assertLimit((prev) => switchBlock({ prev: [prev] }), 2);
  assertLimit((next) => switchBlock({ next: [next] }), 1);
  assertLimit((reason) => switchBlock({ reason: [reason] }), 0);
  assertLimit((waker) => wakeBlock({ waker: [waker] }), 1);
  assertLimit((wakee) => wakeBlock({ wakee: [wakee] }), 1);
  assertLimit((thread) => syscallBlock({ thread: [thread] }), 0);
  assertLimit((call) => syscallBlock({ call: [call] }), 0);
});

test("the first switch of a block has no switch before it", () => {
  assert.is(damagedBlocks(switchBlock({ prev: [0] })), 1);
});

test("ids of stacks, strings and objects", () => {
  assertLimit((id) => switchBlock({ kernelStack: [id] }), format.stackIdMax);
  assertLimit((id) => switchBlock({ userStack: [id] }), format.stackIdMax);
  assertLimit((id) => syscallBlock({ userStack: [id] }), format.stackIdMax);
  assertLimit((comm) => taskBlock({ comm: [comm] }), format.stringIdMax);
  assertLimit(
    (id) => block("String", 1, { firstId: [id], length: [1], bytes: Uint8Array.of(65) }),
    format.stringIdMax,
  );
  const object = (id: Value): BlockInput =>
    block("Object", 1, {
      id: [id],
      kind: [1],
      path: [0],
      device: [0],
      inode: [0],
      buildIdLength: [0],
      buildId: new Uint8Array(0),
    });
  assertLimit(object, format.objectIdMax);
});

test("the last id of a String block counts, not the first", () => {
  const strings = (firstId: number): BlockInput =>
    block("String", 2, { firstId: [firstId], length: [1, 1], bytes: Uint8Array.of(65, 66) });
  assert.is(damagedBlocks(strings(format.stringIdMax - 1)), 0);
  assert.is(damagedBlocks(strings(format.stringIdMax)), 1);
});

test("lengths of strings, keys, values, build ids and stacks", () => {
  const bytes = (length: Value): Uint8Array => new Uint8Array(Number(length)).fill(97);
  assertLimit(
    (length) => block("String", 1, { firstId: [1], length: [length], bytes: bytes(length) }),
    format.stringBytesMax,
  );
  assertLimit(
    (length) =>
      block("Meta", 1, { keyLength: [length], key: bytes(length), valueLength: [0], value: bytes(0) }),
    format.stringBytesMax,
  );
  assertLimit(
    (length) =>
      block("Meta", 1, { keyLength: [0], key: bytes(0), valueLength: [length], value: bytes(length) }),
    format.stringBytesMax,
  );
  assertLimit(
    (length) =>
      block("Object", 1, {
        id: [1],
        kind: [1],
        path: [0],
        device: [0],
        inode: [0],
        buildIdLength: [length],
        buildId: bytes(length),
      }),
    format.buildIdBytesMax,
  );
  assertLimit(
    (depth) =>
      block("Stack", 1, {
        id: [1],
        kind: [1],
        flags: [0],
        pid: [0],
        time: [start],
        depth: [depth],
        address: Array.from(bytes(depth)),
      }),
    format.stackDepthMax,
  );
});

test("numbers that must fit 32 bits", () => {
  assertLimit((state) => switchBlock({ reasonState: [state] }), 2n ** 32n - 1n);
  assertLimit((nr) => switchBlock({ reasonNr: [nr] }), 2n ** 31n - 1n);
  assertLimit((nr) => switchBlock({ reasonNr: [nr] }), -(2n ** 31n), -(2n ** 31n) - 1n);
  assertLimit((nr) => syscallBlock({ callNr: [nr] }), 2n ** 31n - 1n);
  assertLimit((flags) => wakeBlock({ flags: [flags] }), 2n ** 32n - 1n);
  assertLimit((cpu) => wakeBlock({ targetCpu: [cpu] }), format.cpuNone);
});

test("numbers of 64 bits", () => {
  assert.is(
    damagedBlocks(syscallBlock({ result: [-(2n ** 63n)], duration: [2n ** 63n], offcpu: [2n ** 40n] })),
    0,
  );
  assert.is(damagedBlocks(taskBlock({ cgroup: [2n ** 64n - 1n], startTime: [2n ** 64n - 1n] })), 0);
});

test("times of an event block run from firstNs to lastNs", () => {
  const twice = switchBlock({
    time: [start, start + 5],
    prev: [1, 2],
    next: [1, 0],
    reason: [0, 0],
    kernelStack: [0, 0],
    userStack: [0, 0],
  });
  assert.is(damagedBlocks({ ...twice, records: 2, lastNs: start + 5 }), 0);
  assert.is(damagedBlocks({ ...twice, records: 2, lastNs: start + 6 }), 1);
  assert.is(damagedBlocks({ ...twice, records: 2, lastNs: start + 4 }), 1);
});

test("columns of a later version are skipped, up to ColumnsMax", () => {
  const extra = (columns: number): BlockInput => ({
    ...wakeBlock({}),
    extra: Array.from({ length: columns }, () => [1, 2]),
  });
  assert.is(damagedBlocks(extra(format.columnsMax - 6)), 0);
  assert.is(damagedBlocks(extra(format.columnsMax - 5)), 1);
});

test("records of a block and entries of a dictionary", () => {
  const many = (records: number): BlockInput => {
    const fill = (value: number): number[] => new Array<number>(records).fill(value);
    return {
      ...wakeBlock({ time: fill(start), waker: fill(0), wakee: fill(1), targetCpu: fill(0), flags: fill(0) }),
      records,
    };
  };
  assert.is(damagedBlocks(many(format.blockRecordsMax)), 0);
  assert.is(damagedBlocks(many(format.blockRecordsMax + 1)), 1);
  const entries = (count: number): BlockInput => wakeBlock({ threads: new Array<number>(count).fill(7) });
  assert.is(damagedBlocks(entries(format.dictionaryMax)), 0);
  assert.is(damagedBlocks(entries(format.dictionaryMax + 1)), 1);
});

/** A call of one thread that blocks once on each of `stacks` kernel stacks before it ends. */
function callWithStacks(stacks: number): Uint8Array {
  const sink = new MemorySink();
  const builder = new RecordingBuilder(sink.put, { startNs: start, cpus: 1 });
  const user = builder.stack({ kind: "User", pid: 7, time: start, addresses: [0x1000n] });
  const switches = Array.from({ length: stacks }, (_, i) => {
    const kernelStack = builder.stack({
      kind: "Kernel",
      pid: 0,
      time: start,
      addresses: [0xffffffff_81000000n + BigInt(i)],
    });
    return [
      { time: start + 10 * i + 10, prev: 7, next: 0, state: 1, nr: 3 },
      { time: start + 10 * i + 15, prev: 0, next: 7, kernelStack },
    ];
  }).flat();
  const end = start + 10 * stacks + 10;
  builder.switches(0, switches);
  builder.syscalls(0, [{ time: end, tid: 7, nr: 3, duration: end - start, userStack: user }]);
  builder.sync(end);
  builder.writer.end();
  return sink.bytes();
}

test("periods that wait for a user stack", () => {
  for (const [stacks, without] of [
    [format.periodsWaitingMax, 0],
    [format.periodsWaitingMax + 3, 3],
  ] as const) {
    const bytes = callWithStacks(stacks);
    const answer = analyzeRecording(bytes);
    const stackless = answer.offcpu.filter((row) => row.userStack.frames.length === 0);
    assert.is(stackless.length, without);
    const oldest = stackless
      .map((row) => Number(row.kernelStack.frames[0]!.address & 0xfffn))
      .sort((a, b) => a - b);
    assert.equal(
      oldest,
      Array.from({ length: without }, (_, i) => i),
    );
    assert.equal(differences(rowsOfAnalysis(analyzeWithEngine(bytes)), rowsOfAnswer(answer)), []);
  }
});

test("generations asked for a mapping", () => {
  for (const [generations, found] of [
    [format.generationsMax, true],
    [format.generationsMax + 1, false],
  ] as const) {
    const sink = new MemorySink();
    const builder = new RecordingBuilder(sink.put, { startNs: start, cpus: 1 });
    const object = builder.object({ kind: "File", path: "/ancestor" });
    const forks = Array.from({ length: generations - 1 }, (_, i) => i + 1);
    builder.maps([{ time: start, pid: 100, start: 0x1000n, length: 0x1000, object }]);
    builder.tasks(
      forks.map((i) => ({ time: start + i, kind: "Fork", tid: 100 + i, pid: 100 + i, parent: 99 + i })),
    );
    const youngest = 99 + generations;
    const user = builder.stack({ kind: "User", pid: youngest, time: start + 1000, addresses: [0x1234n] });
    builder.switches(0, [
      { time: start + 1000, prev: youngest, next: 0, state: 1 },
      { time: start + 1010, prev: 0, next: youngest, userStack: user },
    ]);
    builder.sync(start + 2000);
    builder.writer.end();
    const answer = analyzeRecording(sink.bytes());
    const frames = answer.offcpu.flatMap((row) => row.userStack.frames);
    assert.equal(
      frames.map((frame) => frame.object),
      [found ? "/ancestor" : ""],
    );
    assert.equal(differences(rowsOfAnalysis(analyzeWithEngine(sink.bytes())), rowsOfAnswer(answer)), []);
  }
});

test.run();
