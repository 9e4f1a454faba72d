// The text of each answer, whole, on small analyses made by hand: what a person sees is what is
// compared.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { BlockType, LostReason, OffcpuClass } from "../../assembly/format.js";
import { Edge, Warning } from "../../assembly/tables.js";
import { foldedText } from "../../analyzer/exports/folded-text.js";
import { infoText } from "../../analyzer/exports/info-text.js";
import { jsonText } from "../../analyzer/exports/json-text.js";
import { offcpuText } from "../../analyzer/exports/offcpu-text.js";
import { plainStyle, printable } from "../../analyzer/exports/style.js";
import { syscallsText } from "../../analyzer/exports/syscalls-text.js";
import { infoView } from "../../analyzer/views/info.js";
import { offcpuView } from "../../analyzer/views/offcpu.js";
import { syscallsView } from "../../analyzer/views/syscalls.js";
import { buildAnalysis, KernelStack, twoStacks, twoThreads, UserStack } from "../views/build-analysis.js";
import type { AnalysisParts } from "../views/build-analysis.js";

const test = suite("exports/text");

const recording = {
  startNs: 1_000n,
  endNs: 2_500_001_000n,
  startRealtimeNs: 1_767_225_600_000_000_000n,
  cpus: 2,
  fileBytes: 3_000,
  events: 1_000,
  ended: 1,
};
const meta = { host: "web1", kernel: "6.18.0", stackMinUs: "100", streams: "switch,wake,syscall", timezone: "330" };
const fsync = {
  comm: "mysqld",
  class: OffcpuClass.Uninterruptible,
  nr: 74,
  kernelStack: KernelStack,
  userStack: UserStack,
  periods: 12,
  blockedNs: 2_000_000,
  runnableNs: 500_000,
  maxNs: 1_234_567,
};
const preempted = { comm: "mysqld", class: OffcpuClass.Preempted, nr: -1, periods: 1, preemptedNs: 40_000, maxNs: 40_000 };

function build(parts: AnalysisParts) {
  return buildAnalysis({ threads: twoThreads, ...twoStacks, recording, meta, ...parts });
}

function offcpuOf(parts: AnalysisParts, options: Partial<Parameters<typeof offcpuText>[2]> = {}, width = Infinity): string {
  const analyses = [build(parts)];
  const whole = { top: 20, delimited: false, open: false, ...options };
  const view = offcpuView(analyses, whole);
  return [...offcpuText(analyses, view, whole, { ...plainStyle, width })].join("");
}

test("off-CPU time in offcputime's layout", () => {
  const offcpu = [
    fsync,
    preempted,
    { ...preempted, class: OffcpuClass.Interruptible, edge: Edge.End, blockedNs: 7_000_000, preemptedNs: 0 },
  ];
  assert.is(
    offcpuOf({ offcpu }),
    `web1 (Linux 6.18.0)  2026-01-01 05:30:00 +05:30  2.50 s  whole host

off-CPU    2.54 ms in 13 periods of 1 thread: 78.7 % blocked, 19.7 % woken and waiting for a CPU, 1.6 % preempted
stacks     kernel for 100.0 %, user for 100.0 % of blocked time; recorded for waits of 100 us and over
open       1 period under way when it ended (7.00 ms): not counted here; --open adds them

    ext4_sync_file
    do_syscall_64
    libc.so.6+0x1234
    main
    -                mysqld (101)
        2500 us  98.4 %  12 periods, longest 1.23 ms  uninterruptible in fsync, 20.0 % waiting for a CPU

    [no stack]
    -                mysqld (101)
        40 us  1.6 %  1 period  preempted
`,
  );
});

