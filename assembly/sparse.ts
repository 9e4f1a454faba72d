// Map from a small id to a word, as pages of 1,024 words that exist once they hold something: ids of
// a recording are dense from 1, but a hostile one may name the largest first. 0 means absent.

import { allocate } from "./arena";

const PageBits: u32 = 10;
const PageMask: u32 = (1 << PageBits) - 1;

@unmanaged
export class Sparse {
  pages: usize;
  pagesBytes: usize;

  @inline
  get(id: u32): u32 {
    const page = load<usize>(this.pages + ((id >> PageBits) << 2));
    return page == 0 ? 0 : load<u32>(page + ((id & PageMask) << 2));
  }

  /** Makes all words absent. */
  clear(): void {
    const end = this.pages + this.pagesBytes;
    for (let slot = this.pages; slot < end; slot += 4) {
      const page = load<usize>(slot);
      if (page != 0) memory.fill(page, 0, 4 << PageBits);
    }
  }

  set(id: u32, word: u32): void {
    const slot = this.pages + ((id >> PageBits) << 2);
    let page = load<usize>(slot);
    if (page == 0) {
      page = allocate(4 << PageBits);
      store<usize>(slot, page);
    }
    store<u32>(page + ((id & PageMask) << 2), word);
  }
}

/** A map of ids up to and including `idMax`: who asks for one has checked it. */
export function newSparse(idMax: u32): Sparse {
  const sparse = changetype<Sparse>(allocate(offsetof<Sparse>()));
  sparse.pagesBytes = ((idMax >> PageBits) + 1) << 2;
  sparse.pages = allocate(sparse.pagesBytes);
  return sparse;
}
