// The payload of a block as its columns, and columns as a payload ("Payload: columns" of
// capture/FORMAT.md). Only as far as rewriting needs it: columns of unsigned numbers and of bytes are
// read and written, all others are passed on as they are.

export interface PayloadColumn {
  readonly values: number;
  /** One value stands for all. */
  readonly isConstant: boolean;
  readonly bytes: Uint8Array;
}

/** More is refused: ColumnsMax of the document. */
const ColumnsMax = 32;

/** undefined where the payload is malformed. */
export function columnsOf(payload: Uint8Array): PayloadColumn[] | undefined {
  const cursor = new Cursor(payload);
  const count = cursor.varint();
  if (!(count <= ColumnsMax)) return undefined;
  const columns: PayloadColumn[] = [];
  for (let index = 0; index < count; index++) {
    const values = cursor.varint();
    const lengthAndConstant = cursor.varint();
    const bytes = cursor.take(Math.floor(lengthAndConstant / 2));
    if (bytes === undefined || !Number.isSafeInteger(values)) return undefined;
    columns.push({ values, isConstant: lengthAndConstant % 2 === 1, bytes });
  }
  return cursor.isAtEnd ? columns : undefined;
}

/** The values of a column of encoding Unsigned; undefined where it is malformed or larger than 2^53. */
export function unsignedValues({ values, isConstant, bytes }: PayloadColumn): number[] | undefined {
  const cursor = new Cursor(bytes);
  if (isConstant) {
    const value = cursor.varint();
    return cursor.isAtEnd && Number.isSafeInteger(value) && values <= BlockValuesMax ? new Array<number>(values).fill(value) : undefined;
  }
  if (values > bytes.length) return undefined;
  const found: number[] = [];
  for (let i = 0; i < values; i++) found.push(cursor.varint());
  return cursor.isAtEnd && found.every(Number.isSafeInteger) ? found : undefined;
}

/** The values of a column of encoding Delta; undefined where it is malformed. */
export function deltaValues({ values, isConstant, bytes }: PayloadColumn): bigint[] | undefined {
  if (values > (isConstant ? BlockValuesMax : bytes.length)) return undefined;
  const found: bigint[] = [];
  let [at, value, difference] = [0, 0n, 0n];
  for (let i = 0; i < values; i++) {
    if (i === 0 || !isConstant) {
      let wide = 0n;
      for (let group = 0; ; group++) {
        const byte = bytes[at++];
        if (byte === undefined || group === 10) return undefined;
        wide |= BigInt(byte & 0x7f) << BigInt(7 * group);
        if (byte < 0x80) break;
      }
      difference = (wide >> 1n) ^ -(wide & 1n);
    }
    value = BigInt.asUintN(64, value + difference);
    found.push(value);
  }
  return at === bytes.length ? found : undefined;
}

/** A constant column costs nothing to store and all of it to expand: no block has more records. */
const BlockValuesMax = 65536;

/** Columns as a payload. */
export function payloadOf(columns: readonly PayloadColumn[]): Uint8Array {
  const parts: Uint8Array[] = [varints([columns.length])];
  for (const { values, isConstant, bytes } of columns) {
    parts.push(varints([values, bytes.length * 2 + (isConstant ? 1 : 0)]), bytes);
  }
  return joined(parts);
}

export function unsignedColumn(values: readonly number[]): PayloadColumn {
  return { values: values.length, isConstant: false, bytes: varints(values) };
}

/** The same of numbers that may be larger than 2^53. */
export function wideColumn(values: readonly bigint[]): PayloadColumn {
  const bytes: number[] = [];
  for (const value of values) pushWide(bytes, value);
  return { values: values.length, isConstant: false, bytes: Uint8Array.from(bytes) };
}

function pushWide(bytes: number[], value: bigint): void {
  for (; value >= 0x80n; value >>= 7n) bytes.push(Number(value & 0x7fn) | 0x80);
  bytes.push(Number(value));
}

export function bytesColumn(bytes: Uint8Array): PayloadColumn {
  return { values: bytes.length, isConstant: false, bytes };
}

/** Of encoding Delta: differences, modulo 2^64, as zigzag. */
export function deltaColumn(values: readonly bigint[]): PayloadColumn {
  let before = 0n;
  const bytes: number[] = [];
  for (const value of values) {
    const difference = BigInt.asIntN(64, value - before);
    before = value;
    pushWide(bytes, BigInt.asUintN(64, (difference << 1n) ^ (difference >> 63n)));
  }
  return { values: values.length, isConstant: false, bytes: Uint8Array.from(bytes) };
}

function varints(values: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  for (let value of values) {
    for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push((value % 0x80) | 0x80);
    bytes.push(value);
  }
  return Uint8Array.from(bytes);
}

export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

class Cursor {
  #at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get isAtEnd(): boolean {
    return this.#at === this.bytes.length;
  }

  /** NaN beyond the end, or beyond ten bytes. */
  varint(): number {
    let value = 0;
    for (let group = 0; group < 10; group++) {
      const byte = this.bytes[this.#at++];
      if (byte === undefined) return Number.NaN;
      value += (byte & 0x7f) * 2 ** (7 * group);
      if (byte < 0x80) return value;
    }
    return Number.NaN;
  }

  take(lengthBytes: number): Uint8Array | undefined {
    if (!(lengthBytes <= this.bytes.length - this.#at)) return undefined;
    const taken = this.bytes.subarray(this.#at, this.#at + lengthBytes);
    this.#at += lengthBytes;
    return taken;
  }
}