test("what --open, --top and --delimited change", () => {
  const text = offcpuOf(
    { offcpu: [fsync, preempted, { ...preempted, edge: Edge.Start, class: 7, preemptedNs: 0, blockedNs: 30_000 }] },
    { open: true, top: 1, delimited: true },
  );
  assert.match(text, "do_syscall_64\n    --\n    libc.so.6");
  assert.match(text, "marked as such below");
  assert.match(text, /\n1 of 3 rows shown, 97\.3 % of the time; --all shows every one\n$/);
  assert.match(offcpuOf({ offcpu: [{ ...preempted, edge: Edge.Start, class: 7 }] }, { open: true }), "[open at start]");
});

test("loss is said before any row", () => {
  const lost = [{ stream: BlockType.Switch, reason: LostReason.RingFull, count: 1234 }];
  const text = offcpuOf({ offcpu: [fsync], lost, recording: { ...recording, unknownNs: 3_000_000 } });
  assert.match(
    text,
    "lost       lower bound: 1,234 context switches (ring full); what threads did in 3.00 ms is not known\n\n",
  );
});

test("statements wrap under themselves in a narrow terminal", () => {
  const lines = offcpuOf({ offcpu: [fsync] }, {}, 60).split("\n");
  assert.is(lines[2], "off-CPU    2.50 ms in 12 periods of 1 thread: 80.0 %");
  assert.is(lines[3], "           blocked, 20.0 % woken and waiting for a CPU,");
  assert.is(lines[4], "           0.0 % preempted");
});

test("a host is named where there is more than one", () => {
  const one = build({ offcpu: [fsync] });
  const other = build({ offcpu: [fsync], meta: { ...meta, host: "web2" }, recording: { ...recording, bootId0: 9 } });
  const options = { top: 20, delimited: false, open: false };
  const text = [...offcpuText([one, other], offcpuView([one, other]), options, plainStyle)].join("");
  assert.match(text, "2 recordings of web1, web2  5.00 s in all\n");
  assert.match(text, "mysqld (101) @web1\n");
  assert.match(text, "mysqld (101) @web2\n");
});

test("nothing recorded is an answer", () => {
  assert.match(offcpuOf({}), "off-CPU    no periods\n");
});

test("system calls", () => {
  const analyses = [
    build({
      syscalls: [
        { nr: 74, count: 1200, totalNs: 5_000_000_000n, offcpuNs: 4_999_000_000n, minNs: 1, maxNs: 9_000_000 },
        { nr: 257, errno: 2, count: 3, totalNs: 3_600, minNs: 1, maxNs: 2_000 },
        { nr: 5, compat: 1, count: 1, noEnter: 1, minNs: 2n ** 64n - 1n },
      ],
    }),
  ];
  assert.is(
    syscallsText(analyses, syscallsView(analyses), { top: 20 }, plainStyle),
    `web1 (Linux 6.18.0)  2026-01-01 05:30:00 +05:30  2.50 s  whole host

calls      1,204, of which 3 failed
time       5.00 s from entry to exit: wall time, not CPU time
open       1 call under way when the recording began: counted, without time

SYSCALL        COUNT  ERRORS    TOTAL  AVERAGE      MAX  OFF-CPU
fsync          1,200       -   5.00 s  4.17 ms  9.00 ms  >99.9 %
openat             3       3  3.60 us  1.20 us  2.00 us    0.0 %
open (32-bit)      1       -        -        -        -        -
`,
  );
});

test("system calls that were not recorded are not zero system calls", () => {
  const analyses = [build({ meta: { ...meta, streams: "switch" } })];
  const text = syscallsText(analyses, syscallsView(analyses), { top: 20 }, plainStyle);
  assert.match(text, "calls      not recorded (--no-syscalls)\n");
});

test("calls that only the kernel's counters saw are said to be that", () => {
  const analyses = [
    build({
      syscallCounts: [{ nr: 0, count: 7, errors: 1, totalNs: 700 }],
      lost: [{ stream: BlockType.Syscall, reason: LostReason.RingFull, count: 7 }],
    }),
  ];
  const text = syscallsText(analyses, syscallsView(analyses), { top: 20 }, plainStyle);
  assert.match(
    text,
    "lost       lower bound: 7 system calls (ring full); COUNT, ERRORS, TOTAL and AVERAGE include " +
      "7 lost calls by the kernel's own counters, MAX and OFF-CPU do not\n",
  );
});

