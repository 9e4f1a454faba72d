// A recording as text, every byte of it with what it is: the golden file of this directory. Names
// come from the tables of capture/FORMAT.md; stored LZ4 payloads are shown as they are, and again
// as what they decompress to.

import { Cursor, lz4Decompress } from "../oracle/bytes.js";
import * as format from "../oracle/format.js";
import { readRecording, type Block } from "../oracle/read.js";
import { documentTable } from "./document.js";

const BytesPerLine = 16;

export function annotate(bytes: Uint8Array): string {
  const { blocks, trailer } = readRecording(bytes);
  const lines = struct(bytes, 0, "FileHeader");
  for (const block of blocks) {
    const name = format.blockTypeName(block.type) ?? `type ${block.type}`;
    lines.push("", `${name}: block ${block.sequence}, ${block.records} records`);
    lines.push(...struct(bytes, block.offset, "BlockHeader"), ...payload(bytes, block));
  }
  if (trailer !== undefined) lines.push("", "Trailer", ...struct(bytes, trailer.offset, "Trailer"));
  return `${lines.join("\n")}\n`;
}

/** The bytes that an annotated text shows; what is decompressed (no offset) is left out. */
export function bytesOf(text: string): Uint8Array {
  const hex = [...text.matchAll(/^[0-9a-f]{6}  ([0-9a-f]{2}(?: [0-9a-f]{2})*)/gm)].map((match) =>
    match[1]!.replaceAll(" ", ""),
  );
  return new Uint8Array(Buffer.from(hex.join(""), "hex"));
}

function struct(bytes: Uint8Array, at: number, name: string): string[] {
  const { rows } = documentTable("struct", name);
  return rows.flatMap((row) => {
    const [, bits, count] = /^u(\d+)(?:x(\d+))?$/.exec(row["type"]!)!;
    const offset = at + Number(row["offset"]);
    return dump(
      bytes.subarray(offset, offset + (Number(bits) / 8) * Number(count ?? "1")),
      offset,
      row["field"]!,
    );
  });
}

function payload(bytes: Uint8Array, block: Block): string[] {
  const at = block.offset + format.blockHeaderBytes;
  const stored = bytes.subarray(at, at + block.storedBytes);
  if (block.codec === format.Codec.Raw) return columns(stored, block, at);
  const raw = lz4Decompress(stored, block.rawBytes);
  return [...dump(stored, at, "one LZ4 block, of:"), ...columns(raw, block, undefined)];
}

function columns(raw: Uint8Array, block: Block, at: number | undefined): string[] {
  const lines: string[] = [];
  const cursor = new Cursor(raw);
  let from = 0;
  const show = (what: string): void => {
    lines.push(...dump(raw.subarray(from, cursor.at), at === undefined ? undefined : at + from, what));
    from = cursor.at;
  };
  const count = Number(cursor.varint());
  show(`columns: ${count}`);
  const specs = format.columnsOf[format.blockTypeName(block.type)!];
  for (let i = 0; i < count; i++) {
    const values = cursor.varint();
    const lengthAndConstant = cursor.varint();
    const constant = lengthAndConstant & 1n ? ", constant" : "";
    show(`${specs[i]!.name}: ${values} values in ${lengthAndConstant >> 1n} bytes${constant}`);
    const column = cursor.take(lengthAndConstant >> 1n);
    if (column.length > 0)
      show(specs[i]!.encoding === "Bytes" ? `"${printable(column)}"` : specs[i]!.encoding);
  }
  return lines;
}

function printable(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString("latin1")
    .replace(/[^\x20-\x7e]/g, ".");
}

function dump(bytes: Uint8Array, offset: number | undefined, what: string): string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += BytesPerLine) {
    const hex = Buffer.from(bytes.subarray(at, at + BytesPerLine))
      .toString("hex")
      .replace(/../g, "$& ");
    const place = offset === undefined ? "      " : (offset + at).toString(16).padStart(6, "0");
    lines.push(`${place}  ${hex.padEnd(3 * BytesPerLine)} ${at === 0 ? what : ""}`.trimEnd());
  }
  return lines;
}
