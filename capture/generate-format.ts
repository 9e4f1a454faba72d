// Turns the tables of FORMAT.md into capture/format.h and assembly/format.ts.
//
// FORMAT.md is the only definition of the recording; this script makes the two languages agree with
// it. It is strict: a marker it does not know, a row it cannot parse, an unknown type or encoding, a
// gap in a column list or an overlap in a struct ends it with the line number, so that a typo in the
// document never becomes a silent hole in the code. Tables without a marker are prose.
//
//   <!-- const -->            name | type | value | meaning
//   <!-- enum Name -->        value | name | meaning
//   <!-- struct Name bytes=N -->  offset | type | field | meaning
//   <!-- columns Name -->     index | name | encoding | per | unit | meaning
//
// Run as `npm run build:format`; with --check it only compares and fails if something is stale.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

interface Constant { name: string; wide: boolean; value: bigint }
interface EnumTable { name: string; rows: { name: string; value: number }[] }
interface StructTable { name: string; bytes: number; fields: { name: string; type: string; offset: number }[] }
interface ColumnsTable { name: string; columns: { name: string; encoding: string }[] }

interface Format {
  constants: Constant[];
  enums: EnumTable[];
  structs: StructTable[];
  columns: ColumnsTable[];
}

const fieldBytes: Record<string, number> = { u8: 1, u16: 2, u32: 4, u64: 8, u8x16: 16 };

class Failure extends Error {}

function fail(line: number, text: string): never {
  throw new Failure(`FORMAT.md:${line}: ${text}`);
}

// ---------------------------------------------------------------------------------------------
// Reading the document
// ---------------------------------------------------------------------------------------------

interface Row { line: number; cells: string[] }

/** Cells of a Markdown table row; `\|` is a literal bar. */
function splitRow(text: string): string[] {
  return text
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));
}

/** The table that must follow a marker: its rows without header and rule. */
function readTable(lines: string[], at: number, header: string[]): Row[] {
  const found = splitRow((lines[at] ?? "").trim());
  if (found.join() !== header.join()) fail(at + 1, `expected the columns ${header.join(" | ")}, found ${found.join(" | ")}`);
  if (!/^\|(-+\|)+$/.test((lines[at + 1] ?? "").trim())) fail(at + 2, "expected the rule below a table's header");
  const rows: Row[] = [];
  for (let i = at + 2; lines[i]?.trim().startsWith("|"); i++) {
    const cells = splitRow(lines[i]!.trim());
    if (cells.length !== header.length) fail(i + 1, `expected ${header.length} cells, found ${cells.length}`);
    rows.push({ line: i + 1, cells });
  }
  if (rows.length === 0) fail(at + 1, "an empty table");
  return rows;
}

function parseName(row: Row, cell: number, pattern: RegExp): string {
  const name = row.cells[cell]!;
  if (!pattern.test(name)) fail(row.line, `"${name}" is not a name of the form ${pattern}`);
  return name;
}

function parseInteger(row: Row, cell: number): bigint {
  const text = row.cells[cell]!.replaceAll("_", "");
  if (!/^(0x[0-9A-F]+|\d+)$/.test(text)) fail(row.line, `"${row.cells[cell]}" is not a number`);
  return BigInt(text);
}

const pascal = /^[A-Z][A-Za-z0-9_]*$/;
const camel = /^[a-z][A-Za-z0-9]*$/;

function readConstants(rows: Row[]): Constant[] {
  return rows.map((row) => {
    const type = row.cells[1]!;
    if (type !== "u32" && type !== "u64") fail(row.line, `unknown constant type "${type}"`);
    const value = parseInteger(row, 2);
    if (value >= 1n << (type === "u32" ? 32n : 64n)) fail(row.line, `the value does not fit in ${type}`);
    return { name: parseName(row, 0, pascal), wide: type === "u64", value };
  });
}

function readEnum(name: string, rows: Row[]): EnumTable {
  const seen = new Set<number>();
  return {
    name,
    rows: rows.map((row) => {
      const value = Number(parseInteger(row, 0));
      if (seen.has(value)) fail(row.line, `${name} has the value ${value} twice`);
      seen.add(value);
      return { value, name: parseName(row, 1, pascal) };
    }),
  };
}

