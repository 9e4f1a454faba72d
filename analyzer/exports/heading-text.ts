// The line over an answer that says which recordings it is of: where, when, for how long.

import type { Analysis } from "../analysis.js";
import { infoView } from "../views/info.js";
import type { InfoView } from "../views/info.js";
import { printable } from "./style.js";
import { countText, durationText } from "./units.js";

export function headingLine(analyses: readonly Analysis[]): string {
  const infos = analyses.map(infoView);
  if (infos.length === 1) {
    const info = infos[0]!;
    return [hostText(info), localTime(info), durationText(info.durationNs), filterText(info)].join("  ");
  }
  const hosts = [...new Set(infos.map((info) => info.meta.host ?? "unknown host"))].sort();
  const named = hosts.length > 3 ? `${hosts.length} hosts` : hosts.map(printable).join(", ");
  const durationNs = infos.reduce((sum, info) => sum + info.durationNs, 0);
  return `${countText(infos.length)} recordings of ${named}  ${durationText(durationNs)} in all`;
}

/** `2026-11-23 10:12:03 +02:00`: the host's own wall clock, which its logs show too. */
export function localTime(info: InfoView): string {
  const shifted = Date.parse(info.startTime) + info.timezoneMinutes * 60_000;
  const text = new Date(shifted).toISOString().replace("T", " ").slice(0, 19);
  if (info.timezoneMinutes === 0) return `${text} UTC`;
  const sign = info.timezoneMinutes < 0 ? "-" : "+";
  const minutes = Math.abs(info.timezoneMinutes);
  const pad = (value: number) => String(Math.floor(value)).padStart(2, "0");
  return `${text} ${sign}${pad(minutes / 60)}:${pad(minutes % 60)}`;
}

export function filterText(info: InfoView): string {
  return printable(info.meta.filter || "whole host");
}

function hostText(info: InfoView): string {
  const kernel = info.meta.kernel === undefined ? "" : ` (Linux ${info.meta.kernel})`;
  return printable(`${info.meta.host ?? "unknown host"}${kernel}`);
}
