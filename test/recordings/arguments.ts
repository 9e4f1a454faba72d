// A small recording of system calls with arguments, strings that they point to and paths of control
// groups: the blocks that the smallest one does not have.

import { Ended, StringArgumentFlag, SyscallFlag } from "../oracle/format.js";
import { RecordingBuilder } from "./build.js";
import { MemorySink } from "./write.js";

const startNs = 5_000_000_000_000;
const openat = 257;
const renameat2 = 316;

export function argumentsRecording(): Uint8Array {
  const sink = new MemorySink();
  const header = { startNs, startRealtimeNs: 0n, bootId: new Uint8Array(16), cpus: 2 };
  const builder = new RecordingBuilder(sink.put, header, "never");
  builder.cgroups([
    { cgroup: 1n, path: "/" },
    { cgroup: 77n, path: "/system.slice/web.service" },
  ]);
  builder.stringArguments([
    { time: startNs + 10, tid: 1, argument: 1, text: "/etc/passwd" },
    { time: startNs + 20, tid: 2, argument: 1, text: "", flags: StringArgumentFlag.Unreadable },
    { time: startNs + 20, tid: 2, argument: 3, text: "/new", flags: StringArgumentFlag.Truncated },
  ]);
  builder.arguments(0, [
    { time: startNs + 10, tid: 1, nr: openat, values: [-100n & 0xffffffffn, 2n ** 64n - 1n, 3] },
    { time: startNs + 20, tid: 2, nr: renameat2, values: [1, 2, 3, 4, 5, 6] },
    { time: startNs + 25, tid: 1, nr: 5, flags: SyscallFlag.Compat, values: [7] },
  ]);
  builder.syscalls(1, [
    { time: startNs + 15, tid: 1, nr: openat, duration: 5 },
    { time: startNs + 26, tid: 1, nr: 5, flags: SyscallFlag.Compat, duration: 1 },
    { time: startNs + 40, tid: 2, nr: renameat2, duration: 20 },
  ]);
  builder.writer.end(Ended.Duration);
  return sink.bytes();
}
