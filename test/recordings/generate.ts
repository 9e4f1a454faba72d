// A seed -> a recording of a simulated host, with what goes wrong between a kernel and a file:
// lost records (explained, partly, or not at all), late blocks, contradictions, clocks that go
// backwards, filters, blocks and columns of a newer minor version, and every kind of end. The same
// seed gives the same bytes. Used wherever the engine is compared with the oracle.

import * as format from "../oracle/format.js";
import { RecordingBuilder, type SwitchEvent, type SyscallEvent, type WakeEvent } from "./build.js";
import { Random } from "./random.js";
import { Simulation, type Emission, type Habit } from "./simulate.js";
import { MemorySink } from "./write.js";

export interface GenerateOptions {
  /** Steps of the simulation; about three quarters of them make a record. */
  steps?: number;
}

type StreamEmission = Extract<Emission, { cpu: number }>;
type StreamName = StreamEmission["stream"];

/** How often each thing goes wrong in this recording; drawn once, so that some are all well. */
interface Trouble {
  loss: number;
  late: number;
  vanish: number;
  twice: number;
  backwards: number;
  newer: number;
  other: boolean;
}

export function generateRecording(seed: number, options: GenerateOptions = {}): Uint8Array {
  return new Generator(seed, options).generate();
}

class Generator {
  private readonly random: Random;
  private readonly sink = new MemorySink();
  private readonly builder: RecordingBuilder;
  private readonly simulation: Simulation;
  private readonly trouble: Trouble;
  private readonly steps: number;
  private readonly startNs: number;
  private readonly cpus: number;
  private readonly counts = new Map<
    string,
    { cpu: number; stream: StreamName; seen: number; lost: number }
  >();
  private late: StreamEmission[][] = [];
  private slice: Emission[] = [];

  constructor(seed: number, options: GenerateOptions) {
    const random = new Random(seed);
    this.random = random;
    this.steps = options.steps ?? random.pick([20, 200, 1000]);
    this.startNs = random.pick([0, 1_000_000, 86_400_000_000_000, 2 ** 52]);
    this.cpus = random.between(1, 6);
    this.trouble = drawTrouble(random);
    this.builder = this.newBuilder();
    const objects = this.defineObjects();
    this.simulation = new Simulation(random, {
      cpus: this.cpus,
      tids: random.between(3, 24),
      startNs: this.startNs,
      stackMinNs: random.pick([0, 1_000, 100_000]),
      objects,
      habit: random.pick<Habit>(["none", "none", "longCalls", "wakeChains"]),
      stackId: (stack) => (random.chance(0.01) ? 9999 : this.builder.stack(stack)), // 9999: a lost definition
    });
  }

  generate(): Uint8Array {
    this.head();
    for (let step = 0; step < this.steps; step++) {
      this.simulation.step();
      if (this.random.chance(0.01)) this.writeSlice();
    }
    this.writeSlice();
    this.tail();
    return this.cutOff(this.sink.bytes());
  }

  private newBuilder(): RecordingBuilder {
    const header = {
      startNs: this.startNs,
      startRealtimeNs: 1_700_000_000_000_000_000n + BigInt(this.random.between(0, 1_000_000)),
      versionMinor: this.trouble.newer > 0 ? 7 : 0,
      cpus: this.cpus,
      bootId: Uint8Array.from({ length: 16 }, () => this.random.between(0, 255)),
    };
    return new RecordingBuilder(this.sink.put, header, this.random.pick(["never", "always", "smaller"]));
  }

  private defineObjects(): number[] {
    const { builder } = this;
    const libc = builder.object({
      kind: "File",
      path: "/usr/lib/libc.so.6",
      device: 0x800001,
      inode: 77,
      buildId: Uint8Array.of(0xab, 0xcd, 0xef),
    });
    const noId = builder.object({ kind: "File", path: "/usr/bin/nö id", device: 0x800001, inode: 78 });
    const jit = builder.object({ kind: "Anonymous", path: "[anon]" });
    const kernel = builder.object({ kind: "Kernel", path: "[kernel]", buildId: new Uint8Array(32).fill(7) });
    builder.maps([
      {
        time: this.startNs,
        pid: 0,
        start: 0xffffffff_81000000n,
        length: 0x700,
        fileOffset: 0x200000,
        object: kernel,
      },
    ]);
    const functions = Array.from({ length: 20 }, (_, i) => ({
      address: 0xffffffff_81000000n + BigInt(i * 0x40),
      length: i % 5 === 4 ? 0x20 : 0x40,
      name: `function_${i}`,
      object: kernel,
    }));
    builder.kernelSymbols(this.random.shuffled(functions).slice(0, 15));
    return [libc, noId, jit, 4242]; // 4242: never defined
  }

