// What a recorder costs that has nothing to do: its own CPU time and its memory beside the ring.
// The host may be shared with other tests, whose events are real work for it, so the bound on CPU
// time is looser than the promise of 1 % of a core, which the bench holds it to.

import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import { recordingSuite } from "../host.js";
import { endAll, startRecorder, temporaryDirectory } from "./recorder.js";
import { processCost } from "./process-cost.js";

const test = recordingSuite("idle cost");

const Seconds = 5;
const CpuShareMax = 0.03;
const ResidentBytesMax = 32 * 1024 * 1024;
const RingBytes = 4 * 1024 * 1024;

test("a quiet host costs little CPU time and memory", async () => {
  const file = join(temporaryDirectory(), "idle.offcut");
  const recorder = await startRecorder(["-o", file, "--ring-size", "4M"]);
  await sleep(1000); // starting is over
  const before = processCost(recorder.pid);
  await sleep(Seconds * 1000);
  const after = processCost(recorder.pid);
  await recorder.stop();
  const share = (after.cpuSeconds - before.cpuSeconds) / Seconds;
  assert.ok(share <= CpuShareMax, `${(share * 100).toFixed(2)} % of a core`);
  assert.ok(after.residentPeakBytes <= ResidentBytesMax + RingBytes, `${after.residentPeakBytes} bytes`);
});


test.after.each(endAll);
test.run();
