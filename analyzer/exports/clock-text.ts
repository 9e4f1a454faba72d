// Moments of a recording as its host's own clock showed them, which its logs show too.

import type { Names } from "../analysis.js";
import { timezoneMinutes } from "../views/info.js";

const NsPerMillisecond = 1_000_000n;
const MsPerMinute = 60_000;

/** `14:30:05`, that long after the recording's start. */
export function clockText(names: Names, sinceStartNs: number): string {
  const realtimeNs = names.recording.startRealtimeNs[0]! + BigInt(Math.round(sinceStartNs));
  const zoneMs = timezoneMinutes(names.meta.get("timezone")) * MsPerMinute;
  const limitMs = 8.64e15; // of Date; a damaged clock must not throw
  const ms = Math.min(Number(realtimeNs / NsPerMillisecond) + zoneMs, limitMs);
  return new Date(ms).toISOString().slice(-13, -5);
}
