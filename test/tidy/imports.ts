// Who imports whom: TypeScript imports and C includes of the project's files, as paths from the
// root, packages and system headers by their names. Read with regular expressions; sources that
// hide an import from them are not written here.

import { dirname, join } from "node:path/posix";
import { allPaths, type SourceFile } from "./sources.js";

export interface Import {
  from: string;
  /** A path of the project, or the name of a package or system header. */
  to: string;
  isOwn: boolean;
  isDynamic: boolean;
}

const staticImport = /^\s*(?:import|export)\b[^"';]*?\bfrom\s*"([^"]+)"|^\s*import\s*"([^"]+)"/gm;
const dynamicImport = /\bimport\(\s*"([^"]+)"\s*\)/g;
const include = /^\s*#\s*include\s+"([^"]+)"/gm;

export function importsOf(file: SourceFile): Import[] {
  if (!file.path.endsWith(".ts")) {
    return [...file.text.matchAll(include)].map((match) => cInclude(file.path, match[1]!));
  }
  const code = withoutComments(file.text);
  const found = [...code.matchAll(staticImport)].map((match) =>
    tsImport(file.path, match[1] ?? match[2]!, false),
  );
  return [
    ...found,
    ...[...code.matchAll(dynamicImport)].map((match) => tsImport(file.path, match[1]!, true)),
  ];
}

/** Examples in comments import, too. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

function tsImport(from: string, specifier: string, isDynamic: boolean): Import {
  if (!specifier.startsWith(".")) return { from, to: specifier, isOwn: false, isDynamic };
  const path = join(dirname(from), specifier);
  const to =
    [path.replace(/\.js$/, ".ts"), `${path}.ts`, path].find((each) => allPaths().includes(each)) ?? path;
  return { from, to, isOwn: true, isDynamic };
}

function cInclude(from: string, name: string): Import {
  const path = [join(dirname(from), name), join("capture", name), join("bpf", name)].find((each) =>
    allPaths().includes(each),
  );
  return { from, to: path ?? name, isOwn: path !== undefined, isDynamic: false };
}

/** One cycle as a list of paths that ends where it began, or undefined. */
export function findCycle(imports: readonly Import[]): string[] | undefined {
  const edges = new Map<string, string[]>();
  for (const { from, to, isOwn } of imports) {
    if (isOwn) edges.set(from, [...(edges.get(from) ?? []), to]);
  }
  const done = new Set<string>();
  const visit = (path: string, above: readonly string[]): string[] | undefined => {
    if (above.includes(path)) return [...above.slice(above.indexOf(path)), path];
    if (done.has(path)) return undefined;
    for (const next of edges.get(path) ?? []) {
      const cycle = visit(next, [...above, path]);
      if (cycle !== undefined) return cycle;
    }
    done.add(path);
    return undefined;
  };
  for (const path of edges.keys()) {
    const cycle = visit(path, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
