// The stored payload of one block -> its columns, by name, with every rule of "Payload: columns"
// and "Limits" of capture/FORMAT.md checked. All or nothing: the first broken rule throws.

import type { BlockHeader } from "./block-header.js";
import { Cursor, lz4Decompress, zigzagToSigned } from "./bytes.js";
import { rule } from "./damage.js";
import * as format from "./format.js";

/** Columns of one block by the document's names: narrow values as numbers, wide ones as bigints. */
export class Columns {
  private readonly narrow = new Map<string, number[]>();
  private readonly wide = new Map<string, bigint[]>();
  private readonly raw = new Map<string, Uint8Array>();

  set(spec: format.ColumnSpec, values: bigint[]): void {
    if (spec.range === "wide") this.wide.set(spec.name, values);
    else this.narrow.set(spec.name, values.map(Number));
  }

  setBytes(name: string, bytes: Uint8Array): void {
    this.raw.set(name, bytes);
  }

  numbers(name: string): number[] {
    return present(this.narrow.get(name), name);
  }

  bigints(name: string): bigint[] {
    return present(this.wide.get(name), name);
  }

  bytes(name: string): Uint8Array {
    return present(this.raw.get(name), name);
  }
}

function present<T>(value: T | undefined, name: string): T {
  if (value === undefined)
    throw new Error(`the oracle asks for a column "${name}" that its table does not have`);
  return value;
}

export function decodePayload(name: format.BlockTypeName, block: BlockHeader, stored: Uint8Array): Columns {
  checkHeader(block);
  const cursor = new Cursor(decompress(block, stored));
  const specs = format.columnsOf[name];
  const count = cursor.varint();
  rule(count <= BigInt(format.columnsMax), "more columns than ColumnsMax");
  rule(count >= BigInt(specs.length), "fewer columns than the table has");
  const columns = new Columns();
  const dictionaries = new Map<string, bigint>();
  for (let index = 0; index < Number(count); index++) {
    const values = cursor.varint();
    const lengthAndConstant = cursor.varint();
    const bytes = cursor.take(lengthAndConstant >> 1n);
    const constant = (lengthAndConstant & 1n) === 1n;
    const spec = specs[index];
    if (spec === undefined) continue; // of a newer minor version
    rule(
      values === expectedValues(spec, block, columns, dictionaries, values),
      `${name}.${spec.name}: count`,
    );
    if (spec.encoding === "Bytes") {
      rule(!constant && values === BigInt(bytes.length), `${name}.${spec.name}: one byte per value`);
      columns.setBytes(spec.name, bytes);
    } else {
      columns.set(spec, decodeColumn(spec, block, Number(values), constant, bytes));
    }
  }
  rule(cursor.at === cursor.end, "the payload does not end with its last column");
  checkReferences(name, block, columns);
  return columns;
}

function checkHeader(block: BlockHeader): void {
  rule(block.records <= format.blockRecordsMax, "more records than BlockRecordsMax");
  rule(block.rawBytes <= format.blockRawBytesMax, "rawBytes above BlockRawBytesMax");
  rule(block.lastNs >= block.firstNs, "lastNs below firstNs");
}

function decompress(block: BlockHeader, stored: Uint8Array): Uint8Array {
  if (block.codec === format.Codec.Lz4) return lz4Decompress(stored, block.rawBytes);
  rule(block.codec === format.Codec.Raw, "unknown codec");
  rule(block.storedBytes === block.rawBytes, "Raw, but storedBytes is not rawBytes");
  return stored;
}

/** How many values the table says there are; the first column of a dictionary says it for the others. */
function expectedValues(
  spec: format.ColumnSpec,
  block: BlockHeader,
  columns: Columns,
  dictionaries: Map<string, bigint>,
  values: bigint,
): bigint {
  if (spec.per === "record") return BigInt(block.records);
  if (spec.per === "once") return 1n;
  if (spec.per.startsWith("sum ")) {
    return columns.numbers(spec.per.slice("sum ".length)).reduce((sum, value) => sum + BigInt(value), 0n);
  }
  if (!dictionaries.has(spec.per)) dictionaries.set(spec.per, values);
  rule(values <= BigInt(format.dictionaryMax), "a dictionary above DictionaryMax");
  return dictionaries.get(spec.per)!;
}

