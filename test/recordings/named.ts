// A recording of many threads that each wait once, with names of the test's choosing everywhere that
// a recording has names: host, threads, cgroup path, files, functions.

import { Ended } from "../oracle/format.js";
import { RecordingBuilder } from "./build.js";
import type { SwitchEvent } from "./build.js";
import { MemorySink } from "./write.js";

const second = 1_000_000_000;
const start = 5_000 * second;
const FirstTid = 1000;
const RecordsPerBlock = 1000;

export interface Names {
  readonly host: string;
  /** Of thread 0, 1, …; cut to 15 bytes by kernels, not by readers. */
  readonly comm: (thread: number) => string;
  readonly path: string;
  readonly symbol: string;
}

/** Thread n, with tid 1000 + n, waits for (n + 1) us in read(); all others run meanwhile. */
export function namedRecording(threads: number, names: Names): Uint8Array {
  const sink = new MemorySink();
  const header = {
    startNs: start,
    startRealtimeNs: 1_767_225_600_000_000_000n,
    bootId: new Uint8Array(16).fill(7),
    cpus: 1,
  };
  const builder = new RecordingBuilder(sink.put, header, "smaller");
  builder.meta({ writer: "test", host: names.host, streams: "switch,wake,syscall", stackMinUs: "1" });
  const object = builder.object({ kind: "Kernel", path: names.path, buildId: new Uint8Array(20).fill(1) });
  const tids = Array.from({ length: threads }, (_, thread) => FirstTid + thread);
  for (const some of pieces(tids)) {
    builder.tasks(
      some.map((tid) => ({
        time: start,
        kind: "Seen",
        tid,
        pid: tid,
        parent: 1,
        startTime: start - second,
        comm: names.comm(tid - FirstTid),
      })),
    );
  }
  builder.kernelSymbols([{ address: 0xffffffff_81000000n, length: 0x100, name: names.symbol, object }]);
  const kernelStack = builder.stack({ kind: "Kernel", pid: 0, time: start, addresses: [0xffffffff_81000010n] });
  // One after another: in at 0, out at 1 us, in again (n + 1) us later, out for good.
  let time = start;
  const events: SwitchEvent[] = [];
  for (const tid of tids) {
    const waitNs = (tid - FirstTid + 1) * 1000;
    events.push({ time: (time += 1000), prev: 0, next: tid });
    events.push({ time: (time += 1000), prev: tid, next: 0, state: 1, nr: 0 });
    events.push({ time: (time += waitNs), prev: 0, next: tid, kernelStack });
    events.push({ time: (time += 1000), prev: tid, next: 0, state: 0x80, nr: 60 });
  }
  for (const some of pieces(events)) builder.switches(0, some);
  builder.sync(time + 1000);
  builder.writer.end(Ended.Duration);
  return sink.bytes();
}

function pieces<Item>(items: readonly Item[]): (readonly Item[])[] {
  const count = Math.ceil(items.length / RecordsPerBlock);
  return Array.from({ length: count }, (_, at) => items.slice(at * RecordsPerBlock, (at + 1) * RecordsPerBlock));
}