  private head(): void {
    this.builder.meta({
      writer: "simulation",
      host: "hoßt",
      streams: "switch,wake,syscall",
      "a newer key": "",
    });
    this.builder.clocks([
      { monotonic: this.startNs, boottime: this.startNs + 5, realtime: 1_700_000_000_000_000_000n },
    ]);
  }

  /** Writes what was simulated since the last slice, and says how far it is complete. */
  private writeSlice(): void {
    this.slice = this.simulation.emissions.splice(0);
    const late = this.late;
    this.late = [];
    this.writeTasksAndMaps();
    for (const stream of late) this.writeStream(stream);
    for (const stream of this.random.shuffled(this.streams())) {
      if (this.random.chance(this.trouble.late)) this.late.push(stream);
      else this.writeStream(stream);
    }
    if (this.random.chance(0.1)) this.writeCounters();
    if (this.random.chance(this.trouble.newer)) this.writeNewerBlock();
    if (this.random.chance(0.9)) this.builder.sync(this.simulation.now);
  }

  private streams(): StreamEmission[][] {
    const streams = new Map<string, StreamEmission[]>();
    for (const emission of this.slice) {
      if (emission.stream === "Task" || emission.stream === "Map") continue;
      const key = `${emission.stream} ${emission.cpu}`;
      const stream = streams.get(key);
      if (stream === undefined) streams.set(key, [emission]);
      else stream.push(emission);
    }
    return [...streams.values()];
  }

  private writeTasksAndMaps(): void {
    const tasks = this.slice.flatMap((emission) => (emission.stream === "Task" ? [emission.event] : []));
    const maps = this.slice.flatMap((emission) => (emission.stream === "Map" ? [emission.event] : []));
    const kept = tasks.filter(() => !this.random.chance(this.trouble.vanish));
    this.builder.tasks(kept.sort((a, b) => a.time - b.time));
    this.builder.maps(maps);
  }

  /** Cuts one stream's records into blocks, losing some between them. */
  private writeStream(stream: readonly StreamEmission[]): void {
    const { stream: name, cpu } = stream[0]!;
    const records = this.disturbed(stream);
    const count = this.count(name, cpu);
    let lostBefore = 0;
    for (let at = 0; at < records.length;) {
      if (this.random.chance(this.trouble.loss)) {
        const lost = Math.min(records.length - at, this.random.between(1, 5));
        this.explain(records.slice(at, at + lost), name, cpu);
        lostBefore += lost;
        count.lost += lost;
        at += lost;
        continue;
      }
      const length = this.blockLength(records, at);
      this.writeBlock(name, cpu, records.slice(at, at + length), lostBefore);
      lostBefore = 0;
      at += length;
    }
    count.seen += records.length;
  }

  /** As many as follow each other in time, or fewer. */
  private blockLength(records: readonly StreamEmission[], at: number): number {
    let length = 1;
    while (
      at + length < records.length &&
      records[at + length]!.event.time >= records[at + length - 1]!.event.time
    )
      length++;
    return this.random.chance(0.5) ? length : this.random.between(1, length);
  }

  private writeBlock(
    name: StreamName,
    cpu: number,
    records: readonly StreamEmission[],
    lostBefore: number,
  ): void {
    const events = records.map((record) => record.event);
    this.builder.extra = this.random.chance(this.trouble.newer) ? [[1, 2, 3], []] : [];
    if (name === "Switch") this.builder.switches(cpu, events as SwitchEvent[], lostBefore);
    else if (name === "Wake") this.builder.wakes(cpu, events as WakeEvent[], lostBefore);
    else this.builder.syscalls(cpu, events as SyscallEvent[], lostBefore);
    this.builder.extra = [];
  }

