// The reference page: every example is read as the command would read it, every value is named, and
// the signatures that it speaks of are those of the kernel.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { EventKind } from "../../assembly/tables.js";
import { readArguments } from "../../analyzer/cli/arguments.js";
import { events } from "../../analyzer/cli/events.js";
import { readFilters } from "../../analyzer/filters/filters.js";
import { hist } from "../../analyzer/cli/hist.js";
import { looksLikeProbe, readColumns, readCondition, readProbe } from "../../analyzer/expressions/probe.js";
import { fields } from "../../analyzer/expressions/fields.js";
import { referenceExamples, referenceText } from "../../analyzer/expressions/reference.js";
import { isSyscallName } from "../../analyzer/syscalls/names.js";
import { callArguments, callsWithSignatures } from "../../analyzer/syscalls/signatures.js";

const test = suite("expressions/reference");
const allKinds = [EventKind.Syscall, EventKind.Period, EventKind.Wakeup];

test("every example is a question that its command reads", () => {
  assert.ok(referenceExamples.length > 25);
  for (const { command, words, question } of referenceExamples) {
    const args = readArguments(command === "hist" ? hist : events, words);
    readFilters(args);
    const probes = [...args.operands, ...args.values("count"), ...args.values("sum")];
    if (command === "hist") assert.ok(probes.length > 0, question);
    assert.ok(args.operands.every(looksLikeProbe), question);
    for (const probe of probes) readProbe(probe, args.value("by"));
    if (args.has("where")) readCondition(args.value("where")!, allKinds);
    if (args.has("columns")) readColumns(args.value("columns")!, allKinds);
  }
});

test("an example says so if it needs arguments, and only then", () => {
  for (const { words, needsArguments, question } of referenceExamples) {
    const asks = words.some((word) => /\b(count|fd|filename|arg\d|sig)\b/.test(word) && !word.startsWith("-"));
    assert.is(needsArguments === true, asks, question);
  }
});

test("the page names every value and shows every example as it is typed", () => {
  const page = referenceText();
  for (const { name, aliases } of fields) assert.match(page, new RegExp(`^  ${[name, ...aliases].join(" ").replaceAll("$", "\\$")} `, "m"));
  assert.match(page, "  # Bytes read, by program\n  # bpftrace -e 'tracepoint:syscalls:sys_exit_read /args.ret/ { @[comm] = sum(args.ret); }'\n  offcut hist web1.offcut -S 'read:ret > 0:comm,ret'\n");
  assert.match(page, "  offcut hist web1.offcut read:count   # needs arguments\n");
});

test("signatures are of calls that exist, with at most six arguments of different names", () => {
  const calls = [...callsWithSignatures()];
  assert.ok(calls.length > 300, String(calls.length));
  assert.equal([...calls].sort(), calls);
  for (const call of calls) {
    assert.ok(isSyscallName(call), call);
    const names = callArguments(call)!.map(({ name }) => name);
    assert.ok(names.length <= 6 && new Set(names).size === names.length, call);
    assert.ok(names.every((name) => /^[a-z_]\w*$/.test(name)), call);
  }
  assert.equal(callArguments("openat"), [
    { name: "dfd", isText: false, isInt: true },
    { name: "filename", isText: true, isInt: false },
    { name: "flags", isText: false, isInt: true },
    { name: "mode", isText: false, isInt: false },
  ]);
  assert.equal(callArguments("getpid"), []);
  assert.is(callArguments("afs_syscall"), undefined);
});

test.run();
