// Small objects that the symbolizer's tests are about, made where they run: a directory that is
// removed again, sources written into it, compilers and binutils run on them. What a tool lacks is a
// failed test: set-up.sh installs all of them.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileSymbolizer } from "../../analyzer/symbolizer.js";
import type { CompiledSymbolizer, SymbolFile, SymbolFrame } from "../../analyzer/symbolizer.js";
import { buildDirectory } from "../host.js";

export function localSymbolizerModule(): Promise<CompiledSymbolizer> {
  return compileSymbolizer(readFileSync(join(buildDirectory, "symbols.wasm")));
}

export class Workshop {
  readonly directory = mkdtempSync(join(tmpdir(), "offcut-symbols-"));

  path(name: string): string {
    return join(this.directory, name);
  }

  write(name: string, content: string | Uint8Array): string {
    writeFileSync(this.path(name), content);
    return this.path(name);
  }

  read(name: string): Uint8Array {
    return readFileSync(this.path(name));
  }

  /** Runs a tool in the directory; what it printed. */
  run(tool: string, ...words: readonly string[]): string {
    return execFileSync(tool, words, { cwd: this.directory, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 2 ** 28 });
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Address, offset in the file and length of a section, as readelf has it. */
export function sectionOf(workshop: Workshop, file: string, name: string): { address: bigint; offset: number; lengthBytes: number } {
  const line = workshop.run("readelf", "-SW", file).split("\n").find((each) => each.includes(` ${name} `));
  const [, address, offset, length] = /([0-9a-f]{8,16}) ([0-9a-f]{6,}) ([0-9a-f]{6,}) /.exec(line ?? "") ?? [];
  if (address === undefined) throw new Error(`${file} has no ${name}`);
  return { address: BigInt(`0x${address}`), offset: parseInt(offset!, 16), lengthBytes: parseInt(length!, 16) };
}

/** "inner < outer file:line": all frames of one address in a line. */
export function frameText(frames: readonly SymbolFrame[]): string {
  return frames.map(({ name, file, line }) => (file === "" ? name : `${name} ${file}:${line}`)).join(" < ");
}

export function framesText(symbols: SymbolFile, addresses: readonly (bigint | number)[]): string[] {
  const answers = symbols.lookup(addresses);
  return addresses.map((_, at) => frameText(answers.framesOf(at)));
}
