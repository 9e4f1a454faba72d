// The tables of names against the kernel headers of this host, where it has them, and each ABI at
// numbers where the others differ.

import { existsSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Arch } from "../../assembly/format.js";
import { errnoName } from "../../analyzer/errno.js";
import { syscallAbi, syscallName } from "../../analyzer/syscalls/names.js";
import type { SyscallAbi } from "../../analyzer/syscalls/names.js";
import { readNumberTable } from "../../analyzer/syscalls/number-table.js";

const test = suite("views/syscall-names");

const headers: readonly [SyscallAbi, string][] = [
  ["x86-64", "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"],
  ["ia32", "/usr/include/x86_64-linux-gnu/asm/unistd_32.h"],
];

for (const [abi, path] of headers) {
  if (!existsSync(path)) continue;
  test(`${abi} as in this host's headers`, () => {
    const defined = [...readFileSync(path, "utf8").matchAll(/^#define __NR_(\w+) (\d+)$/gm)];
    assert.ok(defined.length > 300);
    for (const [, name, number] of defined) assert.is(syscallName(abi, Number(number)), name);
  });
}

test("the same number in each ABI", () => {
  const names = (nr: number) => (["x86-64", "ia32", "arm64", "arm"] as const).map((abi) => syscallName(abi, nr));
  assert.equal(names(0), ["read", "restart_syscall", "io_setup", "restart_syscall"]);
  assert.equal(names(98), ["getrusage", "profil", "futex", "[unknown: 98]"]);
  assert.equal(names(202), ["futex", "getegid32", "accept", "getegid32"]);
  assert.equal(names(240), ["mq_open", "futex", "rt_tgsigqueueinfo", "futex"]);
  assert.equal(names(435), ["clone3", "clone3", "clone3", "clone3"]);
  assert.equal(names(469), ["file_setattr", "file_setattr", "file_setattr", "file_setattr"]);
});

test("a number without a name is shown as bcc shows it", () => {
  assert.is(syscallName("x86-64", 9999), "[unknown: 9999]");
  assert.is(syscallName("x86-64", 400), "[unknown: 400]");
  assert.is(syscallName("unknown", 0), "[unknown: 0]");
});

test("an architecture of a newer format has no names, and is no error", () => {
  assert.is(syscallAbi(99 as Arch, false), "unknown");
});

test("errors, those that only a tracer sees included", () => {
  assert.equal(
    [1, 2, 11, 35, 95, 110, 133, 512, 516, 9999].map(errnoName),
    ["EPERM", "ENOENT", "EAGAIN", "EDEADLK", "EOPNOTSUPP", "ETIMEDOUT", "EHWPOISON", "ERESTARTSYS", "ERESTART_RESTARTBLOCK", "9999"],
  );
});

test("a table whose numbers do not ascend is refused", () => {
  assert.equal(readNumberTable(" a b\n5 c "), ["a", "b", , , , "c"]);
  assert.throws(() => readNumberTable("a b 1 c"), "number table: 1 after 1");
});

test.run();
