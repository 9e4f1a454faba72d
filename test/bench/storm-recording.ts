// Recordings of storms for the questions about files rather than about running: recorded whole-host
// with everything on, from real storms on the real kernel, under build/bench.

import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { infoView, type InfoView } from "../../analyzer/views/info.js";
import { analyze, lostEvents } from "../capture/results.js";
import { buildDirectory } from "../host.js";
import { runStorm, type Storm } from "./slow-down.js";
import { ours, whileRecording } from "./tools.js";

const directory = join(buildDirectory, "bench");

export interface StormRecording {
  readonly file: string;
  readonly info: InfoView;
  readonly lost: number;
}

/** Records one storm after the other into one file. */
export async function recordStorms(name: string, storms: readonly Storm[]): Promise<StormRecording> {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, `${name}.offcut`);
  rmSync(file, { force: true });
  await whileRecording(ours, file, async () => {
    for (const storm of storms) await runStorm(storm);
  });
  const analysis = await analyze(file);
  return { file, info: infoView(analysis), lost: lostEvents(analysis) };
}
