// Question (c): how many bytes of file does an event cost, everything in the file included?

import { rounded, type Answer } from "./answer.js";
import type { Storm } from "./slow-down.js";
import { recordStorms } from "./storm-recording.js";

const BytesPerEventMax = 4;

const storms: readonly Storm[] = [
  { kind: "switch", rounds: 300_000 },
  { kind: "syscall", rounds: 3_000_000 },
];

export async function bytesPerEvent(progress: (text: string) => void): Promise<Answer> {
  const rows: Record<string, string | number>[] = [];
  const verdicts: Answer["verdicts"][number][] = [];
  for (const storm of storms) {
    progress(`recording a ${storm.kind} storm`);
    const { info, lost } = await recordStorms(`${storm.kind}-storm`, [storm]);
    const bytes = rounded(info.bytesPerEvent, 3);
    rows.push({
      storm: storm.kind,
      events: info.events,
      lost,
      "file MB": rounded(info.fileBytes / 1e6, 2),
      "bytes/event": bytes,
    });
    const what = `bytes per event, ${storm.kind} storm`;
    verdicts.push({ what, measured: bytes, target: BytesPerEventMax, direction: "at most" });
  }
  const method = "whole file over its switch, wake and syscall records; whole host, everything on";
  return { question: "bytes-per-event", method, rows, verdicts };
}
