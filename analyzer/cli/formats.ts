// In which of its formats a command answers: text where nothing is asked for, and one at a time.

import { UsageError } from "../errors.js";
import type { Arguments } from "./arguments.js";

export type Format = "text" | "folded" | "json" | "csv";

/** Of a command that has these as options. */
export function readFormat<Name extends Format>(args: Arguments, ...formats: readonly Name[]): Name | "text" {
  const [format, other] = formats.filter((name) => args.has(name));
  if (other !== undefined) {
    throw new UsageError(`--${format} and --${other} are two formats of the same answer; choose one`);
  }
  return format ?? "text";
}
