// What a process is called: its main thread's name, for the threads of a process may each have one
// of their own. Where the main thread is not known, its threads' own names have to do.

import type { Analysis } from "../analysis.js";

/** The name of the process that a row of `analysis.threads` belongs to. */
export function processNames(analysis: Analysis): (thread: number) => string {
  const { threads } = analysis;
  const leaders = new Map<number, number>();
  for (let row = 0; row < threads.length; row++) {
    // Of several lives the last: a process that was replaced keeps the number, not the name.
    if (threads.pid[row] !== 0 && threads.pid[row] === threads.tid[row]) leaders.set(threads.pid[row]!, row);
  }
  return (thread) => {
    const named = leaders.get(threads.pid[thread]!) ?? thread;
    return analysis.string(threads.comm[named]!) || analysis.string(threads.comm[thread]!);
  };
}
