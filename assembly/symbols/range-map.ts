// Map from addresses to numbers, made of ranges that may overlap in any way: of those that cover an
// address the one added first wins. Sealing cuts them into cells that do not overlap:
//
//   added     1 [---------------)          first
//             2       [-----------------)
//   sealed    |--- 1 ---------|--- 2 ---|
//
// Cells are filled in the order of adding, each once: a cell that is full points to the next that is
// not (with its path halved), so that hostile ranges cost what friendly ones do, n log n, and finding
// is a binary search.

import { allocate, borrow, giveBack } from "../arena";
import { newVector, Vector } from "../vector";
import { EntryBytes, radixSort } from "./radix-sort";

@unmanaged
export class RangeMap {
  /** Three numbers a range, as they were added: low, high, value. */
  ranges: Vector<u64>;
  /** Once sealed: where each cell begins, and the number of its range, 0 where there is none. */
  starts: usize;
  values: usize;
  cells: u32;
  /** Cell that the last `find` came to. */
  found: u32;

  /** `value` above 0 for `[low, high)`; nothing where that is empty. */
  add(low: u64, high: u64, value: u32): void {
    if (low >= high) return;
    this.ranges.push(low);
    this.ranges.push(high);
    this.ranges.push(value);
  }

  /** Adds what a sealed map covers. */
  addAll(sealed: RangeMap, value: u32): void {
    for (let cell: u32 = 0; cell + 1 < sealed.cells; cell++) {
      if (load<u32>(sealed.values + ((cell as usize) << 2)) == 0) continue;
      const start = sealed.starts + ((cell as usize) << 3);
      this.add(load<u64>(start), load<u64>(start, 8), value);
    }
  }

  /** Ranges added, before they are sealed. */
  get count(): u32 {
    return this.ranges.length / 3;
  }

  /** What the range that covers an address was added with; 0 where none does. */
  find(address: u64): u32 {
    let low: u32 = 0;
    let high = this.cells;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (load<u64>(this.starts + ((middle as usize) << 3)) <= address) low = middle + 1;
      else high = middle;
    }
    if (low == 0) return 0;
    this.found = low - 1;
    return load<u32>(this.values + (((low - 1) as usize) << 2));
  }

  /** Where the cell that `find` came to ends. */
  foundEnd(): u64 {
    const next = this.found + 1;
    return next < this.cells ? load<u64>(this.starts + ((next as usize) << 3)) : u64.MAX_VALUE;
  }

  /** To be called once, after the last `add`. With `lastWins` precedence is the other way. */
  seal(lastWins: bool = false): void {
    const count = this.count;
    if (count == 0) return;
    // Boundaries in order; then, per range, its first cell and the one behind its last.
    const entriesBytes = (count as usize) * 2 * EntryBytes;
    const spansBytes = (count as usize) << 3;
    const cellsMax = (count as usize) * 2;
    const entries = borrow(entriesBytes);
    const spans = borrow(spansBytes);
    const nexts = borrow((cellsMax + 1) << 2);
    this.starts = allocate(cellsMax << 3);
    this.values = allocate(cellsMax << 2);
    const granted = entries != 0 && spans != 0 && nexts != 0 && this.starts != 0 && this.values != 0;
    if (granted && this.sortBoundaries(entries, spans)) {
      this.fill(spans, nexts, lastWins);
      this.joinCells();
    }
    giveBack(entries, entriesBytes);
    giveBack(spans, spansBytes);
    giveBack(nexts, (cellsMax + 1) << 2);
    giveBack(this.ranges.at, (this.ranges.capacity as usize) << 3);
    this.ranges.at = 0;
    this.ranges.length = 0;
    this.ranges.capacity = 0;
  }

  private sortBoundaries(entries: usize, spans: usize): bool {
    const count = this.count;
    let at = entries;
    for (let i: u32 = 0; i < count; i++) {
      store<u64>(at, this.ranges.get(i * 3));
      store<u64>(at, (i as u64) << 1, 8);
      store<u64>(at, this.ranges.get(i * 3 + 1), 16);
      store<u64>(at, ((i as u64) << 1) | 1, 24);
      at += EntryBytes << 1;
    }
    if (!radixSort(entries, count * 2)) return false;
    let cells: u32 = 0;
    for (let each = entries; each < at; each += EntryBytes) {
      const address = load<u64>(each);
      if (cells == 0 || address != load<u64>(this.starts + (((cells - 1) as usize) << 3))) {
        store<u64>(this.starts + ((cells as usize) << 3), address);
        cells++;
      }
      // The payload is twice the range, plus one for its end: just where its cell is kept.
      store<u32>(spans + ((load<u64>(each, 8) as usize) << 2), cells - 1);
    }
    this.cells = cells;
    return true;
  }

  private fill(spans: usize, nexts: usize, lastWins: bool): void {
    for (let i: u32 = 0; i <= this.cells; i++) store<u32>(nexts + ((i as usize) << 2), i);
    memory.fill(this.values, 0, (this.cells as usize) << 2);
    const count = this.count;
    for (let turn: u32 = 0; turn < count; turn++) {
      const i = lastWins ? count - 1 - turn : turn;
      const span = spans + ((i as usize) << 3);
      const end = load<u32>(span, 4);
      const value = this.ranges.get(i * 3 + 2) as u32;
      let cell = nextEmpty(nexts, load<u32>(span));
      while (cell < end) {
        store<u32>(this.values + ((cell as usize) << 2), value);
        store<u32>(nexts + ((cell as usize) << 2), cell + 1);
        cell = nextEmpty(nexts, cell + 1);
      }
    }
  }

  /** Neighbours of one value become one cell. */
  private joinCells(): void {
    let kept: u32 = 0;
    let before: u32 = 0;
    for (let i: u32 = 0; i < this.cells; i++) {
      const value = load<u32>(this.values + ((i as usize) << 2));
      if (kept != 0 && value == before) continue;
      store<u64>(this.starts + ((kept as usize) << 3), load<u64>(this.starts + ((i as usize) << 3)));
      store<u32>(this.values + ((kept as usize) << 2), value);
      before = value;
      kept++;
    }
    this.cells = kept;
  }
}

@inline
function nextEmpty(nexts: usize, from: u32): u32 {
  let cell = from;
  while (true) {
    const slot = nexts + ((cell as usize) << 2);
    const next = load<u32>(slot);
    if (next == cell) return cell;
    const after = load<u32>(nexts + ((next as usize) << 2));
    store<u32>(slot, after);
    cell = after;
  }
}

export function newRangeMap(): RangeMap {
  const map = changetype<RangeMap>(allocate(offsetof<RangeMap>()));
  map.ranges = newVector<u64>();
  return map;
}
