// How the oracle says no. DamagedError leaves the reader's loop over blocks (one block is lost),
// RefusedError ends the reading: the bytes are no recording this reader can answer from.

export class DamagedError extends Error {}

export type Refusal = "Empty" | "NotARecording" | "NewerVersion" | "HeaderDamaged";

export class RefusedError extends Error {
  constructor(
    readonly refusal: Refusal,
    readonly detail: number = 0,
  ) {
    super(`${refusal} ${detail}`);
  }
}

/** Fails the block unless the rule holds. */
export function rule(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new DamagedError(sentence);
}
