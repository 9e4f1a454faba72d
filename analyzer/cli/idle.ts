// The options that tell idling from waiting that hurts, the same for every command that has them.

import { readFile } from "node:fs/promises";
import { UsageError } from "../errors.js";
import { parseIdleRules } from "../views/idle-rules.js";
import type { IdleMode, PeriodOptions } from "../views/periods.js";
import type { Arguments, OptionDefinition } from "./arguments.js";

export const idleOptions: readonly OptionDefinition[] = [
  { flags: "--idle <MODE>", description: "Idling (event loops, pools, tickers): show, hide, or only that" },
  { flags: "--idle-rules <FILE>", description: "What is idling, instead of the built-in rules (implies --idle hide)" },
];

const modes: readonly IdleMode[] = ["show", "hide", "only"];

/** What the arguments say about idling; `byDefault` where they say nothing. */
export async function readIdle(
  args: Arguments,
  byDefault?: IdleMode,
): Promise<Pick<PeriodOptions, "idle" | "idleRules">> {
  const text = args.value("idle");
  const path = args.value("idle-rules");
  const idle = text === undefined ? undefined : modes.find((mode) => mode === text);
  if (text !== undefined && idle === undefined) {
    throw new UsageError(`--idle takes show, hide or only, not "${text}"`);
  }
  if (path === undefined) return { idle: idle ?? byDefault };
  if (idle === "show") throw new UsageError("--idle show leaves nothing out, so that it needs no --idle-rules");
  return { idle: idle ?? "hide", idleRules: parseIdleRules(await readFile(path, "utf8"), path) };
}
