// The nets between FORMAT.md and those who live by it: the oracle's hand-made tables and the
// generated ones say what the document says, a small recording is what it was, byte by byte, and
// both readers make of it what stands beside it. BLESS=1 writes the golden files anew, never where
// CI=true; read the difference before committing it.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as generated from "../../assembly/format.js";
import { analyzeWithEngine } from "../engine/run-engine.js";
import { rowsOfAnalysis, rowsOfAnswer, type Sections } from "../engine/rows.js";
import { analyzeRecording } from "../oracle/analyze.js";
import * as oracle from "../oracle/format.js";
import { smallRecording } from "../recordings/small.js";
import { annotate, bytesOf } from "./annotate.js";
import { documentTable, documentTables } from "./document.js";

function assertGolden(file: string, text: string): void {
  const path = join(import.meta.dirname, file);
  if (process.env["BLESS"] === "1" && process.env["CI"] !== "true") writeFileSync(path, text);
  assert.fixture(text, readFileSync(path, "utf8"), file);
}

test("the oracle's columns are the document's", () => {
  const tables = documentTables().filter((table) => table.kind === "columns");
  for (const { name, rows } of tables) {
    const expected = rows.map((row, i) => {
      assert.is(row["index"], String(i), name);
      return `${row["name"]} ${row["encoding"]} ${row["per"]}`;
    });
    const columns = oracle.columnsOf[name as oracle.BlockTypeName];
    assert.equal(
      columns.map((column) => `${column.name} ${column.encoding} ${column.per}`),
      expected,
      name,
    );
  }
  const withColumns = Object.entries(oracle.columnsOf).filter(([, columns]) => columns.length > 0);
  assert.equal(tables.map((table) => table.name).sort(), withColumns.map(([name]) => name).sort());
});

/** Enums and constants that the oracle has copied, and those the generator made, by the document's names. */
const oracleEnums: { readonly [name: string]: { readonly [name: string]: number } } = {
  BlockType: oracle.BlockType,
  Codec: oracle.Codec,
  Ended: oracle.Ended,
  ObjectKind: oracle.ObjectKind,
  TaskKind: oracle.TaskKind,
  TaskFlag: oracle.TaskFlag,
  StackKind: oracle.StackKind,
  StackFlag: oracle.StackFlag,
  SwitchFlag: oracle.SwitchFlag,
  WakeFlag: oracle.WakeFlag,
  SyscallFlag: oracle.SyscallFlag,
  StringArgumentFlag: oracle.StringArgumentFlag,
  DumpFlag: oracle.DumpFlag,
  SectionKind: oracle.SectionKind,
  SymbolSource: oracle.SymbolSource,
  LostReason: oracle.LostReason,
};

test("the oracle's enums are the document's", () => {
  for (const [name, copied] of Object.entries(oracleEnums)) {
    const { rows } = documentTable("enum", name);
    assert.equal(copied, Object.fromEntries(rows.map((row) => [row["name"], Number(row["value"])])), name);
  }
});

test("the generated enums are the document's", () => {
  const made = generated as unknown as { readonly [name: string]: { readonly [name: string]: number } };
  const enums = documentTables().filter((table) => table.kind === "enum");
  assert.ok(enums.length > 10);
  for (const { name, rows } of enums) {
    for (const row of rows)
      assert.is(made[name]?.[row["name"]!], Number(row["value"]), `${name}.${row["name"]}`);
  }
});

test("constants: the document's, the oracle's, the generated ones", () => {
  const made = generated as unknown as { readonly [name: string]: number | undefined };
  const copied = oracle as unknown as { readonly [name: string]: number | bigint | undefined };
  const rows = documentTables().flatMap((table) => (table.kind === "const" ? table.rows : []));
  assert.ok(rows.length > 15);
  for (const row of rows) {
    const name = row["name"]!;
    const value = BigInt(row["value"]!.replaceAll("_", ""));
    const ours = copied[name[0]!.toLowerCase() + name.slice(1)];
    assert.is(ours === undefined ? undefined : BigInt(ours), value, `the oracle's ${name}`);
    const [whole, low, high] = [made[name], made[`${name}Low`], made[`${name}High`]];
    const theirs = whole === undefined ? (BigInt(high!) << 32n) | BigInt(low!) : BigInt(whole);
    assert.is(theirs, value, `the generated ${name}`);
  }
});

test("structs have no holes and the size they claim", () => {
  for (const [name, bytes] of [
    ["FileHeader", 64],
    ["BlockHeader", 56],
    ["Trailer", 32],
  ] as const) {
    let at = 0;
    for (const row of documentTable("struct", name).rows) {
      assert.is(Number(row["offset"]), at, `${name}.${row["field"]}`);
      const [, bits, count] = /^u(\d+)(?:x(\d+))?$/.exec(row["type"]!)!;
      at += (Number(bits) / 8) * Number(count ?? "1");
    }
    assert.is(at, bytes, name);
  }
});

test("a small recording is what it was, byte by byte", () => {
  const bytes = smallRecording();
  assertGolden("small.hex", annotate(bytes));
  const golden = bytesOf(readFileSync(join(import.meta.dirname, "small.hex"), "utf8"));
  assert.is(Buffer.from(golden).toString("hex"), Buffer.from(bytes).toString("hex"));
});

test("and both readers say of it what they said", () => {
  const text = (sections: Sections): string =>
    Object.entries(sections)
      .map(([name, lines]) => `${name}\n${lines.map((line) => `  ${line}\n`).join("")}`)
      .sort()
      .join("");
  const bytes = smallRecording();
  assertGolden("small.rows", text(rowsOfAnswer(analyzeRecording(bytes))));
  assertGolden("small.rows", text(rowsOfAnalysis(analyzeWithEngine(bytes))));
});

test.run();
