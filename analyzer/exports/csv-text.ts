// A row as a line of CSV (RFC 4180, but with line feeds alone): quoted only where it must be.

/** The line, with its end. */
export function csvLine(values: readonly (number | string)[]): string {
  return `${values.map(csvValue).join(",")}\n`;
}

export function csvValue(value: number | string): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