test("a table gives up the end of its names before any number", () => {
  const analyses = [build({ syscalls: [{ nr: 450, count: 1, totalNs: 1, minNs: 1, maxNs: 1 }] })];
  const text = syscallsText(analyses, syscallsView(analyses), { top: 20 }, { ...plainStyle, width: 60 });
  assert.match(text, /^set_mempolic\.\. +1 +- +1 ns +1 ns +1 ns +0\.0 %$/m);
});

test("what a recording is", () => {
  const analysis = build({
    source: "web1.offcut",
    meta: { ...meta, os: "Debian 12", writer: "offcut-capture 0.1.0", options: "-d 2.5" },
    blocks: [
      { type: BlockType.Switch, blocks: 2, records: 600, rawBytes: 2_000, fileBytes: 1_500 },
      { type: BlockType.Syscall, blocks: 1, records: 400, rawBytes: 900, fileBytes: 800 },
      { type: BlockType.Wake, blocks: 0 },
    ],
    totals: [{ stream: BlockType.Switch, seen: 650, written: 600, lost: 50 }],
    lost: [{ stream: BlockType.Switch, reason: LostReason.RingFull, count: 50 }],
    warnings: [{ warning: Warning.TrailingBytes, offset: 3000, b: 7 }],
    offcpu: [fsync],
  });
  assert.is(
    infoText(infoView(analysis), plainStyle),
    `recording  web1.offcut, 2.93 KiB, format 1.0
host       web1, Debian 12, Linux 6.18.0, x86-64, 2 of 2 CPUs online
start      2026-01-01 05:30:00 +05:30, for 2.50 s: the asked time was over
what       whole host: switch,wake,syscall
options    -d 2.5
recorder   offcut-capture 0.1.0
events     1,000 of 2 threads, 400 a second, 3.00 bytes each

EVENTS            SEEN  RECORDED  LOST  BYTES EACH
context switches   650       600    50        2.50
wakeups              0         0     -           -
system calls       400       400     -        2.00

BLOCKS OF  BLOCKS  RECORDS       RAW   IN FILE  OF FILE
Switch          2      600  1.95 KiB  1.46 KiB   50.0 %
Syscall         1      400     900 B     800 B   26.7 %

stacks     kernel for 100.0 %, user for 100.0 % of blocked time; recorded for waits of 100 us and over
lost       lower bound: 50 context switches (ring full)
warning    it has 7 bytes after its end, which are ignored (byte 3000)
`,
  );
});

test("folded text is one line for each row, in pieces that end at line ends", () => {
  const rows = Array.from({ length: 3000 }, (_, at) => ({ stack: `a;b${at}`, totalUs: 3000 - at }));
  const pieces = [...foldedText(rows)];
  assert.ok(pieces.length > 1);
  assert.ok(pieces.every((piece) => piece.endsWith("\n")));
  assert.is(pieces.join(""), rows.map((row) => `${row.stack} ${row.totalUs}\n`).join(""));
  assert.equal([...foldedText([])], []);
});

test("every view is JSON as it is", () => {
  const analyses = [build({ offcpu: [fsync, preempted], syscalls: [{ nr: 0, count: 1, minNs: 1 }] })];
  for (const view of [offcpuView(analyses), syscallsView(analyses), infoView(analyses[0]!)]) {
    assert.equal(JSON.parse(jsonText(view)), view);
  }
});

test("a name cannot steer the terminal", () => {
  assert.is(printable("a\u001b[2Jb\nc\u009b"), "a?[2Jb?c?");
  const text = offcpuOf({ offcpu: [{ ...fsync, comm: "x\u001b]0;y\u0007" }], meta: { ...meta, host: "h\u001b[31m" } });
  assert.not(/[\u001b\u0007]/.test(text));
});

test.run();
