// Changes to ELF objects of the kinds that readers of them have tripped over: single bits, numbers
// that are almost right or far too large, LEB128 numbers without an end, stretches copied to where they
// do not belong, headers that name other sections' bytes, files cut off. Drawn from a seeded source, so
// that an input is made again from its number. Knows the layout of ELF, nothing of what reads it.

import type { Random } from "../recordings/random.js";

/** A stretch of a file: a section's bytes, or headers. */
interface Region {
  readonly at: number;
  readonly lengthBytes: number;
}

/** An object, ready to be changed many times. */
export class Original {
  readonly #regions: Region[];
  readonly #headers: Region;
  readonly #headerBytes: number;

  constructor(
    readonly name: string,
    readonly bytes: Uint8Array,
  ) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const is64 = bytes[4] === 2;
    const word = (at: number) => (is64 ? Number(view.getBigUint64(at, true)) : view.getUint32(at, true));
    this.#headerBytes = is64 ? 64 : 40;
    const count = view.getUint16(is64 ? 60 : 48, true);
    this.#headers = { at: word(is64 ? 40 : 32), lengthBytes: count * this.#headerBytes };
    this.#regions = [{ at: 0, lengthBytes: is64 ? 64 : 52 }, this.#headers];
    for (let header = this.#headers.at; header < this.#headers.at + this.#headers.lengthBytes; header += this.#headerBytes) {
      const [at, lengthBytes] = [word(header + (is64 ? 24 : 16)), word(header + (is64 ? 32 : 20))];
      if (lengthBytes > 0 && at + lengthBytes <= bytes.length) this.#regions.push({ at, lengthBytes });
    }
  }

  /** A copy with one to eight changes, most of them inside one section. */
  mutated(random: Random): Uint8Array {
    let bytes = Uint8Array.from(this.bytes);
    const favourite = random.pick(this.#regions);
    for (let left = random.between(1, 8); left > 0; left--) {
      const region = random.chance(0.7) ? favourite : random.pick(this.#regions);
      if (random.chance(0.04)) this.#changeHeader(bytes, random);
      else change(bytes, region, random, random.pick(this.#regions));
    }
    if (random.chance(0.03)) bytes = bytes.slice(0, random.between(0, bytes.length));
    return bytes;
  }

  /** A section header becomes like another, whole or in one of its fields. */
  #changeHeader(bytes: Uint8Array, random: Random): void {
    const count = this.#headers.lengthBytes / this.#headerBytes;
    if (count === 0) return;
    const header = () => this.#headers.at + random.between(0, count - 1) * this.#headerBytes;
    const [from, to, field] = [header(), header(), random.between(0, this.#headerBytes / 8 - 1) * 8];
    if (random.chance(0.3)) bytes.copyWithin(to, from, from + this.#headerBytes);
    else bytes.copyWithin(to + field, from + field, from + field + 8);
  }
}

const oddBytes = [0, 1, 2, 3, 4, 5, 8, 0x7f, 0x80, 0xff];
const oddNumbers = [0n, 1n, 0x7fn, 0xffn, 0xffffn, 0x7fffffffn, 0x80000000n, 0xfffffff0n, 0xffffffffn, 1n << 63n, (1n << 64n) - 1n];

function change(bytes: Uint8Array, { at, lengthBytes }: Region, random: Random, other: Region): void {
  const place = at + random.between(0, lengthBytes - 1);
  const room = at + lengthBytes - place;
  switch (random.between(0, 7)) {
    case 0:
      bytes[place]! ^= 1 << random.between(0, 7);
      return;
    case 1:
      bytes[place] = random.pick(oddBytes);
      return;
    case 2:
      bytes[place] = random.between(0, 255);
      return;
    case 3: // a number too large for what it counts, or a little off
      writeNumber(bytes, place, Math.min(room, random.pick([2, 4, 8])), random);
      return;
    case 4: // a LEB128 number that goes on
      for (let each = 0; each < Math.min(room, random.between(1, 12)); each++) bytes[place + each]! |= 0x80;
      return;
    case 5: // bytes of elsewhere
      copy(bytes, place, other.at + random.between(0, other.lengthBytes - 1), Math.min(room, random.between(1, 64)));
      return;
    case 6: // bytes that move up or down
      copy(bytes, place, Math.max(at, place + random.between(-8, 8)), Math.min(room, random.between(1, 200)));
      return;
    default:
      bytes.fill(random.pick(oddBytes), place, place + Math.min(room, random.between(1, 40)));
  }
}

function copy(bytes: Uint8Array, to: number, from: number, lengthBytes: number): void {
  bytes.copyWithin(to, from, Math.min(from + lengthBytes, bytes.length));
}

function writeNumber(bytes: Uint8Array, place: number, lengthBytes: number, random: Random): void {
  let before = 0n;
  for (let each = lengthBytes - 1; each >= 0; each--) before = (before << 8n) | BigInt(bytes[place + each]!);
  const near = before + BigInt(random.between(-9, 9));
  let value = BigInt.asUintN(64, random.chance(0.5) ? near : random.pick(oddNumbers) + BigInt(random.between(-2, 2)));
  for (let each = 0; each < lengthBytes; each++, value >>= 8n) bytes[place + each] = Number(value & 0xffn);
}
