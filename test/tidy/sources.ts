// The project's own source files: what git knows or would add, with their text. No build output,
// no packages, no data.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { extname, join, resolve } from "node:path";

export const root = resolve(import.meta.dirname, "../..");

export interface SourceFile {
  /** Relative to the root, with "/". */
  path: string;
  text: string;
  lines: string[];
}

export const typescript = [".ts"];
export const c = [".c", ".h"];
export const code = [...typescript, ...c, ".cc", ".sh"];

/** Written by scripts: held to their own rules only. */
export const generatedFiles = new Set(["capture/format.h", "assembly/format.ts"]);

let listed: string[] | undefined;

function listFiles(): string[] {
  const output = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], {
    cwd: root,
    encoding: "utf8",
  });
  return [...new Set(output.split("\0"))]
    .filter((path) => path !== "" && existsSync(join(root, path)))
    .sort();
}

/** All paths of the project, of any kind. */
export function allPaths(): readonly string[] {
  return (listed ??= listFiles());
}

export function readSource(path: string): SourceFile {
  const text = readFileSync(join(root, path), "utf8");
  return { path, text, lines: text.split("\n") };
}

export function sources(extensions: readonly string[], under = ""): SourceFile[] {
  return allPaths()
    .filter((path) => path.startsWith(under) && extensions.includes(extname(path)))
    .map(readSource);
}
