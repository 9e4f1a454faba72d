// Texts as small numbers: the same text, the same number, so that columns of text are columns of
// numbers and comparing them is comparing numbers. Holds every distinct text that was asked about;
// whoever keeps no numbers from one batch to the next can have it forget them.

export class Dictionary {
  readonly #ids = new Map<string, number>();
  readonly #texts: string[] = [];
  #kept = 0;
  #epoch = 0;

  /** Another one: numbers of texts that were not constants mean other texts now. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Distinct texts. */
  get size(): number {
    return this.#texts.length;
  }

  id(text: string): number {
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    this.#ids.set(text, this.#texts.length);
    return this.#texts.push(text) - 1;
  }

  text(id: number): string {
    const text = this.#texts[id];
    if (text === undefined) throw new RangeError(`no text ${id}`);
    return text;
  }

  /** The number of a text that is never forgotten. Only before the first `id`. */
  constant(text: string): number {
    const id = this.id(text);
    this.#kept = this.#texts.length;
    return id;
  }

  /** Forgets all but constants, and begins another epoch. */
  forget(): void {
    this.#epoch++;
    for (const text of this.#texts.splice(this.#kept)) this.#ids.delete(text);
  }
}
