// Writes files that other programs may be waiting for: whole, or not at all.

import { open, rename, rm, stat, writeFile } from "node:fs/promises";

/** Never leaves half a file under the final name, whatever happens meanwhile. */
export async function writeWhole(path: string, text: Iterable<string> | AsyncIterable<string>): Promise<void> {
  const existing = await stat(path).catch(() => undefined);
  // A device or a pipe is written to, not replaced.
  if (existing !== undefined && !existing.isFile()) return writeFile(path, text);
  await replacing(path, (partial) => writeFile(partial, text));
}

/** The same for bytes that `write` hands over piece by piece; what it answers. */
export async function writeWholeBytes<Answer>(
  path: string,
  write: (put: (bytes: Uint8Array) => Promise<void>) => Promise<Answer>,
): Promise<Answer> {
  return replacing(path, async (partial) => {
    const file = await open(partial, "w");
    try {
      return await write((bytes) => file.writeFile(bytes));
    } finally {
      await file.close();
    }
  });
}

/** Has `write` make a file beside `path`, which takes its place once it is whole. */
async function replacing<Answer>(path: string, write: (partial: string) => Promise<Answer>): Promise<Answer> {
  const partial = `${path}.partial`;
  try {
    const answer = await write(partial);
    await rename(partial, path);
    return answer;
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined); // what went wrong first is what is told
    throw error;
  }
}
