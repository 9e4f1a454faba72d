// A file of which any part can be read, as often as needed: a recording that is rewritten, which never is
// the file that is being written, or an object file.

import { open, realpath } from "node:fs/promises";
import { UsageError } from "../errors.js";
import type { SeekableSource } from "../source.js";

/** `verb`: what was to be done with it, as the command is called. */
export async function refuseSame(file: string, out: string, verb: string): Promise<void> {
  const [from, to] = await Promise.all([realpath(file), realpath(out).catch(() => undefined)]);
  if (from === to) throw new UsageError(`--out ${out} is the recording itself; ${verb} into another file`);
}

/** What `ask` answers of the file at `path`, which is closed then. */
export async function withFileSource<Answer>(path: string, ask: (source: SeekableSource) => Promise<Answer>): Promise<Answer> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const read = async (from: number, lengthBytes: number) => {
      const buffer = new Uint8Array(lengthBytes);
      const { bytesRead } = await file.read(buffer, 0, lengthBytes, from);
      return buffer.subarray(0, bytesRead);
    };
    return await ask({ lengthBytes: size, read });
  } finally {
    await file.close();
  }
}