function readStruct(name: string, bytes: number, rows: Row[]): StructTable {
  let end = 0;
  const fields = rows.map((row) => {
    const offset = Number(parseInteger(row, 0));
    const type = row.cells[1]!;
    const width = fieldBytes[type];
    if (width === undefined) fail(row.line, `unknown field type "${type}"`);
    if (offset !== end) fail(row.line, `${name}.${row.cells[2]} is at ${offset}, but the field before it ends at ${end}`);
    end += width;
    return { offset, type, name: parseName(row, 2, camel) };
  });
  if (end !== bytes) fail(rows.at(-1)!.line, `${name} has ${end} bytes, but its marker says ${bytes}`);
  return { name, bytes, fields };
}

function readColumns(name: string, rows: Row[], encodings: EnumTable): ColumnsTable {
  return {
    name,
    columns: rows.map((row, position) => {
      if (Number(parseInteger(row, 0)) !== position) fail(row.line, `expected column ${position} of ${name}`);
      const encoding = row.cells[2]!;
      if (!encodings.rows.some((known) => known.name === encoding)) fail(row.line, `unknown encoding "${encoding}"`);
      if (!/^(record|once|sum [a-zA-Z]+|threads|reasons|calls)$/.test(row.cells[3]!)) fail(row.line, `unknown count "${row.cells[3]}"`);
      return { name: parseName(row, 1, camel), encoding };
    }),
  };
}

function readFormat(text: string): Format {
  const lines = text.split("\n");
  const format: Format = { constants: [], enums: [], structs: [], columns: [] };
  lines.forEach((line, i) => {
    const marker = /^<!-- (\w+)(?: (\w+))?(?: bytes=(\d+))? -->$/.exec(line);
    if (marker === null) {
      if (line.includes("<!--")) fail(i + 1, `a marker I do not understand: ${line}`);
      return;
    }
    const [, kind, name = "", bytes] = marker;
    if (kind === "const") {
      format.constants.push(...readConstants(readTable(lines, i + 1, ["name", "type", "value", "meaning"])));
    } else if (kind === "enum") {
      format.enums.push(readEnum(name, readTable(lines, i + 1, ["value", "name", "meaning"])));
    } else if (kind === "struct") {
      format.structs.push(readStruct(name, Number(bytes), readTable(lines, i + 1, ["offset", "type", "field", "meaning"])));
    } else if (kind === "columns") {
      const encodings = format.enums.find((table) => table.name === "Encoding");
      if (encodings === undefined) fail(i + 1, "the Encoding table must come before the first columns table");
      format.columns.push(readColumns(name, readTable(lines, i + 1, ["index", "name", "encoding", "per", "unit", "meaning"]), encodings));
    } else {
      fail(i + 1, `unknown kind of table "${kind}"`);
    }
  });
  return format;
}

// ---------------------------------------------------------------------------------------------
// Writing C
// ---------------------------------------------------------------------------------------------

const snake = (name: string) => name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
const upper = (name: string) => snake(name).toUpperCase();
const upperFirst = (name: string) => name[0]!.toUpperCase() + name.slice(1);

function cStruct(table: StructTable): string[] {
  const type = `struct offcut_${snake(table.name)}`;
  const fields = table.fields.map(({ name, type: width }) =>
    width === "u8x16" ? `\tuint8_t ${snake(name)}[16];` : `\tuint${8 * fieldBytes[width]!}_t ${snake(name)};`);
  return [
    `${type} {`, ...fields, "};",
    `_Static_assert(sizeof(${type}) == ${table.bytes}, "${table.name}");`,
    ...table.fields.map(({ name, offset }) =>
      `_Static_assert(offsetof(${type}, ${snake(name)}) == ${offset}, "${table.name}.${name}");`),
    "",
  ];
}

