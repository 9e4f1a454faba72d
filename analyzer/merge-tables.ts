// Tables of equal columns, each in order, as one in order: the order first, as a list of which row of
// which part comes next, then the columns by it. Knows nothing of what columns mean.

/** Which rows come one after the other. */
export interface Order {
  readonly part: Uint8Array;
  readonly row: Uint32Array;
}

/** More workers than this are not asked for. */
export const PartsMax = 64;

/** Whether row `i` of part `a` comes before row `j` of part `b`: never asked of two rows of one part. */
type IsBefore = (a: number, i: number, b: number, j: number) => boolean;

/** The order of parts that have so many rows each, every one in order by itself. */
export function mergeOrder(lengths: readonly number[], isBefore: IsBefore): Order {
  const length = lengths.reduce((sum, rows) => sum + rows, 0);
  const order = { part: new Uint8Array(length), row: new Uint32Array(length) };
  const next = lengths.map(() => 0);
  for (let at = 0; at < length; at++) {
    let first = -1;
    for (let part = 0; part < lengths.length; part++) {
      if (next[part]! === lengths[part]!) continue;
      if (first === -1 || isBefore(part, next[part]!, first, next[first]!)) first = part;
    }
    order.part[at] = first;
    order.row[at] = next[first]!++;
  }
  return order;
}

/** The other way around: by part, where each of its rows went. */
export function placesOf({ part, row }: Order, lengths: readonly number[]): Uint32Array[] {
  const places = lengths.map((length) => new Uint32Array(length));
  for (let at = 0; at < row.length; at++) places[part[at]!]![row[at]!] = at;
  return places;
}

type Cells = Uint8Array | Uint32Array | Int32Array | BigUint64Array | Float64Array;

/** The rows of `tables` in an order: columns of the kinds that the tables have. */
export function gather<T extends { readonly length: number }>(tables: readonly T[], order: Order): T {
  const { length } = order.row;
  const gathered: Record<string, unknown> = { length };
  for (const name of Object.keys(tables[0]!)) {
    if (name === "length") continue;
    const columns = tables.map((table) => (table as unknown as Record<string, Cells>)[name]!);
    gathered[name] = gatherColumn(columns, order);
  }
  return gathered as T;
}

function gatherColumn(columns: readonly Cells[], { part, row }: Order): Cells {
  const first = columns[0]!;
  const to = new (first.constructor as new (length: number) => Cells)(row.length);
  for (let at = 0; at < row.length; at++) to[at] = columns[part[at]!]![row[at]!]!;
  return to;
}
