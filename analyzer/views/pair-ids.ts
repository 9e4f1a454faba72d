// Small numbers for pairs of small numbers: the same pair, the same number. Rows that agree in
// several columns are found by numbering pair after pair, which costs a tenth of joining the columns
// to a text and looking that up.

/** Numbers are below this, so that a pair is one number that doubles hold exactly. */
const PartMax = 2 ** 26;

export class PairIds {
  readonly #ids = new Map<number, number>();

  constructor(
    /** The number of the first pair. */
    readonly first = 0,
  ) {}

  /** Numbers given so far count on from `first`. */
  of(left: number, right: number): number {
    if (left >= PartMax || right >= PartMax) throw new RangeError(`more than ${PartMax} distinct rows`);
    const key = left * PartMax + right;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.first + this.#ids.size;
    this.#ids.set(key, id);
    return id;
  }
}
