// Names of system calls. A number means nothing without its ABI, and the ABI belongs to the call,
// not to the host or the process: a 64-bit process can make 32-bit calls, with 32-bit numbers. So a
// name is asked for with the recording's architecture and the call's compat flag.

import { Arch } from "../../assembly/format.js";
import { arm } from "./arm.js";
import { arm64 } from "./arm64.js";
import { ia32 } from "./ia32.js";
import { readNumberTable } from "./number-table.js";
import { x86_64 } from "./x86_64.js";

/** An ABI of system calls: what their numbers mean. */
export type SyscallAbi = "x86-64" | "ia32" | "arm64" | "arm" | "unknown";

const tableTexts: Readonly<Record<SyscallAbi, string>> = {
  "x86-64": x86_64,
  ia32,
  arm64,
  arm,
  unknown: "",
};

const tables = new Map<SyscallAbi, readonly (string | undefined)[]>();

/** The ABI of a call. `arch` as in the recording's header. */
export function syscallAbi(arch: Arch, compat: boolean): SyscallAbi {
  switch (arch) {
    case Arch.X86_64:
      return compat ? "ia32" : "x86-64";
    case Arch.Aarch64:
      return compat ? "arm" : "arm64";
    default:
      return "unknown";
  }
}

/** The name of call `nr`, `[unknown: nr]` as bcc prints where the table has none. */
export function syscallName(abi: SyscallAbi, nr: number): string {
  return tableOf(abi)[nr] ?? `[unknown: ${nr}]`;
}

/** The number of the call of that name; -1 where the ABI has none. */
export function syscallNumber(abi: SyscallAbi, name: string): number {
  return tableOf(abi).indexOf(name);
}

/** All names of an ABI, in the order of their numbers. */
export function syscallNames(abi: SyscallAbi): string[] {
  return tableOf(abi).filter((name) => name !== undefined);
}

/** Whether any ABI has a call of that name. */
export function isSyscallName(name: string): boolean {
  return (Object.keys(tableTexts) as SyscallAbi[]).some((abi) => syscallNumber(abi, name) >= 0);
}

function tableOf(abi: SyscallAbi): readonly (string | undefined)[] {
  let table = tables.get(abi);
  if (table === undefined) {
    table = readNumberTable(tableTexts[abi]);
    tables.set(abi, table);
  }
  return table;
}
