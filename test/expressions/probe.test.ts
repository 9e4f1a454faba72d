// Probes and the names in them: what each means, and each mistake with its sentence and its caret.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { EventKind } from "../../assembly/tables.js";
import { looksLikeProbe, readColumns, readCondition, readProbe } from "../../analyzer/expressions/probe.js";
import { formOf } from "../../analyzer/views/probe-answers.js";

const test = suite("expressions/probe");

function message(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    assert.is((error as Error).name, "UsageError");
    return (error as Error).message;
  }
  return assert.unreachable("it was read") as never;
}

test("events, filter, expressions, label", () => {
  const probe = readProbe("read,p*: ret > 4K && comm != \"a:b\" : comm, ret#sizes ");
  assert.is(probe.text, 'read,p*: ret > 4K && comm != "a:b" : comm, ret');
  assert.is(probe.label, "sizes");
  assert.is(probe.subject, "syscall");
  assert.ok(probe.filter);
  assert.equal(probe.expressions.map(({ text }) => text), ["comm", "ret"]);
  assert.equal(["read", "pread64", "write", "xp"].map((name) => probe.calls.includes(name, 1)), [true, true, false, false]);
  assert.ok(readProbe("17:ret").calls.includes("pread64", 17));
});

test("a filter is told from a list, and ?: from both", () => {
  assert.is(readProbe("read:ret").filter, undefined);
  assert.is(readProbe("read::ret").filter, undefined);
  assert.is(readProbe("read:ret ? ret : pid").filter, undefined);
  assert.is(readProbe("read:ret ? ret : pid").expressions.length, 1);
  assert.is(readProbe("read:ret ? 1 : 0:ret").filter?.form, "conditional");
  assert.is(readProbe("ret > 0:ret").filter?.form, "binary");
  assert.is(readProbe("user?comm:syscall").expressions.length, 1);
});

test("a list alone is about all system calls", () => {
  const probe = readProbe("comm,nr,ret");
  assert.ok(probe.calls.isAll);
  assert.equal(probe.expressions.map(({ text }) => text), ["comm", "nr", "ret"]);
});

test("offcpu and wakeup are about periods", () => {
  assert.is(readProbe("offcpu:blocked").subject, "offcpu");
  assert.is(readProbe("wakeup:latency").subject, "wakeup");
  assert.is(readProbe("offcpu:duration").expressions[0]!.meaning.unit, "ns");
});

test("powers of two for one number, counts for all else", () => {
  assert.equal(
    ["read:count", "read:$latency", "read:comm", "read:ret,fd", "openat:filename"].map((text) => formOf(readProbe(text))),
    ["log2", "log2", "counts", "counts", "counts"],
  );
});

test("which words are probes and which are files", () => {
  assert.equal(
    ["read:count", "*:ret", "a,b:c", "17:ret", ":ret"].map(looksLikeProbe),
    [true, true, true, true, true],
  );
  assert.equal(
    ["web1.offcut", "-", "./a:b", "dir/x:y", "12:30.offcut", "plain"].map(looksLikeProbe),
    [false, false, false, false, false, false],
  );
});

test("argument names are those of the probe's own calls", () => {
  assert.is(readProbe("read:count").expressions[0]!.meaning.form, "argument");
  assert.is(readProbe("kill:args.pid").expressions[0]!.meaning.form, "argument");
  assert.is(readProbe("kill:pid").expressions[0]!.meaning.form, "field");
  assert.is(readProbe("*:arg5").expressions[0]!.meaning.form, "position");
  assert.is(readProbe("openat:filename").expressions[0]!.meaning.type, "text");
  assert.is(
    message(() => readProbe("read:cuont > 4096:ret")),
    "read has no cuont; its arguments are fd, buf, count; every call has comm, pid, tid, cpu, time, user, " +
      "kernel, kind, syscall, nr, ret, errno, latency, oncpu, offcpu, duration\n" +
      "  read:cuont > 4096:ret\n" +
      "       ^",
  );
  assert.is(
    message(() => readProbe("offcpu:ret")),
    "an off-CPU period has no ret; it has comm, pid, tid, cpu, time, user, kernel, kind, syscall, nr, latency, " +
      "duration, blocked, runnable, preempted, state, waker, waker_pid, waker_tid\n" +
      "  offcpu:ret\n" +
      "         ^",
  );
  assert.match(message(() => readProbe("getpid:x")), /^getpid has no x; its arguments are none; every call has comm/);
  assert.is(
    message(() => readProbe("mount,getitimer,uname,mq_open,sethostname:name")),
    "name is text in sethostname and number in uname; name the calls\n" +
      "  mount,getitimer,uname,mq_open,sethostname:name\n" +
      "                                            ^",
  );
});

