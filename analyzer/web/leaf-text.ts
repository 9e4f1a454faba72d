// Where a thread waited, as far as a cell of a table goes. The scheduler's own functions, with which
// every kernel stack ends, say nothing of it.

interface StackNames {
  /** Leaf first. */
  readonly kernelStack: readonly string[];
  readonly userStack: readonly string[];
}

export function isScheduler(frame: string): boolean {
  return /^_*schedule/.test(frame);
}

/** The innermost function and its callers, `framesMax` at most. */
export function leafText({ kernelStack, userStack }: StackNames, framesMax: number): string {
  const frames = [...kernelStack.filter((name) => !isScheduler(name)), ...userStack].slice(0, framesMax);
  return frames.length === 0 ? (kernelStack[0] ?? "[no stack]") : frames.join(" < ");
}

/** The function it waited in; empty where no stack was taken. */
export function leafName({ kernelStack, userStack }: StackNames): string {
  return kernelStack.find((name) => !isScheduler(name)) ?? userStack[0] ?? "";
}
