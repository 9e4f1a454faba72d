// What binutils say of an ELF file: segments, symbols, entries of .eh_frame. And the choice of a
// frame's symbol, as "Symbols of a frame" of capture/FORMAT.md words it, by plain search.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const OutputBytesMax = 512 << 20;

export interface Segment {
  readonly offset: number;
  readonly address: number;
  readonly bytes: number;
  readonly executable: boolean;
}

export interface PeerSymbol {
  readonly address: number;
  readonly size: number;
  readonly type: string;
  readonly binding: string;
  readonly name: string;
}

export interface PeerEntry {
  readonly offset: number;
  readonly end: number;
  /** Of an FDE: its CIE's offset and the addresses it covers. */
  readonly fde: { readonly cie: number; readonly from: number; readonly to: number } | undefined;
}

function readelf(...args: string[]): string {
  // Its status is no success where a file names a debug file that is not installed.
  return spawnSync("readelf", args, { encoding: "utf8", maxBuffer: OutputBytesMax }).stdout;
}

/** No address of a file that is read here has more than 53 bits. */
function hex(digits: string | undefined): number {
  return parseInt(digits!, 16);
}

export function segments(file: string): Segment[] {
  const lines = readelf("-lW", file).matchAll(
    /^ +LOAD +0x(\w+) 0x(\w+) 0x\w+ 0x(\w+) 0x\w+ (.)(.)(.) /gm,
  );
  return [...lines].map(([, offset, address, bytes, , , execute]) => ({
    offset: hex(offset),
    address: hex(address),
    bytes: hex(bytes),
    executable: execute === "E",
  }));
}

export function objectAddress(loaded: readonly Segment[], offset: number): number | undefined {
  const segment = loaded.find((each) => each.offset <= offset && offset < each.offset + each.bytes);
  return segment && offset - segment.offset + segment.address;
}

/** Symbols of .symtab or .dynsym, in the table's order. */
export function symbols(file: string, table: ".symtab" | ".dynsym"): PeerSymbol[] {
  const text = readelf("-sW", file);
  const from = text.indexOf(`Symbol table '${table}'`);
  if (from < 0) return [];
  const to = text.indexOf("\nSymbol table '", from + 1);
  const rows = text
    .slice(from, to < 0 ? undefined : to)
    .matchAll(/^ *\d+: (\w+) +(\w+) (\w+) +(\w+) +\w+ +(?:\[.*\] +)?(\w+) (.+)$/gm);
  return [...rows]
    .filter((row) => row[5] !== "UND")
    .map(([, address, size, type, binding, , name]) => ({
      address: hex(address),
      size: Number(size!),
      type: type!,
      binding: binding!,
      name: name!.replace(/@.*$/, ""), // versions are readelf's own addition
    }));
}

const bindings = ["GLOBAL", "WEAK", "LOCAL"];

/** Chooses for one address after the other, soonest where they ascend; `symbols` of one table, in its order. */
export class SymbolChooser {
  private readonly code: (PeerSymbol & { end: number })[];
  private readonly longest: number;
  private last: { address: number; at: number } | undefined;

  constructor(all: readonly PeerSymbol[]) {
    const code = all.filter((symbol) => ["FUNC", "IFUNC", "NOTYPE"].includes(symbol.type) && /^[^$]/.test(symbol.name));
    // Stable: of those that begin together, the first in the table stays first.
    code.sort((a, b) => a.address - b.address);
    let next: number | undefined;
    this.code = code.map((symbol) => ({ ...symbol, end: symbol.address + symbol.size }));
    for (let i = code.length - 1; i >= 0; i--) {
      const symbol = this.code[i]!;
      const following = this.code[i + 1]?.address;
      if (following !== undefined && following > symbol.address) next = following;
      if (symbol.size === 0) symbol.end = next ?? symbol.address; // the last one covers nothing
    }
    this.longest = this.code.reduce((longest, { address, end }) => Math.max(longest, end - address), 0);
  }

  choose(address: number): PeerSymbol | undefined {
    let best: PeerSymbol | undefined;
    let at = this.code.length - 1;
    if (this.last !== undefined && address >= this.last.address) at = this.last.at; // ascending asks
    while (at + 1 < this.code.length && this.code[at + 1]!.address <= address) at++;
    while (at >= 0 && this.code[at]!.address > address) at--;
    this.last = { address, at };
    for (; at >= 0 && this.code[at]!.address + this.longest > address; at--) {
      const symbol = this.code[at]!;
      if (best !== undefined && symbol.address < best.address) break;
      if (symbol.end <= address) continue;
      if (best === undefined || order(symbol) <= order(best)) best = symbol;
    }
    return best;
  }
}

function order({ size, type, binding }: PeerSymbol): number {
  return (size > 0 ? 0 : 100) + (type !== "NOTYPE" ? 0 : 10) + Math.max(0, bindings.indexOf(binding)) // UNIQUE is GLOBAL;
}

export function ehFrameEntries(file: string): PeerEntry[] {
  const text = readelf("--debug-dump=frames", file);
  const from = text.indexOf("Contents of the .eh_frame section");
  const rows = text
    .slice(from)
    .matchAll(/^(\w+) (\w+) \w+ (?:CIE|FDE cie=(\w+) pc=(\w+)\.\.(\w+))/gm);
  return [...rows].map(([, offset, length, cie, begin, end]) => ({
    offset: hex(offset),
    end: hex(offset) + 4 + hex(length),
    fde:
      cie === undefined
        ? undefined
        : { cie: hex(cie), from: hex(begin), to: hex(end) },
  }));
}

/** Where readelf says that a section is, in the file. */
export function sectionPlace(file: string, name: string): { address: number; offset: number; bytes: number } {
  const row = readelf("-SW", file).match(new RegExp(`\\] ${name.replace(".", "\\.")} +\\w+ +(\\w+) (\\w+) (\\w+) `))!;
  return { address: hex(row[1]), offset: hex(row[2]), bytes: hex(row[3]) };
}

export function sectionBytes(file: string, name: string): Buffer {
  const { offset, bytes } = sectionPlace(file, name);
  return readFileSync(file).subarray(offset, offset + bytes);
}

/** A section that is loaded, as objcopy takes it out. */
export function loadedSectionBytes(file: string, name: string): Buffer {
  const directory = mkdtempSync(join(tmpdir(), "offcut-section-"));
  const copy = join(directory, "section");
  try {
    execFileSync("objcopy", ["-O", "binary", `--only-section=${name}`, file, copy], { stdio: "ignore" });
    return readFileSync(copy);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
