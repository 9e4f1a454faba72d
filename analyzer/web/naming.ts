// What the page knows of names beside its recordings: object files that were dropped on it, by build
// id, and the modules that read them. Every pass over a recording is sent it (name-frames.ts).

import { elfIdentity, seekable } from "../index.js";
import type { Analysis } from "../index.js";
import type { GivenNames, Modules, ObjectFile } from "./job.js";

export class Naming {
  #files: readonly ObjectFile[] = [];

  constructor(private readonly modules: Modules) {}

  /** What its files are called. */
  get names(): readonly string[] {
    return this.#files.map(({ name }) => name);
  }

  /** What a worker is to be told. */
  get given(): GivenNames {
    return { files: this.#files, modules: this.modules };
  }

  /**
   * Takes ELF files. Resolves to sentences about those that name nothing of `analyses`; all are kept for
   * recordings to come, which is said where none `isOpen`.
   */
  async add(files: readonly File[], analyses: readonly Analysis[], isOpen: boolean): Promise<string[]> {
    const known = new Set(analyses.flatMap(buildIdsOf));
    const problems: string[] = [];
    for (const file of files) {
      const identity = await elfIdentity(seekable(file).read);
      if (identity === undefined) {
        problems.push(`${file.name} is a program or library (ELF) without a build id, by which recordings know theirs`);
        continue;
      }
      this.#files = [{ ...identity, name: file.name, bytes: file }, ...this.#files];
      if (!isOpen) problems.push(`${file.name} is a program or library (ELF): it will name what is in recordings that are opened now`);
      else if (analyses.length > 0 && !known.has(identity.buildId)) {
        problems.push(`${file.name} is of no program or library in the open recordings: its build id is ${identity.buildId}`);
      }
    }
    return problems;
  }
}

function buildIdsOf({ objects, string }: Analysis): string[] {
  return Array.from(objects.buildId, (row) => string(row));
}
