// What recordings lack names for, as rows: the files with frames of unknown functions, by build id over
// all recordings, most blocked time first.

/** A file with unnamed frames. */
export interface SymbolRow {
  readonly path: string;
  /** Lower-case hexadecimal; empty where none was recorded. */
  readonly buildId: string;
  /** Distinct frames without a function, added over recordings. */
  readonly frames: number;
  /** Of them, those that what was found has names for. */
  readonly named: number;
  /** Of whole periods whose user stack holds such a frame: see symbol-sources/unnamed.ts. */
  readonly blockedNs: number;
  /** Files that were used: the object, what was split off it. */
  readonly foundAt: readonly string[];
}

export const symbolFields = { path: true, buildId: true, frames: true, named: true, blockedNs: true, foundAt: true } as const;

/** What one recording lacks of one file. */
export type UnnamedPart = Pick<SymbolRow, "path" | "buildId" | "frames"> & { readonly blockedNs: bigint };

/** Rows of `parts`, which are in any order; `before` and `after` naming, to tell what was named. */
export function symbolRows(
  before: readonly UnnamedPart[],
  after: readonly UnnamedPart[],
  foundAt: (buildId: string) => readonly string[],
): SymbolRow[] {
  const left = sums(after);
  return [...sums(before)]
    .map(([key, { path, buildId, frames, blockedNs }]) => ({
      path,
      buildId,
      frames,
      named: frames - (left.get(key)?.frames ?? 0),
      blockedNs: Number(blockedNs),
      foundAt: foundAt(buildId),
    }))
    .sort((a, b) => b.blockedNs - a.blockedNs || (a.path < b.path ? -1 : a.path > b.path ? 1 : a.buildId < b.buildId ? -1 : 1));
}

/** One file may be several objects, mapped under several paths: the first is shown. */
function sums(parts: readonly UnnamedPart[]): ReadonlyMap<string, UnnamedPart> {
  const all = new Map<string, UnnamedPart>();
  for (const { path, buildId, frames, blockedNs } of parts) {
    const key = buildId === "" ? `path ${path}` : buildId;
    const known = all.get(key) ?? { path, buildId, frames: 0, blockedNs: 0n };
    all.set(key, { ...known, frames: known.frames + frames, blockedNs: known.blockedNs + blockedNs });
  }
  return all;
}
