// What is needed, beyond the tables themselves, to put those of several instances together
// (parts.ts; analyzer/parts/ does it). Empty where one instance follows all threads.

import { lives } from "./lives";
import { hasLostCount, isDivided } from "./parts";
import { firstIds } from "./stack-order";
import { addColumn, beginTable, canFill, put } from "./table";
import { BirthsColumn, ColumnType, StackIdsColumn, Table } from "./tables";
import { wakers } from "./wakers";

export function buildParts(): void {
  if (!isDivided || hasLostCount()) return;
  buildBirths();
  buildStackIds();
}

function buildBirths(): void {
  beginTable(Table.Births, lives.length + wakers.length);
  addColumn(BirthsColumn.Epoch, ColumnType.U32);
  addColumn(BirthsColumn.TimeNs, ColumnType.U64);
  addColumn(BirthsColumn.Place, ColumnType.U64);
  if (!canFill()) return;
  for (let i: u32 = 0; i < lives.length; i++) {
    const life = lives.get(i);
    put(BirthsColumn.Epoch, i, life.bornEpoch);
    put(BirthsColumn.TimeNs, i, life.bornNs);
    put(BirthsColumn.Place, i, life.bornPlace);
  }
  for (let i: u32 = 0; i < wakers.length; i++) {
    const waker = wakers.get(i);
    put(BirthsColumn.Epoch, lives.length + i, waker.firstEpoch);
    put(BirthsColumn.TimeNs, lives.length + i, waker.firstNs);
    put(BirthsColumn.Place, lives.length + i, waker.firstPlace);
  }
}

function buildStackIds(): void {
  beginTable(Table.StackIds, firstIds.length);
  addColumn(StackIdsColumn.Id, ColumnType.U32);
  if (!canFill()) return;
  for (let i: u32 = 0; i < firstIds.length; i++) put(StackIdsColumn.Id, i, firstIds.get(i));
}
