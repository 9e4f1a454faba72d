// All commands, in the order in which help lists them. Each is loaded when it is asked for: what the
// others need takes longer to load than a small recording takes to be answered.

import type { Command } from "./command.js";

const loads: Readonly<Record<string, () => Promise<Command>>> = {
  record: async () => (await import("./record.js")).record,
  report: async () => (await import("./report.js")).report,
  offcpu: async () => (await import("./offcpu.js")).offcpu,
  syscalls: async () => (await import("./syscalls.js")).syscalls,
  waits: async () => (await import("./waits.js")).waits,
  threads: async () => (await import("./threads.js")).threads,
  wakers: async () => (await import("./wakers.js")).wakers,
  hist: async () => (await import("./hist.js")).hist,
  events: async () => (await import("./events.js")).events,
  diff: async () => (await import("./diff.js")).diff,
  fold: async () => (await import("./fold.js")).fold,
  flame: async () => (await import("./flame.js")).flame,
  info: async () => (await import("./info.js")).info,
  view: async () => (await import("./view.js")).view,
  symbols: async () => (await import("./symbols.js")).symbols,
  redact: async () => (await import("./redact.js")).redact,
  doctor: async () => (await import("./doctor.js")).doctor,
};

export const commandNames: readonly string[] = Object.keys(loads);

/** undefined where there is none of that name. */
export async function loadCommand(name: string): Promise<Command | undefined> {
  return Object.hasOwn(loads, name) ? loads[name]!() : undefined;
}

/** All of them, for help. */
export function loadCommands(): Promise<Command[]> {
  return Promise.all(Object.values(loads).map((load) => load()));
}
