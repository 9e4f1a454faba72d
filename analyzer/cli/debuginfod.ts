// The client of debuginfod servers: a build id and what is wanted of it -> a file in the cache, which
// has the layout of elfutils' own client. Every request ends: by its answer, its timeout or its size.
// What failed is said once per server, in a sentence. Whether the file is the right one is for the
// caller to check.

import { mkdir, rename, rm, stat } from "node:fs/promises";
import { createWriteStream } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

export type DebuginfodKind = "debuginfo" | "executable";

export interface DebuginfodOptions {
  readonly urls: readonly string[];
  readonly cacheDirectory: string;
  /** Until a server has answered in full, and nothing for so long that it is given up. */
  readonly timeoutMs: number;
  readonly fileBytesMax: number;
  /** Told each failure, in a sentence. */
  readonly say: (sentence: string) => void;
}

const TimeoutMs = 30_000;
const FileBytesMax = 2 * 1024 ** 3;

/** As the environment of debuginfod's own client has it; undefined where it names no server. */
export function debuginfodOptions(
  environment: Readonly<Record<string, string | undefined>>,
  say: (sentence: string) => void,
): DebuginfodOptions | undefined {
  const urls = (environment["DEBUGINFOD_URLS"] ?? "").split(/\s+/).filter((url) => url !== "");
  if (urls.length === 0) return undefined;
  const cacheHome = environment["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  const cacheDirectory = environment["DEBUGINFOD_CACHE_PATH"] || join(cacheHome, "debuginfod_client");
  const seconds = Number(environment["DEBUGINFOD_TIMEOUT"]);
  const timeoutMs = seconds > 0 && seconds <= 3600 ? seconds * 1000 : TimeoutMs;
  return { urls, cacheDirectory, timeoutMs, fileBytesMax: FileBytesMax, say };
}

export class Debuginfod {
  /** Servers that did not answer: asking them again would cost another timeout each time. */
  readonly #silent = new Set<string>();

  constructor(private readonly options: DebuginfodOptions) {}

  /** Path of the file; undefined where no server has it. `buildId` is hexadecimal. */
  async find(buildId: string, kind: DebuginfodKind): Promise<string | undefined> {
    if (!/^[0-9a-f]{2,64}$/.test(buildId)) return undefined;
    const cached = join(this.options.cacheDirectory, buildId, kind);
    if (await isFilled(cached)) return cached;
    for (const url of this.options.urls) {
      if (this.#silent.has(url)) continue;
      if (await this.#fetch(url, buildId, kind, cached)) return cached;
    }
    return undefined;
  }

  async #fetch(server: string, buildId: string, kind: DebuginfodKind, cached: string): Promise<boolean> {
    const { timeoutMs, say } = this.options;
    const url = `${server.replace(/\/+$/, "")}/buildid/${buildId}/${kind}`;
    if (!/^https?:\/\//.test(url)) {
      this.#silent.add(server);
      say(`debuginfod: ${server} is no http or https address`);
      return false;
    }
    const partial = `${cached}.${process.pid}.partial`;
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
      if (response.status === 404) {
        await response.body?.cancel();
        return false;
      }
      if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status}`);
      await mkdir(join(this.options.cacheDirectory, buildId), { recursive: true });
      await pipeline(Readable.fromWeb(response.body as never), this.#bounded(), createWriteStream(partial));
      await rename(partial, cached);
      return true;
    } catch (error) {
      await rm(partial, { force: true });
      this.#silent.add(server);
      say(`debuginfod: ${url}: ${reasonOf(error as Error, timeoutMs)}; ${server} is not asked again`);
      return false;
    }
  }

  #bounded() {
    const { fileBytesMax } = this.options;
    return async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
      let lengthBytes = 0;
      for await (const chunk of chunks) {
        lengthBytes += chunk.length;
        if (lengthBytes > fileBytesMax) throw new Error(`the file has more than ${fileBytesMax} bytes`);
        yield chunk;
      }
    };
  }
}

/** An empty file in that cache says that it was not found once. */
async function isFilled(path: string): Promise<boolean> {
  return ((await stat(path).catch(() => undefined))?.size ?? 0) > 0;
}

function reasonOf(error: Error & { readonly cause?: unknown }, timeoutMs: number): string {
  if (error.name === "TimeoutError" || error.name === "AbortError") return `no whole answer within ${timeoutMs / 1000} s`;
  return error.cause instanceof Error && error.cause.message !== "" ? error.cause.message : error.message;
}
