// The memory of tables that go from one thread to another: handed over, and not copied.

/** That of all columns within, each once. */
export function buffersOf(value: object, into = new Set<ArrayBuffer>()): ArrayBuffer[] {
  for (const part of Object.values(value)) {
    if (ArrayBuffer.isView(part)) into.add(part.buffer as ArrayBuffer);
    else if (typeof part === "object" && part !== null && !(part instanceof Map)) buffersOf(part as object, into);
  }
  return [...into];
}
