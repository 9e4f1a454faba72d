// Reads the numbers DWARF is made of. Beyond the end of what it was given there is nothing: the
// entry or expression is none, and a NotDwarfError says so.

export class NotDwarfError extends Error {}

export const Encoding = { absolute: 0x00, omit: 0xff, pcRelative: 0x10, indirect: 0x80 } as const;

export class DwarfCursor {
  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
    readonly end: number,
    /** Address of bytes[0] in the object. */
    private readonly address: bigint,
  ) {}

  get isAtEnd(): boolean {
    return this.at >= this.end;
  }

  unsigned(sizeBytes: number): bigint {
    const from = this.skip(BigInt(sizeBytes));
    let value = 0n;
    for (let i = sizeBytes - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.bytes[from + i]!);
    return value;
  }

  signed(sizeBytes: number): bigint {
    return BigInt.asIntN(sizeBytes * 8, this.unsigned(sizeBytes));
  }

  byte(): number {
    return Number(this.unsigned(1));
  }

  uleb(): bigint {
    return BigInt.asUintN(64, this.leb().value);
  }

  sleb(): bigint {
    const { value, bits } = this.leb();
    return BigInt.asIntN(64, BigInt.asIntN(bits, value));
  }

  private leb(): { value: bigint; bits: number } {
    let value = 0n;
    let bits = 0;
    for (;;) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << BigInt(bits);
      bits += 7;
      if (byte < 0x80) return { value, bits };
    }
  }

  text(): string {
    let text = "";
    for (let byte = this.byte(); byte !== 0; byte = this.byte()) text += String.fromCharCode(byte);
    return text;
  }

  /** Passes over bytes; returns where they began. */
  skip(lengthBytes: bigint): number {
    if (lengthBytes > BigInt(this.end - this.at)) throw new NotDwarfError();
    const from = this.at;
    this.at += Number(lengthBytes);
    return from;
  }

  /** A part of what is left, as a cursor of its own. */
  part(lengthBytes: bigint): DwarfCursor {
    const from = this.skip(lengthBytes);
    return new DwarfCursor(this.bytes, from, this.at, this.address);
  }

  /** A pointer of an .eh_frame: a format in the low four bits, what it is relative to above. */
  pointer(encoding: number): bigint {
    const here = this.address + BigInt(this.at);
    const value = this.formatted(encoding & 0x0f);
    const base = encoding & 0xf0;
    if (base === Encoding.absolute) return BigInt.asUintN(64, value);
    if (base === Encoding.pcRelative) return BigInt.asUintN(64, here + value);
    throw new NotDwarfError();
  }

  formatted(form: number): bigint {
    switch (form) {
      case 0x00:
        return this.unsigned(8);
      case 0x01:
        return this.uleb();
      case 0x02:
        return this.unsigned(2);
      case 0x03:
        return this.unsigned(4);
      case 0x04:
        return this.unsigned(8);
      case 0x09:
        return this.sleb();
      case 0x0a:
        return this.signed(2);
      case 0x0b:
        return this.signed(4);
      case 0x0c:
        return this.signed(8);
      default:
        throw new NotDwarfError();
    }
  }
}
