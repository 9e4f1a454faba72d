// Rows of a view as comma-separated values (RFC 4180): one header line, lines that end in CR LF, and
// quotes where a value holds what separates. Fields are called what the view calls them, so that a
// column means the same in CSV and in JSON; a list, such as a stack, is one value, its items
// separated by semicolons.

type Value = string | number | boolean | null | undefined | readonly string[];

/** The fields of a row in the order of the columns; a view's type says whether one is missing. */
export type Fields<Row> = { readonly [Name in keyof Row]-?: true };

/** Rows joined at once: all of the text may be longer than a string can be. */
const RowsPerPiece = 1024;

/** The text in pieces that end at line ends. */
export function* csvText<Row extends { readonly [Name in keyof Row]: Value }>(
  fields: Fields<Row>,
  rows: readonly Row[],
): Generator<string, void, undefined> {
  const names = Object.keys(fields) as (keyof Row & string)[];
  yield csvLine(names);
  for (let at = 0; at < rows.length; at += RowsPerPiece) {
    const piece = rows.slice(at, at + RowsPerPiece);
    yield piece.map((row) => csvLine(names.map((name) => row[name]))).join("");
  }
}

/** One line of values, where no type names the columns. */
export function csvLine(values: readonly Value[]): string {
  return `${values.map(valueText).join(",")}\r\n`;
}

function valueText(value: Value): string {
  if (value === null || value === undefined) return "";
  return quoted(typeof value === "object" ? value.join(";") : String(value));
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}