  private explain(lost: readonly StreamEmission[], stream: StreamName, cpu: number): void {
    const how = this.random.fraction();
    if (how < 0.4) return; // found only by its gap
    const count = how < 0.7 ? lost.length : Math.max(1, lost.length - 1);
    const [from, to] = [lost[0]!.event.time, lost.at(-1)!.event.time];
    const everywhere = this.random.chance(0.1);
    const where = everywhere ? {} : { cpu };
    this.builder.lost([
      { ...where, stream, reason: "RingFull", from: Math.min(from, to), to: Math.max(from, to), count },
    ]);
    if (!this.random.chance(0.1)) return;
    // One that was noticed long after it happened, and explains nothing.
    const earlier = this.startNs + Math.floor((from - this.startNs) * this.random.fraction());
    this.builder.lost([
      {
        cpu,
        stream: "Task",
        reason: "PerfRingFull",
        from: this.startNs,
        to: Math.max(this.startNs, earlier),
        count: 1,
      },
    ]);
  }

  /** Records that vanish without a gap, come twice, or are stamped too early. */
  private disturbed(stream: readonly StreamEmission[]): StreamEmission[] {
    const { random, trouble } = this;
    const records: StreamEmission[] = [];
    for (const emission of stream) {
      if (random.chance(trouble.vanish)) continue;
      const record = this.filtered(emission);
      if (random.chance(trouble.backwards)) {
        record.event.time = Math.max(0, record.event.time - random.between(1, 50_000));
      }
      records.push(record);
      if (random.chance(trouble.twice)) records.push(structuredClone(record));
    }
    return records;
  }

  /** With a filter, every third tid is somebody else's. */
  private filtered(emission: StreamEmission): StreamEmission {
    const record = structuredClone(emission);
    if (!this.trouble.other) return record;
    const other = (tid: number): number => (tid !== 0 && tid % 3 === 0 ? format.tidOther : tid);
    if (record.stream === "Switch") {
      record.event.prev = other(record.event.prev);
      record.event.next = other(record.event.next);
    } else if (record.stream === "Wake") {
      record.event.waker = other(record.event.waker);
    }
    return record;
  }

  private count(stream: StreamName, cpu: number): { seen: number; lost: number } {
    const key = `${stream} ${cpu}`;
    const count = this.counts.get(key) ?? { cpu, stream, seen: 0, lost: 0 };
    this.counts.set(key, count);
    return count;
  }

  private writeCounters(): void {
    const { random } = this;
    this.builder.syscallCounts([
      { nr: 0, flags: 0, count: random.between(0, 1000), errors: 3, time: 12345 },
      { nr: -1, flags: 1, count: random.between(0, 1000), errors: 0, time: 2 ** 45 },
    ]);
    this.builder.offcpuCounts([
      { class: random.between(0, 6), periods: random.between(0, 99), time: 2 ** 44 },
    ]);
  }

  private writeNewerBlock(): void {
    const payload = Uint8Array.from({ length: this.random.between(0, 40) }, () =>
      this.random.between(0, 255),
    );
    this.builder.writer.rawBlock(200 + this.random.between(0, 3), payload, {
      records: 3,
      firstNs: this.simulation.now,
    });
  }

  private tail(): void {
    for (const stream of this.late) this.writeStream(stream);
    if (this.random.chance(0.8)) this.builder.sync(this.simulation.now + this.random.between(0, 1000));
    this.builder.lost(
      this.random.chance(0.3)
        ? [{ stream: "Stack", reason: "StackRefused", from: this.startNs, to: this.simulation.now, count: 9 }]
        : [],
    );
    if (this.random.chance(0.2)) return; // killed
    this.writeCounters();
    this.builder.totals([...this.counts.values()]);
    this.builder.writer.end(this.random.between(1, 6));
  }

  /** Some recordings end in the middle of a block. */
  private cutOff(bytes: Uint8Array): Uint8Array {
    if (!this.random.chance(0.1)) return bytes;
    return bytes.slice(0, this.random.between(format.fileHeaderBytes, bytes.length));
  }
}

function drawTrouble(random: Random): Trouble {
  const rate = (often: number, max: number): number => (random.chance(often) ? random.fraction() * max : 0);
  return {
    loss: rate(0.4, 0.2),
    late: rate(0.3, 0.3),
    vanish: rate(0.3, 0.05),
    twice: rate(0.2, 0.05),
    backwards: rate(0.2, 0.1),
    newer: rate(0.2, 0.5),
    other: random.chance(0.2),
  };
}
