// One small recording with every block type, every kind of definition and both codecs, for tests
// that go through a recording byte by byte, and for the golden file of test/format. Never changes
// but with the format: its bytes are checked in.

import { Ended } from "../oracle/format.js";
import { RecordingBuilder } from "./build.js";
import { MemorySink, type Compression } from "./write.js";

const second = 1_000_000_000;
const start = 5_000 * second;

export function smallRecording(compression: Compression = "smaller"): Uint8Array {
  const sink = new MemorySink();
  const header = {
    startNs: start,
    startRealtimeNs: 1_767_225_600_000_000_000n, // 2026-01-01T00:00:00Z
    bootId: Uint8Array.from({ length: 16 }, (_, i) => 16 * i + i),
    cpus: 2,
  };
  const builder = new RecordingBuilder(sink.put, header, compression);
  builder.meta({ writer: "test", host: "small", streams: "switch,wake,syscall", stackMinUs: "1" });
  builder.clocks([{ monotonic: start, boottime: start + 7, realtime: 1_767_225_600_000_000_000n }]);
  const stacks = define(builder);
  writeEvents(builder, stacks);
  builder.syscallCounts([{ nr: 1, flags: 0, count: 2, errors: 1, time: 1_400_000 }]);
  builder.offcpuCounts([{ class: 5, periods: 1, time: 1_000_000 }]);
  builder.sync(start + second);
  builder.totals([
    { cpu: 0, stream: "Switch", seen: 4, lost: 0 },
    { cpu: 1, stream: "Wake", seen: 4, lost: 3 },
    { cpu: 0, stream: "Syscall", seen: 2, lost: 0 },
  ]);
  builder.writer.end(Ended.Duration);
  return sink.bytes();
}

interface Stacks {
  kernel: number;
  user: number;
}

function define(builder: RecordingBuilder): Stacks {
  const kernelObject = builder.object({
    kind: "Kernel",
    path: "[kernel]",
    buildId: new Uint8Array(20).fill(0xaa),
  });
  const program = builder.object({
    kind: "File",
    path: "/usr/bin/small",
    device: 0x800001,
    inode: 42,
    buildId: Uint8Array.of(1, 2, 3),
  });
  builder.tasks([
    {
      time: start,
      kind: "Seen",
      tid: 101,
      pid: 101,
      parent: 1,
      startTime: start - second,
      comm: "small",
      cgroup: 9,
    },
    { time: start + 10_000, kind: "Fork", tid: 102, pid: 101, parent: 101, comm: "small" },
    { time: start + 20_000, kind: "Comm", tid: 102, pid: 101, comm: "worker" },
  ]);
  builder.maps([
    { time: start, pid: 101, start: 0x55_0000_1000n, length: 0x2000, fileOffset: 0x1000, object: program },
  ]);
  builder.kernelSymbols([
    { address: 0xffffffff_81000000n, length: 0x100, name: "schedule", object: kernelObject },
    { address: 0xffffffff_81000100n, length: 0x80, name: "pipe_write", object: kernelObject },
  ]);
  const time = start + 400_000;
  return {
    kernel: builder.stack({
      kind: "Kernel",
      pid: 0,
      time,
      addresses: [0xffffffff_81000010n, 0xffffffff_81000150n],
    }),
    user: builder.stack({ kind: "User", pid: 101, time, addresses: [0x55_0000_1234n, 0x55_0000_2345n] }),
  };
}

/**
 * cpu 0   101 ....wwwwwwwwww------------.101 ..p       w: in write(), -: blocked there, p: preempted
 *             102 ...........102 gone
 */
function writeEvents(builder: RecordingBuilder, stacks: Stacks): void {
  builder.switches(0, [
    { time: start + 400_000, prev: 101, next: 102, state: 1, nr: 1 },
    { time: start + 900_000, prev: 102, next: 0, state: 0x80, nr: 60 },
    { time: start + 1_400_000, prev: 0, next: 101, kernelStack: stacks.kernel },
    { time: start + 2_000_000, prev: 101, next: 0, flags: 1 },
  ]);
  builder.lost([{ cpu: 1, stream: "Wake", reason: "RingFull", from: start, to: start + 5_000, count: 3 }]);
  builder.wakes(1, [{ time: start + 1_300_000, waker: 0, wakee: 101, targetCpu: 0, flags: 1 }], 3);
  builder.syscalls(0, [
    {
      time: start + 1_500_000,
      tid: 101,
      nr: 1,
      result: 4096,
      duration: 1_400_000,
      offcpu: 1_000_000,
      userStack: stacks.user,
    },
    { time: start + 1_600_000, tid: 101, nr: 1, flags: 2, result: -32 },
  ]);
}
