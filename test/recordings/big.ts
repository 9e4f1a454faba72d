// Writes a recording of as many events as wanted, fast and in little memory, for measuring readers:
//   npx tsx test/recordings/big.ts EVENTS FILE
// Each CPU has threads of its own that block, are woken, run and call the kernel. A few different
// slices of 50 ms are simulated per CPU and written again and again at later times, which the format
// allows because payloads hold differences of time. A slice begins and ends with the idle thread,
// so that slices in any order are one consistent history.

import { closeSync, openSync, writeSync } from "node:fs";
import { BlockType } from "../oracle/format.js";
import { RecordingBuilder } from "./build.js";
import { switchColumns, syscallColumns, wakeColumns } from "./event-columns.js";
import type { SwitchEvent, SyscallEvent, WakeEvent } from "./event-columns.js";
import { encodePayload } from "./encode.js";
import { Random } from "./random.js";
import { packPayload, type PackedPayload } from "./write.js";

const cpus = 4;
const threadsPerCpu = 60;
const slicesPerCpu = 12;
const sliceNs = 50_000_000;
const switchesPerSlice = 5_000;
const startNs = 1_000_000_000_000;

interface PackedStream {
  type: number;
  packed: PackedPayload;
  records: number;
  firstNs: number;
  lastNs: number;
}

type Slice = readonly PackedStream[];

export function writeBigRecording(events: number, file: string): number {
  const descriptor = openSync(file, "w");
  try {
    return streamBigRecording(events, (bytes) => writeSync(descriptor, bytes));
  } finally {
    closeSync(descriptor);
  }
}

/** At least `events` of them, piece by piece; answers how many. */
export function streamBigRecording(events: number, put: (bytes: Uint8Array) => void, seed = 1): number {
  const random = new Random(seed);
  const builder = new RecordingBuilder(put, { startNs, cpus });
  builder.meta({ writer: "big", host: "simulated", streams: "switch,wake,syscall", stackMinUs: "100" });
  const stacks = defineStacks(builder, random);
  defineThreads(builder);
  const slices = Array.from({ length: cpus }, (_, cpu) =>
    Array.from({ length: slicesPerCpu }, () => simulateSlice(cpu, stacks, random)),
  );
  const sequences = new Map<string, number>();
  let written = 0;
  for (let at = startNs; written < events; at += sliceNs) {
    for (let cpu = 0; cpu < cpus; cpu++) {
      for (const { type, packed, records, firstNs, lastNs } of random.pick(slices[cpu]!)) {
        const firstSeq = sequences.get(`${type} ${cpu}`) ?? 0;
        sequences.set(`${type} ${cpu}`, firstSeq + records);
        builder.writer.packedBlock(type, packed, {
          cpu,
          records,
          firstSeq,
          firstNs: at + firstNs,
          lastNs: at + lastNs,
        });
        written += records;
      }
    }
    builder.sync(at + sliceNs);
  }
  builder.writer.end();
  return written;
}

interface Stacks {
  kernel: number[];
  user: number[];
}

function defineStacks(builder: RecordingBuilder, random: Random): Stacks {
  const addresses = (base: bigint, depth: number): bigint[] =>
    Array.from({ length: depth }, () => base + BigInt(random.between(0, 400) * 0x40));
  const kernelObject = builder.object({ kind: "Kernel", path: "[kernel]" });
  const program = builder.object({
    kind: "File",
    path: "/usr/bin/program",
    buildId: new Uint8Array(20).fill(9),
  });
  const kernelBase = 0xffffffff_81000000n;
  const userBase = 0x55_0000_0000n;
  builder.maps([{ time: startNs, pid: 1000, start: userBase, length: 0x100000, object: program }]);
  builder.kernelSymbols(
    Array.from({ length: 401 }, (_, i) => {
      return {
        address: kernelBase + BigInt(i * 0x40),
        length: 0x40,
        name: `function_${i}`,
        object: kernelObject,
      };
    }),
  );
  const many = <T>(make: () => T): T[] => Array.from({ length: 2000 }, make);
  const time = startNs;
  return {
    kernel: many(() =>
      builder.stack({
        kind: "Kernel",
        pid: 0,
        time,
        addresses: addresses(kernelBase, random.between(6, 16)),
      }),
    ),
    user: many(() =>
      builder.stack({ kind: "User", pid: 1000, time, addresses: addresses(userBase, random.between(4, 30)) }),
    ),
  };
}

