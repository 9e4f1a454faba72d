// What recordings know of the functions in mapped files, and lack, as rows: by build id over all
// recordings, most blocked time without names first.

/** A mapped file and the frames in it. */
export interface SymbolRow {
  readonly path: string;
  /** Lower-case hexadecimal; empty where none was recorded. */
  readonly buildId: string;
  /** Distinct frames, added over recordings; inlined functions are not counted. */
  readonly frames: number;
  /** Of them, those without a function. */
  readonly unnamed: number;
  /** Of them, those whose source line is known. */
  readonly withLines: number;
  /** Of whole periods whose user stack holds an unnamed frame: see symbol-sources/needs.ts. */
  readonly blockedNs: number;
  /** Files that were read for it: the object, what was split off it. */
  readonly foundAt: readonly string[];
}

export const symbolFields: { readonly [Name in keyof SymbolRow]: true } = {
  path: true,
  buildId: true,
  frames: true,
  unnamed: true,
  withLines: true,
  blockedNs: true,
  foundAt: true,
};

/** What one recording knows of one file. */
export type SymbolPart = Omit<SymbolRow, "blockedNs" | "foundAt"> & { readonly blockedNs: bigint };

/** Rows of `parts`, which are in any order. `foundAt`: paths of the files that were read for a build id. */
export function symbolRows(
  parts: readonly SymbolPart[],
  foundAt: (buildId: string) => readonly string[],
): SymbolRow[] {
  return [...sums(parts).values()]
    .map((sum) => ({ ...sum, blockedNs: Number(sum.blockedNs), foundAt: foundAt(sum.buildId) }))
    .sort(
      (a, b) =>
        b.blockedNs - a.blockedNs || b.unnamed - a.unnamed || compareTexts(a.path, b.path) || compareTexts(a.buildId, b.buildId),
    );
}

/** One file may be several objects, mapped under several paths: the first is shown. */
function sums(parts: readonly SymbolPart[]): ReadonlyMap<string, SymbolPart> {
  const all = new Map<string, SymbolPart>();
  for (const { path, buildId, frames, unnamed, withLines, blockedNs } of parts) {
    const key = buildId === "" ? `path ${path}` : buildId;
    const known = all.get(key) ?? { path, buildId, frames: 0, unnamed: 0, withLines: 0, blockedNs: 0n };
    all.set(key, {
      ...known,
      frames: known.frames + frames,
      unnamed: known.unnamed + unnamed,
      withLines: known.withLines + withLines,
      blockedNs: known.blockedNs + blockedNs,
    });
  }
  return all;
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