test("calls that do not exist are refused", () => {
  assert.is(
    message(() => readProbe("read,raed:count")),
    "raed is no system call; * in a name stands for any characters\n  read,raed:count\n       ^",
  );
  assert.is(
    message(() => readProbe("read,:count")),
    "expected the name of a system call, or * for all\n  read,:count\n       ^",
  );
});

test("types: text and numbers are not mixed", () => {
  const caret = (source: string) => message(() => readProbe(source));
  assert.is(caret("read:comm + 1"), "+ takes numbers, this is text\n  read:comm + 1\n       ^");
  assert.is(caret("read:1 + comm"), "+ takes numbers, this is text\n  read:1 + comm\n           ^");
  assert.is(caret("read:!comm"), "! takes a number, this is text\n  read:!comm\n        ^");
  assert.is(caret("read:comm == 5:ret"), "== compares text with number\n  read:comm == 5:ret\n            ^");
  assert.is(caret("read:comm < \"b\":ret"), '< takes numbers, this is text\n  read:comm < "b":ret\n       ^');
  assert.is(caret("read:pid + ret =~ \"5\":ret"), '=~ matches text, this is a number\n  read:pid + ret =~ "5":ret\n       ^');
  assert.is(caret("read:comm:ret"), "a condition is a number: compare text with ==, != or =~\n  read:comm:ret\n       ^");
  assert.is(caret("read:ret ? comm : 1"), "?: has text on one side and number on the other\n  read:ret ? comm : 1\n           ^");
  assert.match(caret('read:comm =~ "/(/":ret'), /is no pattern: .*\n  read:comm =~ "\/\(\/":ret\n               \^$/);
});

test("what does not end where it should", () => {
  const caret = (source: string) => message(() => readProbe(source));
  assert.is(caret("read:"), "expected a value\n  read:\n       ^");
  assert.is(caret("read:ret ret"), 'expected an operator, "," or ":" before ret\n  read:ret ret\n           ^');
  assert.is(caret("read:ret,pid:comm"), 'expected an operator or "," before :\n  read:ret,pid:comm\n              ^');
  assert.is(caret("read:ret > 0:ret:pid"), 'expected an operator or "," before :\n  read:ret > 0:ret:pid\n                  ^');
});

test("conditions and columns of several kinds of event", () => {
  const kinds = [EventKind.Syscall, EventKind.Period];
  assert.is(readCondition("ret < 0 || blocked > 1ms", kinds).form, "binary");
  assert.match(message(() => readCondition("blocked > 1", [EventKind.Wakeup])), /^a wakeup has no blocked; it has comm, /);
  assert.match(message(() => readCondition("x", kinds)), /^a system call or an off-CPU period has no x; it has comm, /);
  assert.is(message(() => readCondition("ret, 1", kinds)), "expected an operator before ,\n  ret, 1\n     ^");
  assert.equal(
    readColumns("time, event,ret / 4", kinds).map((column) => (column === "event" ? column : column.text)),
    ["time", "event", "ret / 4"],
  );
});

test("errors are numbers by their names", () => {
  assert.equal(readProbe("read:EAGAIN").expressions[0]!.meaning, { form: "number", type: "number", value: 11 });
});

test.run();