function cEnum(table: EnumTable): string[] {
  const prefix = `OFFCUT_${upper(table.name)}_`;
  return [`enum offcut_${snake(table.name)} {`, ...table.rows.map((row) => `\t${prefix}${upper(row.name)} = ${row.value},`), "};", ""];
}

function cColumns(table: ColumnsTable): string[] {
  const prefix = `OFFCUT_${upper(table.name)}_COLUMN`;
  return [
    `enum offcut_${snake(table.name)}_column {`,
    ...table.columns.map(({ name, encoding }, i) => `\t${prefix}_${upper(name)} = ${i}, /* ${encoding} */`),
    `\t${prefix}S = ${table.columns.length},`,
    "};", "",
  ];
}

function writeHeader(format: Format): string {
  const constants = format.constants.map(({ name, wide, value }) =>
    `#define OFFCUT_${upper(name)} ${wide ? `0x${value.toString(16).toUpperCase()}ull` : `${value}u`}`);
  return [
    "/* SPDX-License-Identifier: MIT */",
    "/*",
    " * The recording's constants, enums and fixed layouts. Generated from FORMAT.md by",
    " * generate-format.ts: change that document, then run `npm run build:format`.",
    " */",
    "#ifndef OFFCUT_FORMAT_H", "#define OFFCUT_FORMAT_H", "",
    "#include <stddef.h>", "#include <stdint.h>", "",
    ...constants, "",
    ...format.structs.flatMap(cStruct),
    ...format.enums.flatMap(cEnum),
    ...format.columns.flatMap(cColumns),
    "#endif", "",
  ].join("\n");
}

// ---------------------------------------------------------------------------------------------
// Writing TypeScript that is AssemblyScript, too
// ---------------------------------------------------------------------------------------------

/** u64 constants are split: one file serves a compiler with u64 and one with doubles. */
function tsConstant({ name, wide, value }: Constant): string[] {
  const hex = (part: bigint) => `0x${part.toString(16).toUpperCase()}`;
  if (!wide) return [`export const ${name} = ${value < 0x80000000n ? value : hex(value)};`];
  return [`export const ${name}Low = ${hex(value & 0xffffffffn)};`, `export const ${name}High = ${hex(value >> 32n)};`];
}

function tsEnum(name: string, rows: { name: string; value: number }[]): string[] {
  return [`export enum ${name} {`, ...rows.map((row) => `  ${row.name} = ${row.value},`), "}", ""];
}

function writeTypeScript(format: Format): string {
  return [
    "// The recording's constants and enums. Generated from capture/FORMAT.md by",
    "// capture/generate-format.ts: change that document, then run `npm run build:format`. Holds enums",
    "// and constants only, so that asc and strict tsc compile the same file.",
    "",
    ...format.constants.flatMap(tsConstant), "",
    ...format.structs.flatMap((table) => [
      `export const ${table.name}Bytes = ${table.bytes};`,
      ...tsEnum(`${table.name}Offset`, table.fields.map(({ name, offset }) => ({ name: upperFirst(name), value: offset }))),
    ]),
    ...format.enums.flatMap((table) => tsEnum(table.name, table.rows)),
    ...format.columns.flatMap((table) => [
      ...tsEnum(`${table.name}Column`, table.columns.map(({ name }, value) => ({ name: upperFirst(name), value }))),
      `export const ${table.name}Columns = ${table.columns.length};`, "",
    ]),
  ].join("\n");
}

// ---------------------------------------------------------------------------------------------

function main(): void {
  const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
  const format = readFormat(readFileSync(path("FORMAT.md"), "utf8"));
  const outputs: [string, string][] = [
    [path("format.h"), writeHeader(format)],
    [path("../assembly/format.ts"), writeTypeScript(format)],
  ];
  for (const [file, text] of outputs) {
    let old = "";
    try { old = readFileSync(file, "utf8"); } catch { /* first run: written below */ }
    if (old === text) continue;
    if (process.argv.includes("--check")) throw new Failure(`${file} is stale: run \`npm run build:format\` and commit the result`);
    writeFileSync(file, text);
  }
}

try {
  main();
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