function tidOf(cpu: number, thread: number): number {
  return 1000 + cpu * threadsPerCpu + thread;
}

function defineThreads(builder: RecordingBuilder): void {
  const all = Array.from({ length: cpus * threadsPerCpu }, (_, i) => i);
  builder.tasks(
    all.map((i) => ({
      time: startNs,
      kind: "Seen",
      tid: 1000 + i,
      pid: 1000,
      parent: 1,
      comm: `worker-${i % 7}`,
      startTime: 5 + i,
    })),
  );
}

/** One CPU's events of one slice, with times from 0. */
function simulateSlice(cpu: number, stacks: Stacks, random: Random): Slice {
  const switches: SwitchEvent[] = [];
  const wakes: WakeEvent[] = [];
  const syscalls: SyscallEvent[] = [];
  let running = 0; // idle
  let now = 0;
  for (let i = 0; i < switchesPerSlice; i++) {
    const next = i === switchesPerSlice - 1 ? 0 : anotherThread(cpu, running, random);
    if (next !== 0 && random.chance(0.8)) {
      now += random.between(200, 3_000);
      wakes.push({ time: now, waker: running, wakee: next, flags: running === 0 ? 1 : 0 });
    }
    now += random.between(500, 4_000);
    const [state, nr, flags] = random.pick(running === 0 ? idleLeaves : threadLeaves);
    const kernelStack = next !== 0 && random.chance(0.2) ? random.pick(stacks.kernel) : 0;
    switches.push({ time: now, prev: running, next, state, nr, flags, kernelStack });
    running = next;
    if (running === 0) continue;
    now += random.between(200, 1_000);
    const userStack = kernelStack !== 0 ? random.pick(stacks.user) : 0;
    const duration = random.between(1_000, 40_000_000);
    syscalls.push({
      time: now,
      tid: running,
      nr: random.pick(calls),
      result: random.between(-11, 200),
      duration,
      offcpu: duration >> 1,
      userStack,
    });
  }
  return [
    pack("Switch", switches, switchColumns(switches)),
    pack("Wake", wakes, wakeColumns(cpu, wakes)),
    pack("Syscall", syscalls, syscallColumns(syscalls)),
  ];
}

const calls = [0, 1, 7, 202, 230, 232];
/** How a thread leaves: state, system call, flags. */
type Leave = readonly [number, number, number];
const idleLeaves: readonly Leave[] = [[0, -1, 0]];
const threadLeaves: readonly Leave[] = [
  [1, 202, 0],
  [1, 202, 0],
  [1, 7, 0],
  [1, 232, 0],
  [2, 0, 0],
  [0, -1, 1],
];

function anotherThread(cpu: number, running: number, random: Random): number {
  const next = tidOf(cpu, random.between(0, threadsPerCpu - 1));
  return next === running ? 0 : next;
}

function pack(
  name: "Switch" | "Wake" | "Syscall",
  events: readonly { time: number }[],
  columns: Parameters<typeof encodePayload>[1],
): PackedStream {
  const firstNs = events[0]!.time;
  const packed = packPayload(encodePayload(name, columns, firstNs), "smaller");
  return { type: BlockType[name], packed, records: events.length, firstNs, lastNs: events.at(-1)!.time };
}

if (process.argv[1] === import.meta.filename) {
  const [events, file] = process.argv.slice(2);
  if (events === undefined || file === undefined) {
    console.error("usage: big.ts EVENTS FILE");
    process.exitCode = 2;
  } else {
    const written = writeBigRecording(Number(events), file);
    console.log(`${written} events in ${file}`);
  }
}
