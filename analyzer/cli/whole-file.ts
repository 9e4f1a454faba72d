// Writes files that other programs may be waiting for: whole, or not at all.

import { open, rename, rm, stat, writeFile } from "node:fs/promises";

/** Never leaves half a file under the final name, whatever happens meanwhile. */
export async function writeWhole(path: string, text: Iterable<string> | AsyncIterable<string>): Promise<void> {
  const existing = await stat(path).catch(() => undefined);
  // A device or a pipe is written to, not replaced.
  if (existing !== undefined && !existing.isFile()) return writeFile(path, text);
  const partial = `${path}.partial`;
  try {
    await writeFile(partial, text);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** The same for bytes that `write` hands over piece by piece; what it answers. */
export async function writeWholeBytes<Answer>(
  path: string,
  write: (put: (bytes: Uint8Array) => Promise<void>) => Promise<Answer>,
): Promise<Answer> {
  const partial = `${path}.partial`;
  const file = await open(partial, "w");
  try {
    const answer = await write((bytes) => file.writeFile(bytes));
    await file.close();
    await rename(partial, path);
    return answer;
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(partial, { force: true });
    throw error;
  }
}
