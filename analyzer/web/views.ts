// Where views are made that take longer than a hand should wait (view-makers.ts): in a worker of their
// own, which remembers the analyses that it was sent last, since the same ones are asked of again and
// again; or, where there are no workers, here.

import { useEffect, useState } from "preact/hooks";
import { partsOf } from "../index.js";
import type { Analysis } from "../index.js";
import type { Remembered } from "./job.js";
import { makers } from "./view-makers.js";
import type { AskedOf, MadeOf, ViewName } from "./view-makers.js";
import type { WorkerPool } from "./worker-pool.js";

export interface Views {
  /** Once `signal` is aborted it may reject. */
  make<Name extends ViewName>(
    name: Name,
    analyses: readonly Analysis[],
    asked: AskedOf<Name>,
    signal: AbortSignal,
  ): Promise<MadeOf<Name>>;
}

/** Makes them where it is asked. */
export class ViewsHere implements Views {
  async make<Name extends ViewName>(name: Name, analyses: readonly Analysis[], asked: AskedOf<Name>): Promise<MadeOf<Name>> {
    return makers[name](analyses, asked);
  }
}

/** Makes them in the only worker of a pool, one after the other. */
export class ViewsElsewhere implements Views {
  readonly #pool: WorkerPool;
  readonly #ids = new WeakMap<Analysis, number>();
  #idsGiven = 0;
  #remembered: ReadonlySet<number> = new Set();
  /** Resolves once the one asked for last is made. */
  #turn: Promise<void> = Promise.resolve();

  constructor(pool: WorkerPool) {
    this.#pool = pool;
  }

  make<Name extends ViewName>(
    name: Name,
    analyses: readonly Analysis[],
    asked: AskedOf<Name>,
    signal: AbortSignal,
  ): Promise<MadeOf<Name>> {
    const made = this.#turn.then(async () => {
      signal.throwIfAborted(); // nobody waits for it any more
      const task = { kind: "view", view: name, analyses: this.#named(analyses), asked } as const;
      return (await this.#pool.run(task)) as MadeOf<Name>;
    });
    this.#turn = made.then(
      () => undefined,
      () => {
        this.#remembered = new Set(); // a worker that died has forgotten them
      },
    );
    return made;
  }

  #named(analyses: readonly Analysis[]): readonly Remembered[] {
    const named = analyses.map((analysis): Remembered => {
      const id = this.#ids.get(analysis) ?? ++this.#idsGiven;
      this.#ids.set(analysis, id);
      return this.#remembered.has(id) ? { id } : { id, parts: partsOf(analysis) };
    });
    this.#remembered = new Set(named.map(({ id }) => id));
    return named;
  }
}

/** A view as far as it is made: what was made last stays until what is asked is there. */
export interface Making<Name extends ViewName> {
  readonly made: MadeOf<Name> | undefined;
  /** Whether that is of another question. */
  readonly isStale: boolean;
}

/** Throws what making it threw. `asked` is the same question as long as it is the same object. */
export function useView<Name extends ViewName>(views: Views, name: Name, analyses: readonly Analysis[], asked: AskedOf<Name>): Making<Name> {
  type Last = { readonly analyses: readonly Analysis[]; readonly asked: AskedOf<Name>; readonly made: MadeOf<Name> | Error };
  const [last, setLast] = useState<Last | undefined>(undefined);
  useEffect(() => {
    const asking = new AbortController();
    const take = (made: MadeOf<Name> | Error) => asking.signal.aborted || setLast({ analyses, asked, made });
    views.make(name, analyses, asked, asking.signal).then(take, take);
    return () => asking.abort();
  }, [views, analyses, asked]);
  const isStale = last?.asked !== asked || last.analyses !== analyses;
  if (!(last?.made instanceof Error)) return { made: last?.made, isStale };
  if (!isStale) throw last.made;
  return { made: undefined, isStale };
}
