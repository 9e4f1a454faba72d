// A seed -> a recording of threads that nothing introduces: they are met as one of the two threads of a
// switch or a wakeup, in several blocks at the same moments, die and leave their tid to others. What
// decides here is the order of lives, and which life of a tid it was that woke somebody.

import { RecordingBuilder, type SwitchEvent, type WakeEvent } from "./build.js";
import { Random } from "./random.js";
import { MemorySink } from "./write.js";

const startNs = 1_000_000;
const cpus = 3;
const slices = 4;
const dead = 0x80;

export function strangersRecording(seed: number): Uint8Array {
  const random = new Random(seed);
  const sink = new MemorySink();
  const builder = new RecordingBuilder(sink.put, { startNs, cpus });
  builder.meta({ writer: "strangers", host: "simulated" });
  const tids = random.between(4, 40);
  const tid = (): number => random.between(0, tids);
  for (let slice = 0; slice < slices; slice++) {
    // Few moments: records of several blocks share theirs.
    const times = (): number[] =>
      Array.from({ length: random.between(1, 30) }, () => startNs + slice * 1000 + random.between(0, 99)).sort((a, b) => a - b);
    for (let cpu = 0; cpu < cpus; cpu++) {
      builder.switches(cpu, times().map((time): SwitchEvent => ({ time, prev: tid(), next: tid(), state: random.pick([0, 1, 2, dead]) })));
      builder.wakes(cpu, times().map((time): WakeEvent => ({ time, waker: tid(), wakee: tid(), flags: random.pick([0, 0, 0, 1]) })));
      if (random.chance(0.3)) {
        const [time] = times();
        builder.tasks([{ time: time!, kind: random.pick(["Fork", "Seen", "Exit"]), tid: tid(), pid: 1, parent: 1, comm: "stranger" }]);
      }
    }
    builder.sync(startNs + (slice + 1) * 1000);
  }
  builder.writer.end();
  return sink.bytes();
}
