// --compat=bcc: the layout of the bcc tool that a command stands in for, byte for byte, for scripts
// and eyes that know it.

import { UsageError } from "../errors.js";
import type { Arguments, OptionDefinition } from "./arguments.js";

/** `what`: what of that tool's output is printed. */
export function compatOption(what: string): OptionDefinition {
  return { flags: "--compat <TOOLS>", description: `bcc: what ${what}` };
}

export function isBccAsked(args: Arguments): boolean {
  const tools = args.value("compat");
  if (tools === undefined || tools === "bcc") return tools !== undefined;
  throw new UsageError(`--compat takes bcc, not "${tools}"`);
}
