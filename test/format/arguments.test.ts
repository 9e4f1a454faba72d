// Which arguments belong to which call, as the document has it ("Arguments of a call"): pairs that
// belong together, and everything that looks like one and is none. And that a reader which knows
// nothing of them answers all else alike.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { analyzeWithEngine } from "../engine/run-engine.js";
import { rowsOfAnalysis } from "../engine/rows.js";
import { analyzeRecording } from "../oracle/analyze.js";
import { Ended, StringArgumentFlag, SyscallFlag } from "../oracle/format.js";
import { RecordingBuilder } from "../recordings/build.js";
import { MemorySink } from "../recordings/write.js";

const test = suite("format/arguments");

const second = 1_000_000_000;
const start = 5_000 * second;
const openat = 257;
const exitGroup = 231;

function recording(write: (builder: RecordingBuilder) => void): Uint8Array {
  const sink = new MemorySink();
  const header = { startNs: start, startRealtimeNs: 0n, bootId: new Uint8Array(16), cpus: 2 };
  const builder = new RecordingBuilder(sink.put, header, "never");
  write(builder);
  builder.writer.end(Ended.Duration);
  return sink.bytes();
}

/** Calls with arguments as "tid nr values strings". */
function joined(write: (builder: RecordingBuilder) => void): string[] {
  return analyzeRecording(recording(write)).callArguments.map(({ tid, nr, compat, values, strings }) => {
    const texts = strings.map(({ argument, text, truncated, unreadable }) => `${argument}=${text}${truncated ? "+" : ""}${unreadable ? "?" : ""}`);
    return [tid, compat ? `${nr}c` : nr, values.slice(0, 3).join(","), ...texts].join(" ");
  });
}

test("by thread and time, on whichever CPU the call ended", () => {
  const calls = joined((builder) => {
    builder.stringArguments([
      { time: start + 10, tid: 1, argument: 1, text: "/etc/passwd" },
      { time: start + 20, tid: 2, argument: 3, text: "/new", flags: StringArgumentFlag.Truncated },
      { time: start + 20, tid: 2, argument: 1, text: "", flags: StringArgumentFlag.Unreadable },
    ]);
    builder.arguments(0, [
      { time: start + 10, tid: 1, nr: openat, values: [-100n & 0xffffffffn, 2n ** 64n - 1n, 3] },
      { time: start + 20, tid: 2, nr: 316, values: [1, 2, 3, 4, 5, 6] },
      { time: start + 25, tid: 1, nr: 5, flags: SyscallFlag.Compat, values: [7] },
    ]);
    builder.syscalls(1, [
      { time: start + 15, tid: 1, nr: openat, duration: 5 },
      { time: start + 25, tid: 1, nr: 5, flags: SyscallFlag.Compat, duration: 0 }, // of no time at all
      { time: start + 40, tid: 2, nr: 316, duration: 20 },
    ]);
  });
  assert.equal(calls, [
    "1 257 4294967196,18446744073709551615,3 1=/etc/passwd",
    "1 5c 7,0,0",
    "2 316 1,2,3 1=? 3=/new+",
  ]);
});

test("a string that comes when its call ends is one of it, behind a Sync too", () => {
  const calls = joined((builder) => {
    builder.arguments(0, [{ time: start + 10, tid: 1, nr: openat, values: [1] }]);
    builder.sync(start + 20);
    builder.stringArguments([{ time: start + 10, tid: 1, argument: 1, text: "/late" }]);
    builder.syscalls(0, [{ time: start + 30, tid: 1, nr: openat, duration: 20 }]);
  });
  assert.equal(calls, ["1 257 1,0,0 1=/late"]);
});

test("unknown pairs are left out", () => {
  const calls = joined((builder) => {
    builder.stringArguments([
      { time: start + 11, tid: 1, argument: 1, text: "of a lost Arguments record" },
      { time: start + 40, tid: 4, argument: 1, text: "of another thread" },
    ]);
    builder.arguments(0, [
      { time: start + 10, tid: 1, nr: openat, values: [1] }, // its Syscall record was lost
      { time: start + 20, tid: 2, nr: exitGroup, values: [2] }, // it has none
      { time: start + 30, tid: 3, nr: openat, values: [3] }, // NoEnter: another call's exit
      { time: start + 40, tid: 5, nr: openat, values: [5] }, // another number
      { time: start + 41, tid: 6, nr: 20, flags: SyscallFlag.Compat, values: [6] }, // another ABI
    ]);
    builder.syscalls(0, [
      { time: start + 50, tid: 1, nr: openat, duration: 39 },
      { time: start + 51, tid: 3, nr: openat, duration: 0, flags: SyscallFlag.NoEnter },
      { time: start + 52, tid: 5, nr: 3, duration: 12 },
      { time: start + 53, tid: 6, nr: 20, duration: 12 },
      { time: start + 60, tid: 1, nr: openat, duration: 50 }, // too late for the first
    ]);
  });
  assert.equal(calls, []);
});

test("loss of Arguments is loss of a stream", () => {
  const answer = analyzeRecording(recording((builder) => {
    builder.arguments(1, [{ time: start + 10, tid: 1, nr: openat, values: [] }]);
    builder.lost([{ cpu: 1, stream: "Arguments", reason: "RingFull", from: start + 10, to: start + 20, count: 5 }]);
    builder.arguments(1, [{ time: start + 20, tid: 1, nr: openat, values: [] }], 7);
  }));
  const lost = answer.lost.map(({ cpu, stream, reason, count }) => [cpu, stream, reason, Number(count)]);
  assert.equal(lost, [[1, 18, 0, 2], [1, 18, 1, 5]]);
  assert.is(answer.end, BigInt(start + 20), "and its blocks are of the observed window");
});

test("the paths of cgroups are those of their first definition", () => {
  const { cgroups } = analyzeRecording(recording((builder) => {
    builder.cgroups([{ cgroup: 1, path: "/" }, { cgroup: 2n ** 64n - 1n, path: "/system.slice/x" }]);
    builder.cgroups([{ cgroup: 1, path: "/another" }]);
  }));
  assert.equal(cgroups, [{ cgroup: 1n, path: "/" }, { cgroup: 2n ** 64n - 1n, path: "/system.slice/x" }]);
});

test("the engine answers all else alike", () => {
  const syscalls = [{ time: start + 50, tid: 1, nr: openat, duration: 40 }];
  const plain = recording((builder) => builder.syscalls(0, syscalls));
  const full = recording((builder) => {
    builder.cgroups([{ cgroup: 1, path: "/" }]);
    builder.stringArguments([{ time: start + 10, tid: 1, argument: 1, text: "/etc/passwd" }]);
    builder.arguments(0, [{ time: start + 10, tid: 1, nr: openat, values: [1] }]);
    builder.syscalls(0, syscalls);
  });
  const rows = (bytes: Uint8Array) => rowsOfAnalysis(analyzeWithEngine(bytes));
  assert.equal(rows(full)["syscalls"], rows(plain)["syscalls"]);
  assert.equal(rows(full)["threads"], rows(plain)["threads"]);
  assert.equal(rows(full)["warnings"], []);
});

test.run();
