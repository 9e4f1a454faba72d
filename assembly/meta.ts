// Meta and Clock blocks: what was recorded, and the clocks read together.

import { allocate, outOfMemory } from "./arena";
import { cell, columnFrom, decode, decodeBytes, Limit, openPayload, sumOf } from "./columns";
import { ClockColumn, Encoding, MetaColumn, StringBytesMax } from "./format";
import { intern } from "./strings";
import { newVector, Vector } from "./vector";

@unmanaged
export class MetaRow {
  key: u32;
  value: u32;
}

@unmanaged
export class ClockRow {
  monotonicNs: u64;
  boottimeNs: u64;
  realtimeNs: u64;
}

export const metaRows: Vector<MetaRow> = newVector<MetaRow>();
export const clockRows: Vector<ClockRow> = newVector<ClockRow>();

/** A Meta block. False if it is malformed; then nothing of it is taken. */
export function defineMeta(from: usize, to: usize, records: u32): bool {
  if (
    !openPayload(from, to, MetaColumn.Value + 1) ||
    !decode(MetaColumn.KeyLength, records, Encoding.Unsigned, Limit.U32, StringBytesMax) ||
    !decodeBytes(MetaColumn.Key, sumOf(MetaColumn.KeyLength, records)) ||
    !decode(MetaColumn.ValueLength, records, Encoding.Unsigned, Limit.U32, StringBytesMax) ||
    !decodeBytes(MetaColumn.Value, sumOf(MetaColumn.ValueLength, records))
  ) {
    return false;
  }
  let key = columnFrom(MetaColumn.Key);
  let value = columnFrom(MetaColumn.Value);
  for (let i: u32 = 0; i < records && !outOfMemory; i++) {
    const keyBytes = cell(MetaColumn.KeyLength, i) as u32;
    const valueBytes = cell(MetaColumn.ValueLength, i) as u32;
    const row = changetype<MetaRow>(allocate(offsetof<MetaRow>()));
    row.key = intern(key, keyBytes);
    row.value = intern(value, valueBytes);
    metaRows.push(row);
    key += keyBytes;
    value += valueBytes;
  }
  return true;
}

/** A Clock block. False if it is malformed; then nothing of it is taken. */
export function defineClocks(from: usize, to: usize, records: u32): bool {
  if (
    !openPayload(from, to, ClockColumn.Realtime + 1) ||
    !decode(ClockColumn.Monotonic, records, Encoding.Unsigned, Limit.None) ||
    !decode(ClockColumn.Boottime, records, Encoding.Unsigned, Limit.None) ||
    !decode(ClockColumn.Realtime, records, Encoding.Unsigned, Limit.None)
  ) {
    return false;
  }
  for (let i: u32 = 0; i < records && !outOfMemory; i++) {
    const row = changetype<ClockRow>(allocate(offsetof<ClockRow>()));
    row.monotonicNs = cell(ClockColumn.Monotonic, i);
    row.boottimeNs = cell(ClockColumn.Boottime, i);
    row.realtimeNs = cell(ClockColumn.Realtime, i);
    clockRows.push(row);
  }
  return true;
}
