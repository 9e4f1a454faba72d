// Writes files that other programs may be waiting for: whole, or not at all.

import { rename, rm, stat, writeFile } from "node:fs/promises";

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
