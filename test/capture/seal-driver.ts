// Runs build/seal-driver, which does to a file what sealing does, and reads what it prints.

import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { buildDirectory, projectRoot } from "../host.js";
import { Random } from "../recordings/random.js";
import type { Segment } from "./elf-peer.js";

const driver = join(buildDirectory, "seal-driver");
const OutputBytesMax = 256 << 20;

export const Kind = { ProgramHeaders: 1, EhFrame: 2, Symtab: 3, Strtab: 4, Dynsym: 5, Dynstr: 6, GnuDebugdata: 7 };

/** elf_status of elf_file.h. */
export const Status = { Ok: 0, Unreadable: 1, NoElf: 2, Elf32: 3, BigEndian: 4, OtherMachine: 5, Damaged: 6 };

export interface Part {
  readonly kind: number;
  readonly address: number;
  readonly total: number;
  readonly offset: number;
  readonly bytes: Buffer;
}

export interface SealedSymbol {
  /** Of an object's symbol its source, of a process's its time. */
  readonly source: number;
  readonly address: number;
  readonly length: number;
  readonly name: string;
}

export interface Sealed {
  readonly parts: Part[];
  readonly symbols: SealedSymbol[];
  /** ElfStatus of elf_file.h; damaged; cut: one of each pass. */
  readonly passes: { status: number; damaged: boolean; cut: boolean }[];
}

export function buildDriver(): void {
  execFileSync("make", ["-s", "-C", join(projectRoot, "capture"), "seal-test"], { stdio: "inherit" });
}

export type How = "needed" | "full" | "twice" | "map" | "dump";

/** Throws with what the driver said where it did not end well, which the sanitizers see to. */
export function runDriver(how: How | "code", file: string | undefined, input: string): string {
  const { status, stdout, stderr, signal } = spawnSync(driver, file === undefined ? [how] : [how, file], {
    input,
    encoding: "utf8",
    maxBuffer: OutputBytesMax,
  });
  if (status !== 0) throw new Error(`seal-driver ${how} ${file ?? ""} ended with ${status ?? signal}:\n${stderr}`);
  return stdout;
}

export function seal(how: How, file: string, offsets: readonly number[]): Sealed {
  const output = runDriver(how, file, offsets.map((offset) => `${offset.toString(16)}\n`).join(""));
  const sealed: Sealed = { parts: [], symbols: [], passes: [] };
  for (const line of output.split("\n")) take(sealed, line);
  return sealed;
}

function take(sealed: Sealed, line: string): void {
  const [word, ...rest] = line.split(" ");
  if (word === "part") {
    const [, kind, address, total, offset, bytes] = rest;
    sealed.parts.push({
      kind: Number(kind),
      address: parseInt(address!, 16),
      total: Number(total),
      offset: Number(offset),
      bytes: Buffer.from(bytes!, "hex"),
    });
  } else if (word === "symbol") {
    const [source, address, length, ...name] = rest;
    sealed.symbols.push({
      source: Number(source!),
      address: parseInt(address!, 16),
      length: parseInt(length!, 16),
      name: name.join(" "),
    });
  } else if (word === "sealed") {
    sealed.passes.push({ status: Number(rest[0]), damaged: rest[1] === "1", cut: rest[2] === "1" });
  }
}

/** The bytes of a section put together from its parts; throws where one begins inside another. */
export function assemble(parts: readonly Part[], kind: number): { bytes: Buffer; held: Uint8Array } {
  const of = parts.filter((part) => part.kind === kind);
  const total = of[0]?.total ?? 0;
  const bytes = Buffer.alloc(total);
  const held = new Uint8Array(total);
  for (const part of of) {
    const place = held.subarray(part.offset, part.offset + part.bytes.length);
    if (place.includes(1)) throw new Error(`a part of section ${kind} begins or ends inside another`);
    place.fill(1);
    part.bytes.copy(bytes, part.offset);
  }
  return { bytes, held };
}

/** Offsets all over a file's code, the same ones for a seed. */
export function randomOffsets(loaded: readonly Segment[], count: number, seed: number): number[] {
  const code = loaded.filter((segment) => segment.executable);
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const segment = random.pick(code);
    return segment.offset + random.between(0, segment.bytes - 1);
  });
}
