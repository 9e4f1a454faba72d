// Arguments of the events of the slice, as rows of Table.EventArguments: only of those that have any.

import { ArgumentsMax, Pending } from "./arguments";
import { allocate } from "./arena";
import { stringRow } from "./strings";
import { addColumn, addColumns, beginTable, canFill, put } from "./table";
import { ColumnType, EventArgumentsColumn, Table } from "./tables";
import { newVector, Vector } from "./vector";

@unmanaged
class Row extends Pending {
  event: u32;
}

const rows: Vector<Row> = newVector<Row>();
/** Rows that were used once are used again. */
let made: u32 = 0;

/** The events begin anew. */
export function clearEventArguments(): void {
  rows.length = 0;
}

/** The event of this row was made with these arguments. */
export function addEventArguments(event: u32, pending: Pending): void {
  if (rows.length == made) {
    rows.push(changetype<Row>(allocate(offsetof<Row>())));
    made = rows.length;
  } else {
    rows.length++;
  }
  const row = rows.get(rows.length - 1);
  memory.copy(changetype<usize>(row), changetype<usize>(pending), offsetof<Pending>());
  row.event = event;
}

export function buildEventArguments(): void {
  beginTable(Table.EventArguments, rows.length);
  addColumn(EventArgumentsColumn.Event, ColumnType.U32);
  addColumns(EventArgumentsColumn.Value0, EventArgumentsColumn.Value5, ColumnType.F64);
  addColumns(EventArgumentsColumn.Text0, EventArgumentsColumn.TextFlags, ColumnType.U32);
  if (!canFill()) return;
  for (let i: u32 = 0; i < rows.length; i++) {
    const row = rows.get(i);
    put(EventArgumentsColumn.Event, i, row.event);
    for (let argument: u32 = 0; argument < ArgumentsMax; argument++) {
      const text = row.text(argument);
      put(EventArgumentsColumn.Value0 + argument, i, row.value(argument));
      put(EventArgumentsColumn.Text0 + argument, i, text == 0 ? 0 : stringRow(text - 1) + 1);
    }
    put(EventArgumentsColumn.TextFlags, i, row.textFlags);
  }
}
