// Behind a name, the host it is of: only where rows are of several hosts.

/** ` @web1` for each of `rows`, or nothing where all of them are of one host. */
export function hostMark(rows: readonly { readonly host: string }[]): (row: { readonly host: string }) => string {
  const isSeveral = new Set(rows.map((row) => row.host)).size > 1;
  return (row) => (isSeveral ? ` @${row.host}` : "");
}
