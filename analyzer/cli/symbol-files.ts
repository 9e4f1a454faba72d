// Files that may name what a recording leaves unnamed, by build id. Looked for only where --symbols
// says: in files and directories it names; on this host only by the word `local`, and with debuginfod
// servers only by the word `debuginfod`, because an answer must not depend on where it is asked. A file
// is used only if its build id is the one that was mapped, or, of what it links to by name, the CRC.

import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { UsageError } from "../errors.js";
import { debugLinkCrc } from "../symbol-sources/debug-link.js";
import { elfIdentity } from "../symbol-sources/elf-identity.js";
import { readNeeded } from "../symbol-sources/needed-parts.js";
import { localSymbolizer } from "../on-node.js";
import { openSymbols } from "../symbolizer.js";
import type { DebugLink, FileInParts } from "../symbolizer.js";
import { Debuginfod, debuginfodOptions } from "./debuginfod.js";
import { withFileSource } from "./file-source.js";
import { note } from "./output.js";

/** The files of one build id. */
export interface SymbolPaths {
  readonly object: string | undefined;
  readonly debug: string | undefined;
}

interface Found {
  object?: string;
  debug?: string;
}

/** Files looked at in one directory tree, and how deep it is followed. */
const FilesMax = 100_000;
const DepthMax = 16;
const LocalDebug = "/usr/lib/debug";
/** A larger file has no place in the symbolizer's memory. */
const SymbolFileBytesMax = 2 * 1024 ** 3 - 1;

export class SymbolFiles {
  readonly #roots: string[] = [];
  readonly #isLocal: boolean;
  readonly #debuginfod: Debuginfod | undefined;
  #index: Promise<ReadonlyMap<string, Found>> | undefined;

  /** Where the values of --symbols say to look. Throws UsageError where they say nothing. */
  static wordsOf(values: readonly string[]): string[] {
    const words = values.flatMap((value) => value.split(",")).filter((word) => word !== "");
    if (words.length === 0) throw new UsageError("--symbols needs a file, a directory, local or debuginfod");
    return words;
  }

  /** `items`: files, directories and the two words. Throws UsageError. */
  constructor(items: readonly string[]) {
    this.#roots.push(...items.filter((item) => item !== "local" && item !== "debuginfod"));
    this.#isLocal = items.includes("local");
    if (!items.includes("debuginfod")) return;
    const options = debuginfodOptions(process.env, note);
    if (options === undefined) throw new UsageError("--symbols debuginfod needs DEBUGINFOD_URLS, the servers to ask");
    this.#debuginfod = new Debuginfod(options);
  }

