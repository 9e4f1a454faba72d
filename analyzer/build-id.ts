// Build ids as people and file names have them.

/** In lower-case hexadecimal. */
export function buildIdText(buildId: Uint8Array): string {
  return Array.from(buildId, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
