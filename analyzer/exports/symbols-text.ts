// What recordings know of the functions in mapped files, and lack, as a table: a file a line, under it
// what was read for it.

import type { SymbolRow } from "../views/symbols.js";
import { tableLines } from "./table-text.js";
import { printable } from "./style.js";
import type { Style } from "./style.js";
import { countOf, countText, durationText } from "./units.js";

export function symbolsText(rows: readonly SymbolRow[], style: Style): string {
  const [titles, ...lines] = tableLines(columns, rows, style);
  const found = (row: SymbolRow) => row.foundAt.map((path) => `    found ${printable(path)}`);
  const table = rows.length === 0 ? [] : [titles!, ...lines.flatMap((line, at) => [line, ...found(rows[at]!)]), ""];
  return `${[...table, summary(rows)].join("\n")}\n`;
}

const columns = [
  { title: "File", text: ({ path }: SymbolRow) => printable(path) || "[file]" },
  { title: "Frames", text: ({ frames }: SymbolRow) => countText(frames) },
  { title: "Unnamed", text: ({ unnamed }: SymbolRow) => countText(unnamed) },
  { title: "Blocked", text: ({ blockedNs, unnamed }: SymbolRow) => (unnamed === 0 ? "-" : durationText(blockedNs)) },
  { title: "Lines", text: ({ withLines }: SymbolRow) => countText(withLines) },
  { title: "Build id", text: ({ buildId }: SymbolRow) => buildId || "none" },
];

/** What is lacking, in words. */
function summary(rows: readonly SymbolRow[]): string {
  const unnamed = rows.reduce((sum, row) => sum + row.unnamed, 0);
  const withoutLines = rows.reduce((sum, row) => sum + row.frames - row.withLines, 0);
  if (rows.length === 0) return "No frame is in a file.";
  if (unnamed > 0) return `${countOf(unnamed, "frame")} in ${countOf(rows.filter((row) => row.unnamed > 0).length, "file")} lack names.`;
  return withoutLines > 0 ? "Every frame in a file has a name." : "Every frame in a file has a name and a source line.";
}
