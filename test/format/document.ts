// The tables of capture/FORMAT.md as plain rows, found by the comments above them. A second reader
// of the document beside capture/generate-format.ts, so that tests of the generated files and of
// the oracle do not lean on the generator.

import { readFileSync } from "node:fs";

const text = readFileSync(new URL("../../capture/FORMAT.md", import.meta.url), "utf8");

export interface DocumentTable {
  kind: "struct" | "const" | "enum" | "columns";
  /** Empty for constants. */
  name: string;
  /** Cells by the table's headings. */
  rows: { readonly [heading: string]: string }[];
}

export function documentTables(): DocumentTable[] {
  const lines = text.split("\n");
  return lines.flatMap((line, i) => {
    const match = /^<!-- (struct|const|enum|columns)(?: (\w+))?.* -->$/.exec(line);
    if (match === null) return [];
    return [{ kind: match[1] as DocumentTable["kind"], name: match[2] ?? "", rows: readRows(lines, i + 1) }];
  });
}

export function documentTable(kind: DocumentTable["kind"], name: string): DocumentTable {
  const table = documentTables().find((each) => each.kind === kind && each.name === name);
  if (table === undefined) throw new Error(`FORMAT.md has no ${kind} ${name}`);
  return table;
}

function readRows(lines: readonly string[], at: number): DocumentTable["rows"] {
  const cells = (line: string): string[] =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim());
  const headings = cells(lines[at]!);
  const end = lines.findIndex((line, i) => i > at && !line.startsWith("|"));
  return lines.slice(at + 2, end).map((line) => {
    const values = cells(line);
    return Object.fromEntries(headings.map((heading, i) => [heading, values[i] ?? ""]));
  });
}
