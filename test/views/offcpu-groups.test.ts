// Off-CPU time by one thing at a time: what belongs together, what does not, and that shares add up.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { OffcpuClass } from "../../assembly/format.js";
import { offcpuGroups, offcpuGroupsView } from "../../analyzer/views/offcpu-groups.js";
import type { OffcpuGroup } from "../../analyzer/views/offcpu-groups.js";
import { buildAnalysis } from "./build-analysis.js";

const test = suite("views/offcpu-groups");

const parts = {
  meta: { host: "web1" },
  threads: [
    { tid: 100, pid: 100, comm: "mysqld", cgroup: 5 },
    { tid: 101, pid: 100, comm: "ib_io", cgroup: 5 },
    { tid: 300, pid: 300, comm: "nginx" },
  ],
  offcpu: [
    { thread: 0, comm: "mysqld", class: OffcpuClass.Interruptible, nr: 202, periods: 2, blockedNs: 400, runnableNs: 50, maxNs: 300 },
    { thread: 1, comm: "ib_io", class: OffcpuClass.Uninterruptible, nr: 202, periods: 1, blockedNs: 450, maxNs: 450 },
    { thread: 2, comm: "nginx", class: OffcpuClass.Preempted, nr: -1, periods: 4, preemptedNs: 100, maxNs: 60 },
    { thread: 2, comm: "nginx", class: OffcpuClass.IdleKernel, nr: -1, periods: 1, blockedNs: 9999 },
  ],
};
const analysis = buildAnalysis(parts);
const elsewhere = buildAnalysis({ ...parts, meta: { host: "web2" }, recording: { bootId0: 2 } });

const totals = (by: OffcpuGroup, ...analyses: readonly (typeof analysis)[]) =>
  offcpuGroupsView(analyses, by).rows.map((row) => [row.group, row.comm, row.host, row.totalNs]);

test("each thing that time can be summed by", () => {
  assert.equal(totals("comm", analysis), [["ib_io", "", "", 450], ["mysqld", "", "", 450], ["nginx", "", "", 100]]);
  assert.equal(totals("pid", analysis), [["100", "mysqld", "web1", 900], ["300", "nginx", "web1", 100]]);
  assert.equal(totals("tid", analysis)[0], ["100", "mysqld", "web1", 450]);
  assert.equal(totals("syscall", analysis), [["futex", "", "", 900], ["", "", "", 100]]);
  assert.equal(totals("state", analysis).map(([group]) => group), ["interruptible", "uninterruptible", "preempted"]);
  assert.equal(totals("cgroup", analysis), [["5", "", "", 900], ["", "", "", 100]]);
  assert.equal(totals("host", analysis), [["web1", "", "web1", 1000]]);
});

test("cgroups by path, the first one defined, and by id where no path is known", () => {
  const threads = [{ tid: 100, cgroup: 5 }, { tid: 101, cgroup: 2n ** 64n - 1n }, { tid: 300, cgroup: 7 }];
  const cgroups = [
    { id: 5, path: "/system.slice/nginx.service" },
    { id: 2n ** 64n - 1n, path: "/system.slice/mysql.service" },
    { id: 5, path: "/again" },
  ];
  assert.equal(totals("cgroup", buildAnalysis({ ...parts, threads, cgroups })), [
    ["/system.slice/mysql.service", "", "", 450],
    ["/system.slice/nginx.service", "", "", 450],
    ["7", "", "", 100],
  ]);
});

test("a row's numbers", () => {
  const [row] = offcpuGroupsView([analysis], "syscall").rows;
  assert.equal(row, {
    group: "futex",
    comm: "",
    host: "",
    threads: 2,
    periods: 3,
    totalNs: 900,
    blockedNs: 850,
    runnableNs: 50,
    preemptedNs: 0,
    maxNs: 450,
    share: 0.9,
  });
});

test("a number is another process on another host; a name is the same name", () => {
  assert.is(totals("pid", analysis, elsewhere).length, 4);
  assert.is(totals("pid", analysis, analysis).length, 2);
  assert.equal(totals("comm", analysis, elsewhere)[0], ["ib_io", "", "", 900]);
  assert.equal(totals("host", analysis, elsewhere).map(([group]) => group), ["web1", "web2"]);
});

test("shares are of what is shown", () => {
  for (const by of offcpuGroups) {
    const { rows, totalNs } = offcpuGroupsView([analysis, elsewhere], by, { selection: { pids: [100] } });
    assert.is(totalNs, 1800);
    assert.ok(Math.abs(rows.reduce((sum, row) => sum + row.share, 0) - 1) < 1e-12, by);
  }
  assert.equal(offcpuGroupsView([analysis], "comm", { selection: { pids: [] } }).rows, []);
});

test.run();
