// Which system calls a probe is about: names, names with a * in them, or numbers, with commas between
// them. A name that no system has is refused, because a misspelt probe would answer "none" for ever.

import { isSyscallName } from "../syscalls/names.js";
import { callArguments, callsWithSignatures } from "../syscalls/signatures.js";
import { mistake } from "./caret.js";

export class CallSet {
  readonly #names = new Set<string>();
  readonly #numbers = new Set<number>();
  readonly #patterns: RegExp[] = [];

  constructor(
    /** As it is written. */
    readonly text: string,
  ) {
    for (const word of text.split(",")) {
      if (/^\d+$/.test(word)) this.#numbers.add(Number(word));
      else if (word.includes("*")) this.#patterns.push(new RegExp(`^${word.replaceAll("*", ".*")}$`));
      else this.#names.add(word);
    }
  }

  /** Whether it is every call. */
  get isAll(): boolean {
    return this.text === "*";
  }

  includes(name: string, nr: number): boolean {
    return this.names(name) || this.#numbers.has(nr) || this.#patterns.some((pattern) => pattern.test(name));
  }

  /** Whether a call is in it by its own name, not by a pattern. */
  names(name: string): boolean {
    return this.#names.has(name);
  }

  /** The calls in it whose signature is known. */
  *withSignatures(): Generator<string, void, undefined> {
    for (const call of callsWithSignatures()) {
      // A number can be any call: which one is known when the recording is.
      if (this.#numbers.size > 0 || this.includes(call, -1)) yield call;
    }
  }
}

export const allCalls = new CallSet("*");

/** Reads the calls that are `text`, at the beginning of `source`. */
export function readCalls(source: string, text: string): CallSet {
  let at = 0;
  for (const word of text.split(",")) {
    if (word === "") throw mistake(source, at, "expected the name of a system call, or * for all");
    if (!word.includes("*") && !/^\d+$/.test(word) && !isSyscallName(word)) {
      throw mistake(source, at, `${word} is no system call; * in a name stands for any characters`);
    }
    at += word.length + 1;
  }
  return new CallSet(text);
}

/** `fd, buf, count`: the arguments of a call, for a sentence. */
export function argumentsText(call: string): string {
  const names = (callArguments(call) ?? []).map(({ name }) => name);
  return names.length === 0 ? "none" : names.join(", ");
}
