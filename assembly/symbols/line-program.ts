// The machine that line programs run on (DWARF 5, section 6.2): registers, and opcodes that move
// them and make rows. An opcode makes at most one row, so rows follow the length of the program.

import { outOfMemory } from "../arena";
import { ExtendedLineOpcode, LineOpcode } from "./dwarf";
import { Rows } from "./line-rows";
import { Reader } from "./reader";

/** What the header says of the program. */
@unmanaged
export class LineHeader {
  instructionBytes: u32;
  operationsMax: u32;
  lineBase: i32;
  lineRange: u32;
  opcodeBase: u32;
  /** Where the numbers of operands of standard opcodes are, a byte each. */
  operandCounts: usize;
}

/** A file that the program named, if it did: its entry begins and ends here. */
export let definedFileAt: usize = 0;
export let definedFileEnd: usize = 0;

let address: u64 = 0;
let operation: u32 = 0;
let line: u32 = 1;
let file: u64 = 1;
let column: u64 = 0;

function reset(): void {
  address = 0;
  operation = 0;
  line = 1;
  file = 1;
  column = 0;
}

@inline
function advance(header: LineHeader, operations: u64): void {
  if (header.operationsMax == 1) {
    address += operations * header.instructionBytes;
    return;
  }
  const all = operation + operations;
  address += (all / header.operationsMax) * header.instructionBytes;
  operation = (all % header.operationsMax) as u32;
}

/** Where a program stopped. */
export enum ProgramEnd {
  Whole,
  Malformed,
  /** It names a file: take it, and run on. */
  DefinesFile,
}

/** To be called before the first `runProgram` of a table. */
export function beginProgram(): void {
  reset();
}

/** Runs what the reader has, making rows. */
export function runProgram(header: LineHeader, reader: Reader, rows: Rows): ProgramEnd {
  const base = header.opcodeBase;
  while (reader.at < reader.end && !outOfMemory) {
    const opcode = load<u8>(reader.at++) as u32;
    if (opcode >= base) {
      const adjusted = opcode - base;
      advance(header, adjusted / header.lineRange);
      line += header.lineBase + ((adjusted % header.lineRange) as i32);
      rows.add(address, line, file, column);
    } else if (opcode == LineOpcode.Extended) {
      const end = runExtended(reader, rows);
      if (end != ProgramEnd.Whole) return end;
    } else runStandard(header, reader, rows, opcode);
  }
  return reader.failed ? ProgramEnd.Malformed : ProgramEnd.Whole;
}

function runStandard(header: LineHeader, reader: Reader, rows: Rows, opcode: u32): void {
  switch (opcode) {
    case LineOpcode.Copy:
      rows.add(address, line, file, column);
      break;
    case LineOpcode.AdvancePc:
      advance(header, reader.uleb());
      break;
    case LineOpcode.AdvanceLine:
      line += reader.sleb() as i32;
      break;
    case LineOpcode.SetFile:
      file = reader.uleb();
      break;
    case LineOpcode.SetColumn:
      column = reader.uleb();
      break;
    case LineOpcode.NegateStatement:
    case LineOpcode.SetBasicBlock:
      break;
    case LineOpcode.ConstantAddPc:
      advance(header, (255 - header.opcodeBase) / header.lineRange);
      break;
    case LineOpcode.FixedAdvancePc:
      address += reader.u16();
      operation = 0;
      break;
    default: {
      // Opcodes added since say how many operands to skip.
      for (let left: u32 = load<u8>(header.operandCounts + opcode - 1); left > 0; left--) reader.uleb();
    }
  }
}

function runExtended(reader: Reader, rows: Rows): ProgramEnd {
  const lengthBytes = reader.uleb();
  if (reader.failed || lengthBytes == 0 || lengthBytes > ((reader.end - reader.at) as u64)) return ProgramEnd.Malformed;
  const end = reader.at + (lengthBytes as usize);
  const opcode = load<u8>(reader.at++);
  const from = reader.at;
  if (opcode == ExtendedLineOpcode.EndSequence) {
    rows.endSequence(address);
    reset();
  } else if (opcode == ExtendedLineOpcode.SetAddress) {
    address = reader.word((end - from) as u32);
    operation = 0;
  }
  reader.at = end;
  if (opcode != ExtendedLineOpcode.DefineFile) return ProgramEnd.Whole;
  definedFileAt = from;
  definedFileEnd = end;
  return ProgramEnd.DefinesFile;
}
