// The filters that a click on a cell adds: what a row shows, as the command line would be told it.

import type { ClassName } from "../views/classes.js";
import type { Changes } from "./words.js";

/** A name as a filter that fits it and no other; undefined where it has none. */
export function nameFilter(filter: "comm" | "stack" | "cgroup" | "host", name: string): Changes | undefined {
  if (name === "") return undefined;
  const literal = name.replace(/[*?[]/g, "[$&]");
  // Between slashes it would be read as a regular expression.
  return { [filter]: /^\/.*\/[imsu]*$/s.test(name) ? `[/]${literal.slice(1)}` : literal };
}

export function idFilter(filter: "pid" | "tid", id: number | string | null): Changes | undefined {
  return id === null ? undefined : { [filter]: String(id) };
}

/** A call as rows name it: `read`, `read (32-bit)`, `[unknown: 999]`. */
export function callFilter(name: string): Changes | undefined {
  const call = /^\[unknown: (\d+)\]/.exec(name)?.[1] ?? name.replace(/ .*/, "");
  return call === "" || call.startsWith("[") ? undefined : { syscall: call };
}

export function stateFilter(state: ClassName | string): Changes | undefined {
  switch (state) {
    case "interruptible":
      return { state: "S" };
    case "uninterruptible":
      return { state: "D" };
    case "preempted":
    case "runnable":
      return { state };
    default:
      return undefined;
  }
}