function decodeColumn(
  spec: format.ColumnSpec,
  block: BlockHeader,
  values: number,
  constant: boolean,
  bytes: Uint8Array,
): bigint[] {
  const cursor = new Cursor(bytes);
  rule(values > 0 || !constant, "a constant column of no values");
  const single = constant ? cursor.varint() : 0n;
  const decoded: bigint[] = [];
  let before = spec.encoding === "Time" ? block.firstNs : 0n;
  for (let i = 0; i < values; i++) {
    const stored = constant ? single : cursor.varint();
    const value = valueOf(spec.encoding, stored, before);
    checkRange(spec, value);
    decoded.push(value);
    before = value;
  }
  rule(cursor.at === cursor.end, `${spec.name}: does not end where its length says`);
  return decoded;
}

function valueOf(encoding: format.Encoding, stored: bigint, before: bigint): bigint {
  switch (encoding) {
    case "Signed":
      return zigzagToSigned(stored);
    case "Delta":
      return BigInt.asUintN(64, before + zigzagToSigned(stored));
    case "Time":
      return before + stored;
    default:
      return stored;
  }
}

function checkRange(spec: format.ColumnSpec, value: bigint): void {
  if (spec.range === "tid" && value === BigInt(format.tidOther)) return;
  if (spec.range === "cpu" && value === BigInt(format.cpuNone)) return;
  const max = format.rangeMax[spec.range];
  const min = spec.encoding === "Signed" ? -max - 1n : 0n;
  rule(value >= min && value <= max, `${spec.name}: above its limit`);
}

function checkReferences(name: format.BlockTypeName, block: BlockHeader, columns: Columns): void {
  const within = (column: string, dictionary: string, offset = 0): void => {
    const size = columns.numbers(dictionary).length;
    rule(
      columns.numbers(column).every((index) => index < size + offset),
      `${column}: outside ${dictionary}`,
    );
  };
  if (name === "Switch") {
    within("prev", "threads", 1);
    within("next", "threads");
    within("reason", "reasonState");
    rule(columns.numbers("prev")[0] !== 0, "the first record has no record before it");
  } else if (name === "Wake") {
    within("waker", "threads");
    within("wakee", "threads");
  } else if (name === "Syscall" || name === "Arguments") {
    within("thread", "threads");
    within("call", "callNr");
  }
  if (format.isEventStream(block.type) && block.records > 0) {
    const times = columns.bigints("time");
    rule(times[0] === block.firstNs, "the first record is not at firstNs");
    rule(times[times.length - 1] === block.lastNs, "the last record is not at lastNs");
  }
  if (name === "Sync") {
    rule(block.records === 0 && block.firstNs === block.lastNs, "a Sync has no records and one time");
  }
  if (name === "String") checkLastId(block, columns);
  if (name === "UserDump") checkDumps(columns);
  if (name === "Section") checkParts(columns);
  if (name === "SourceFrame") {
    rule(
      columns.numbers("depth").every((depth) => depth > 0),
      "an address without a function",
    );
  }
}

function checkDumps(columns: Columns): void {
  const allWords = columns.numbers("words").reduce((sum, words) => sum + words, 0);
  rule(allWords <= format.blockWordsMax, "more words than BlockWordsMax");
  let at = 0;
  columns.numbers("length").forEach((length, i) => {
    rule(length % 8 === 0, "a stack that does not end with a word");
    const words = columns.numbers("words")[i]!;
    const gaps = columns.numbers("gap").slice(at, at + words);
    const needed = gaps.reduce((sum, gap) => sum + gap + 1, 0);
    rule(needed <= length / 8, "words behind the end of their stack");
    at += words;
  });
}

function checkParts(columns: Columns): void {
  columns.numbers("total").forEach((total, i) => {
    rule(columns.numbers("offset")[i]! + columns.numbers("length")[i]! <= total, "a part outside its section");
  });
}

function checkLastId(block: BlockHeader, columns: Columns): void {
  const lastId = columns.numbers("firstId")[0]! + block.records - 1;
  rule(lastId <= format.stringIdMax, "a string id above StringIdMax");
}
