// restart_syscall put back into the call that it goes on with. A call that a signal interrupted may
// return -516 (ERESTART_RESTARTBLOCK), which user space never sees; the kernel then makes the thread
// call restart_syscall. Rows are sums, so that which restart belongs to which call is not known; but a
// thread's restarts can only belong to its calls that returned so, and that is one kind of call
// nearly always (a sleep, a poll, a futex). Where there are several, it is taken to be the most
// frequent one.

import { syscallAbi, syscallNumber } from "../syscalls/names.js";
import type { CallsTable, SyscallsTable } from "../tables.js";

/** What the tables of calls have in common. */
type CallColumns = Pick<SyscallsTable | CallsTable, "length" | "thread" | "nr" | "compat" | "errno" | "count">;

const ERESTART_RESTARTBLOCK = 516;

interface Restarted {
  readonly nr: number;
  readonly compat: number;
  readonly count: bigint;
}

export class Restarts {
  readonly #calls: CallColumns;
  /** Of restart_syscall, by compat. */
  readonly #restartNr: readonly [number, number];
  /** By row of threads: the call that its restarts go on with. */
  readonly #targets = new Map<number, Restarted>();
  /** By row of threads: returns of -516 that were followed by a restart, and so were no ends. */
  readonly #resumed = new Map<number, bigint>();

  constructor(calls: CallColumns, arch: number) {
    this.#calls = calls;
    const numberOf = (compat: boolean) => syscallNumber(syscallAbi(arch, compat), "restart_syscall");
    this.#restartNr = [numberOf(false), numberOf(true)];
    for (let row = 0; row < calls.length; row++) this.#note(row);
  }

  #note(row: number): void {
    const { thread, nr, compat, errno, count } = this.#calls;
    const of = thread[row]!;
    if (this.#isRestart(row)) {
      this.#resumed.set(of, (this.#resumed.get(of) ?? 0n) + count[row]!);
    } else if (errno[row] === ERESTART_RESTARTBLOCK) {
      const known = this.#targets.get(of);
      if (known !== undefined && known.count >= count[row]!) return;
      this.#targets.set(of, { nr: nr[row]!, compat: compat[row]!, count: count[row]! });
    }
  }

  #isRestart(row: number): boolean {
    const { nr, compat } = this.#calls;
    return nr[row] === this.#restartNr[compat[row] === 1 ? 1 : 0];
  }

  /** The call that a row is part of: its own, or the one it goes on with where that is known. */
  callOf(row: number): { readonly nr: number; readonly compat: number } {
    const { thread, nr, compat } = this.#calls;
    const own = { nr: nr[row]!, compat: compat[row]! };
    return this.#isRestart(row) ? (this.#targets.get(thread[row]!) ?? own) : own;
  }

  /** How many of a row's calls ended, and did not go on as a restart. Ask once for each row. */
  endedOf(row: number): bigint {
    const { thread, errno, count } = this.#calls;
    const of = thread[row]!;
    if (errno[row] !== ERESTART_RESTARTBLOCK || !this.#targets.has(of)) return count[row]!;
    const left = this.#resumed.get(of) ?? 0n;
    const resumed = left < count[row]! ? left : count[row]!;
    this.#resumed.set(of, left - resumed);
    return count[row]! - resumed;
  }
}
