// Whole paths of the files of a line table: directory of the unit, directory, name, as far as what is
// behind is not absolute. Nothing is looked up and nothing simplified: the path is as compiled.
//
//   version 5    files and directories count from 0, directory 0 is the unit's
//   before       they count from 1, and 0 stands for the unit's directory

import { borrow, giveBack, SmallBytes } from "../arena";
import { newVector, Vector } from "../vector";
import { FileEntry, LineTable } from "./line-tables";
import { Unit } from "./units";
import { textRow } from "./texts";

/** Longer paths are cut to their name. */
const PathBytesMax: usize = SmallBytes;
const scratch: usize = borrow(PathBytesMax);
let length: usize = 0;

/** Row of the path of a file of a unit's line table; 0 where there is no such file. */
export function pathRow(unit: Unit, table: LineTable, number: u64): u32 {
  const index = table.version >= 5 ? number : number - 1;
  if (index >= (table.files.length as u64)) return 0;
  const file = table.files.get(index as u32);
  if (file.pathAt == 0) makePath(unit, table, file);
  return textRow(file.pathAt, file.pathBytes);
}
