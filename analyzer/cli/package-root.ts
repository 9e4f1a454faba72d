// Where the package lies: its version, and what was built beside it. This file is
// build/analyzer/cli/package-root.js in the package, analyzer/cli/package-root.ts in its source.

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The directory that holds package.json. */
export const packageRoot: string = ["../../../", "../../"]
  .map((up) => fileURLToPath(new URL(up, import.meta.url)))
  .find((directory) => existsSync(`${directory}package.json`))!;

export function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(`${packageRoot}package.json`, "utf8"));
  return String((manifest as { readonly version?: unknown }).version);
}
