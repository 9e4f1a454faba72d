// What other symbolizers say of addresses: llvm-symbolizer's chains of functions and lines, innermost
// first, as the tests of ours compare them.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

export interface OracleFrame {
  readonly name: string;
  readonly file: string;
  readonly line: number;
}

/** By place in `addresses`; no frames where nothing is known. */
export function llvmFrames(file: string, addresses: readonly bigint[], more: readonly string[] = []): OracleFrame[][] {
  const words = ["--inlines", "--no-demangle", "--output-style=JSON", `--obj=${file}`, ...more];
  const input = addresses.map((address) => `0x${address.toString(16)}\n`).join("");
  const { stdout, status, stderr } = spawnSync("llvm-symbolizer", words, { input, encoding: "utf8", maxBuffer: 2 ** 30 });
  if (status !== 0) throw new Error(`llvm-symbolizer: ${stderr}`);
  const lines = stdout.trim().split("\n");
  return lines.map((line) => {
    const { Symbol: symbols = [] } = JSON.parse(line) as { Symbol?: { FunctionName: string; FileName: string; Line: number }[] };
    return symbols
      .map(({ FunctionName, FileName, Line }) => ({ name: FunctionName, file: FileName, line: Line }))
      .filter(({ name, file: path }) => name !== "" || path !== "");
  });
}

/**
 * The same as eu-addr2line has it: by place in `addresses`. Names are those of debug information where it
 * has any, of the symbol table else.
 */
export function elfutilsFrames(file: string, addresses: readonly bigint[]): OracleFrame[][] {
  const input = addresses.map((address) => `0x${address.toString(16)}\n`).join("");
  const words = ["-e", file, "-f", "-i", "-a", "-A", "--debuginfo-path=/nowhere"];
  const { stdout, status, stderr } = spawnSync("eu-addr2line", words, { input, encoding: "utf8", maxBuffer: 2 ** 30 });
  if (status !== 0) throw new Error(`eu-addr2line: ${stderr}`);
  return stdout.split(/^0x[0-9a-f]+$/m).slice(1).map((answer) => {
    const lines = answer.split("\n").filter((line) => line !== "");
    const frames: OracleFrame[] = [];
    for (let at = 0; at + 1 < lines.length; at += 2) {
      const [, path, number] = /^(.*?):(\d+)(?::\d+)?$/.exec(lines[at + 1]!) ?? [];
      const name = lines[at]!.replace(/ inlined at .*/, "");
      frames.push({ name: name === "??" ? "" : name, file: path === undefined || path === "??" ? "" : path, line: Number(number ?? 0) });
    }
    return frames.filter(({ name, file: path }) => name !== "" || path !== "");
  });
}

/** Names by the symbol table alone, as elfutils chooses them; empty where it has none. */
export function elfutilsSymbols(file: string, addresses: readonly bigint[]): string[] {
  const input = addresses.map((address) => `0x${address.toString(16)}\n`).join("");
  const { stdout, status, stderr } = spawnSync("eu-addr2line", ["-e", file, "-S", "-a", "--debuginfo-path=/nowhere"], { input, encoding: "utf8", maxBuffer: 2 ** 30 });
  if (status !== 0) throw new Error(`eu-addr2line: ${stderr}`);
  return stdout.split(/^0x[0-9a-f]+$/m).slice(1).map((answer) => {
    const name = answer.trimStart().split("\n")[0]!.replace(/\+0x[0-9a-f]+$/, "");
    return name === "()" || name === "??" ? "" : name;
  });
}

/** Where distributions put what they split off an object: by its build id. */
export function debugFileOf(object: string): string | undefined {
  const { stdout } = spawnSync("readelf", ["-n", object], { encoding: "utf8" });
  const [, first, rest] = /Build ID: ([0-9a-f]{2})([0-9a-f]+)/.exec(stdout) ?? [];
  const path = `/usr/lib/debug/.build-id/${first}/${rest}.debug`;
  return first !== undefined && existsSync(path) ? path : undefined;
}

/** Addresses of code, drawn evenly from what `nm` says are functions with a size. */
export function drawAddresses(file: string, count: number, seed = 1, dynamic = false): bigint[] {
  const { stdout } = spawnSync("nm", ["-S", "--defined-only", ...(dynamic ? ["-D"] : []), file], { encoding: "utf8", maxBuffer: 2 ** 30 });
  const functions = stdout.split("\n").flatMap((line) => {
    const [, start, size] = /^([0-9a-f]+) ([0-9a-f]+) [tTwWi] /.exec(line) ?? [];
    return start === undefined ? [] : [{ start: BigInt(`0x${start}`), size: Number(`0x${size}`) }];
  });
  let state = seed;
  const random = () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 2 ** 32;
  return Array.from({ length: functions.length === 0 ? 0 : count }, () => {
    const { start, size } = functions[Math.floor(random() * functions.length)]!;
    return start + BigInt(Math.floor(random() * size));
  });
}
