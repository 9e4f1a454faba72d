// What recordings lack names for, as a table: a file a line, most blocked time first.

import type { SymbolRow } from "../views/symbols.js";
import { tableLines } from "./table-text.js";
import type { Style } from "./style.js";
import { countText, durationText } from "./units.js";

export function symbolsText(rows: readonly SymbolRow[], style: Style): string {
  if (rows.length === 0) return "Every frame in a file has a name.\n";
  const columns = [
    { title: "File", text: ({ path }: SymbolRow) => path || "[file]" },
    { title: "Blocked", text: ({ blockedNs }: SymbolRow) => durationText(blockedNs) },
    { title: "Frames", text: ({ frames }: SymbolRow) => countText(frames) },
    { title: "Named", text: ({ named }: SymbolRow) => countText(named) },
    { title: "Build id", text: ({ buildId }: SymbolRow) => buildId || "none" },
    { title: "Found", text: ({ foundAt }: SymbolRow) => foundAt.join(", ") || "-" },
  ];
  return `${tableLines(columns, rows, style).join("\n")}\n`;
}