  /** Files of this build id; `path` is where it was mapped from. */
  async find(buildId: string, path: string): Promise<SymbolPaths> {
    if (buildId === "") return { object: undefined, debug: undefined };
    const found: Found = { ...(await (this.#index ??= indexOf(this.#roots))).get(buildId) };
    if (this.#isLocal) await this.#findLocal(found, buildId, path);
    await this.#findLinked(found, path);
    for (const [kind, part] of [["debuginfo", "debug"], ["executable", "object"]] as const) {
      const fetched = found[part] === undefined ? await this.#debuginfod?.find(buildId, kind) : undefined;
      if (fetched === undefined) continue;
      if ((await identityOf(fetched))?.buildId === buildId) found[part] = fetched;
      else note(`${fetched}, which a debuginfod server sent, is not the file of build id ${buildId}: not used`);
    }
    return { object: found.object, debug: found.debug };
  }

  /** A supplementary file (dwz), which several debug files share, by its own build id. */
  async findShared(buildId: string): Promise<string | undefined> {
    const { object, debug } = await this.find(buildId, "");
    return debug ?? object;
  }

  async #findLocal(found: Found, buildId: string, path: string): Promise<void> {
    const kept = join(LocalDebug, ".build-id", buildId.slice(0, 2), `${buildId.slice(2)}.debug`);
    const [isDebug, isObject] = await Promise.all([identityOf(kept), path.startsWith("/") ? identityOf(path) : undefined]);
    if (isDebug?.buildId === buildId) found.debug ??= kept;
    if (isObject?.buildId === buildId) found.object ??= path;
  }

  /** What the object's .gnu_debuglink names: beside it, and in the places that debuggers know. */
  async #findLinked(found: Found, path: string): Promise<void> {
    if (found.object === undefined || found.debug !== undefined) return;
    const link = await debugLinkOf(found.object);
    if (link === undefined || link.name !== basename(link.name)) return;
    const directory = dirname(found.object);
    const places = [directory, join(directory, ".debug")];
    if (this.#isLocal) places.push(join(LocalDebug, dirname(path.startsWith("/") ? path : found.object)));
    for (const place of places) {
      const candidate = join(place, link.name);
      const bytes = candidate === found.object ? undefined : await readSymbolFile(candidate).catch(() => undefined);
      if (bytes !== undefined && debugLinkCrc(bytes) === link.crc) {
        found.debug = candidate;
        return;
      }
    }
  }
}

/** Throws where a file is too large to be read. */
async function refuseTooLarge(path: string): Promise<void> {
  const { size } = await stat(path);
  if (size > SymbolFileBytesMax) throw new Error(`${path} has ${size} bytes; at most ${SymbolFileBytesMax} are read`);
}

async function readSymbolFile(path: string): Promise<Uint8Array> {
  await refuseTooLarge(path);
  return readFile(path);
}

/** What naming needs of the file. Throws where it cannot be read, or is too large to be. */
export async function readSymbolParts(path: string): Promise<FileInParts> {
  await refuseTooLarge(path);
  return withFileSource(path, readNeeded);
}

async function indexOf(roots: readonly string[]): Promise<ReadonlyMap<string, Found>> {
  const index = new Map<string, Found>();
  for (const root of roots) {
    const kind = await stat(root).catch((error: NodeJS.ErrnoException) => {
      throw new UsageError(`--symbols ${root}: ${error.code === "ENOENT" ? "there is no such file or directory" : error.message}`);
    });
    let files = 0;
    for await (const path of kind.isDirectory() ? filesUnder(root, 0) : [root]) {
      if (++files > FilesMax) {
        note(`--symbols ${root}: holds more than ${FilesMax} files; the others were not looked at`);
        break;
      }
      const identity = await identityOf(path);
      if (identity === undefined) {
        if (!kind.isDirectory()) note(`--symbols ${root} is no ELF file with a build id: it names nothing`);
        continue;
      }
      const found = index.get(identity.buildId) ?? {};
      index.set(identity.buildId, found);
      found[identity.isDebugOnly ? "debug" : "object"] ??= path;
    }
  }
  return index;
}

/** Regular files, in the order of their names; links are followed to files, not to directories. */
async function* filesUnder(directory: string, depth: number): AsyncGenerator<string, void, undefined> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(directory, entry.name);
    if (entry.isDirectory() && depth < DepthMax) yield* filesUnder(path, depth + 1);
    else if (entry.isFile()) yield path;
    else if (entry.isSymbolicLink() && (await stat(path).catch(() => undefined))?.isFile() === true) yield path;
  }
}

async function debugLinkOf(path: string): Promise<DebugLink | undefined> {
  try {
    return openSymbols(await localSymbolizer(), { object: await readSymbolParts(path) }, { name: path }).debugLink;
  } catch {
    return undefined; // what is wrong with it is said when it is opened for its names
  }
}

async function identityOf(path: string) {
  // Opening a pipe would wait for its writer.
  if ((await stat(path).catch(() => undefined))?.isFile() !== true) return undefined;
  // A directory of somebody else's: what cannot be read names nothing.
  return withFileSource(path, ({ read }) => elfIdentity(read)).catch(() => undefined);
}
