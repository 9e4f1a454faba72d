// --from and --to: moments of a recording, as seconds from its start or as its host's clock showed
// them. The latter mean something only once it is known when the recording began and in which time
// zone, which its first bytes say: whoever reads the recording analyzes them alone first, since a
// recording that is cut off is a shorter recording.

import type { Names } from "../analysis.js";
import { UsageError } from "../errors.js";
import type { PassOptions } from "../pass-options.js";
import { timezoneMinutes } from "../views/info.js";

/** A moment of a recording, in ns. */
export type TimeOfRecording =
  /** Since its start. */
  | { readonly sinceStartNs: number }
  /** Since midnight of its host's clock. */
  | { readonly timeOfDayNs: number }
  /** Since 1970: of its host's clock, or of UTC where the zone was given. */
  | { readonly dateTimeNs: bigint; readonly isUtc: boolean };

export interface Moments {
  readonly from?: TimeOfRecording;
  readonly to?: TimeOfRecording;
  /** Instead of `to`: that long after `from`. */
  readonly lengthNs?: number;
}

/** When a recording began. */
export interface RecordingStart {
  readonly realtimeNs: bigint;
  /** Minutes of the host's local time ahead of UTC. */
  readonly timezoneMinutes: number;
}

/** Bytes that hold the header and what the recorder says about the host. */
export const HeadBytes = 64 * 1024;

/** When a recording began, of an analysis of at least its first HeadBytes. */
export function startOf({ recording, meta }: Names): RecordingStart {
  return {
    realtimeNs: recording.startRealtimeNs[0]!,
    timezoneMinutes: timezoneMinutes(meta.get("timezone")),
  };
}

const NsPerSecond = 1e9;
const NsPerMinute = 60 * NsPerSecond;
const NsPerDay = 24 * 60 * NsPerMinute;
const NsPerMillisecond = 1_000_000n;

/** Reads the values of --from and --to. */
export function readMoments(from: string | undefined, to: string | undefined): Moments {
  const moments = {
    ...(from === undefined ? {} : { from: readMoment(from, "--from") }),
    ...(to === undefined ? {} : { to: readMoment(to, "--to") }),
  };
  refuseEmpty(moments);
  return moments;
}

/** What of it can be said before the recording is known. */
function refuseEmpty({ from, to }: Moments): void {
  if (from === undefined || to === undefined) return;
  const isEmpty =
    ("sinceStartNs" in from && "sinceStartNs" in to && to.sinceStartNs <= from.sinceStartNs) ||
    ("dateTimeNs" in from && "dateTimeNs" in to && from.isUtc === to.isUtc && to.dateTimeNs <= from.dateTimeNs);
  if (isEmpty) throw new UsageError("--to is not after --from");
}

const Seconds = /^\d+(?:\.\d*)?$|^\.\d+$/;
const TimeOfDay = /^(\d{1,2}):(\d\d):(\d\d(?:\.\d{1,9})?)$/;
const DateTime = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?$/;

function readMoment(text: string, option: string): TimeOfRecording {
  const seconds = Number(text);
  if (Seconds.test(text) && seconds * NsPerSecond <= Number.MAX_SAFE_INTEGER) {
    return { sinceStartNs: Math.round(seconds * NsPerSecond) };
  }
  const moment = readTimeOfDay(text) ?? readDateTime(text);
  if (moment !== undefined) return moment;
  throw new UsageError(
    `${option} takes seconds, a time (14:30:05) or a date and time (2026-11-23T14:30:05), not "${text}"`,
  );
}

function readTimeOfDay(text: string): TimeOfRecording | undefined {
  const [, hours, minutes, seconds] = TimeOfDay.exec(text) ?? [];
  if (Number(hours) > 23 || Number(minutes) > 59 || !(Number(seconds) < 60)) return undefined;
  const wholeMinutes = Number(hours) * 60 + Number(minutes);
  return { timeOfDayNs: wholeMinutes * NsPerMinute + Math.round(Number(seconds) * NsPerSecond) };
}

function readDateTime(text: string): TimeOfRecording | undefined {
  const [, date, time, fraction = "", zone] = DateTime.exec(text) ?? [];
  const milliseconds = Date.parse(`${date}T${time}${zone ?? "Z"}`);
  if (Number.isNaN(milliseconds)) return undefined;
  // Since 1970 is more than doubles hold to the nanosecond.
  const fractionNs = BigInt(Math.round(Number(`0${fraction}`) * NsPerSecond));
  return { dateTimeNs: BigInt(milliseconds) * NsPerMillisecond + fractionNs, isUtc: zone !== undefined };
}

/** Whether the recording's start is needed to know what is asked. */
export function needsStart({ from, to }: Moments): boolean {
  return [from, to].some((moment) => moment !== undefined && !("sinceStartNs" in moment));
}

/** The same as the engine's pass takes it. `start` may be missing only where it is not needed. */
export function momentOptions({ from, to, lengthNs }: Moments, start?: RecordingStart): PassOptions {
  const fromNs = from === undefined ? undefined : sinceStartNs(from, start);
  const endNs = lengthNs === undefined ? undefined : Math.max(0, fromNs ?? 0) + lengthNs;
  const toNs = to === undefined ? endNs : sinceStartNs(to, start);
  if (toNs !== undefined && toNs <= 0) throw new UsageError("--to is not after the recording's start");
  return {
    ...(fromNs === undefined ? {} : { fromNs: Math.max(0, fromNs) }),
    ...(toNs === undefined ? {} : { toNs }),
  };
}

/** Negative before the start. */
function sinceStartNs(moment: TimeOfRecording, start: RecordingStart | undefined): number {
  if ("sinceStartNs" in moment) return moment.sinceStartNs;
  if (start === undefined) throw new Error("a time of a clock without the recording's start");
  const zoneNs = BigInt(start.timezoneMinutes) * BigInt(NsPerMinute);
  if ("dateTimeNs" in moment) {
    return Number(moment.dateTimeNs - (moment.isUtc ? 0n : zoneNs) - start.realtimeNs);
  }
  const startOfDayNs = Number((start.realtimeNs + zoneNs) % BigInt(NsPerDay));
  const difference = moment.timeOfDayNs - startOfDayNs;
  // Half a day or more before the start is after midnight: a recording may go on into the next day.
  return difference < -NsPerDay / 2 ? difference + NsPerDay : difference;
}
