// Whole paths of the files of a line table: directory of the unit, directory, name, as far as what is
// behind is not absolute. Nothing is looked up and nothing simplified: the path is as compiled.
//
//   version 5    files and directories count from 0, directory 0 is the unit's
//   before       they count from 1, and 0 stands for the unit's directory

import { allocate, outOfMemory, SmallBytes } from "../arena";
import { textRow } from "./texts";
import { FileEntry, LineTable } from "./line-tables";
import { Unit } from "./units";

/** Of longer paths only the name is kept. */
const PathBytesMax: usize = SmallBytes;
const Slash: u8 = 0x2f;

/** Row of the path of a file of a unit's line table; 0 where there is no such file. */
export function pathRow(unit: Unit, table: LineTable, number: u64): u32 {
  const index = table.version >= 5 ? number : number - 1;
  if (index >= (table.files.length as u64)) return 0;
  const file = table.files.get(index as u32);
  if (file.pathAt == 0) makePath(unit, table, file);
  return textRow(file.pathAt, file.pathBytes);
}

/** A table serves units of one directory, or names absolute ones: the path is the same for all. */
function makePath(unit: Unit, table: LineTable, file: FileEntry): void {
  let directoryAt: usize = 0;
  let directoryBytes: usize = 0;
  const index = table.version >= 5 ? file.directory : file.directory - 1;
  if (index < (table.directories.length as u64)) {
    const directory = table.directories.get(index as u32);
    directoryAt = directory.at;
    directoryBytes = directory.lengthBytes;
  }
  const isWhole = isAbsolute(file.at, file.lengthBytes);
  if (isWhole) directoryBytes = 0;
  const takesUnits = !isWhole && !isAbsolute(directoryAt, directoryBytes);
  const unitBytes = takesUnits ? unit.directoryBytes : 0;
  const pathBytes = unitBytes + directoryBytes + file.lengthBytes + 2;
  file.pathAt = file.at;
  file.pathBytes = file.lengthBytes;
  if ((unitBytes | directoryBytes) == 0 || pathBytes > PathBytesMax || outOfMemory) return;
  const path = allocate(pathBytes);
  if (path == 0) return;
  let length = append(path, 0, unit.directoryAt, unitBytes);
  length = append(path, length, directoryAt, directoryBytes);
  file.pathBytes = append(path, length, file.at, file.lengthBytes);
  file.pathAt = path;
}

function isAbsolute(at: usize, lengthBytes: usize): bool {
  return lengthBytes != 0 && load<u8>(at) == Slash;
}

/** Length of the path with another part of it, behind a slash. */
function append(path: usize, length: usize, at: usize, lengthBytes: usize): usize {
  if (lengthBytes == 0) return length;
  if (length != 0 && load<u8>(path + length - 1) != Slash) store<u8>(path + length++, Slash);
  memory.copy(path + length, at, lengthBytes);
  return length + lengthBytes;
}
