// Views that take longer than a hand should wait, made elsewhere: in a worker of their own, which
// remembers the analyses that it was sent last, since the same ones are asked of again and again; or,
// where there are no workers, here.

import { partsOf } from "../index.js";
import type { Analysis } from "../index.js";
import { makeFlame } from "./flame-making.js";
import type { FlameAsked, FlameMade } from "./flame-making.js";
import type { Remembered } from "./job.js";
import type { WorkerPool } from "./worker-pool.js";

export interface Views {
  flame(analyses: readonly Analysis[], asked: FlameAsked): Promise<FlameMade>;
}

/** Makes them where it is asked. */
export class ViewsHere implements Views {
  async flame(analyses: readonly Analysis[], asked: FlameAsked): Promise<FlameMade> {
    return makeFlame(analyses, asked);
  }
}

/** Makes them in the only worker of `pool`. */
export class ViewsElsewhere implements Views {
  readonly #pool: WorkerPool;
  readonly #ids = new WeakMap<Analysis, number>();
  #idsGiven = 0;
  #remembered: ReadonlySet<number> = new Set();

  constructor(pool: WorkerPool) {
    this.#pool = pool;
  }

  flame(analyses: readonly Analysis[], asked: FlameAsked): Promise<FlameMade> {
    return this.#pool.run({ kind: "flame", analyses: this.#named(analyses), asked }).catch((error: Error) => {
      this.#remembered = new Set(); // a worker that died has forgotten them
      throw error;
    });
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
