// Comma-separated values as RFC 4180 has them, and that every view's list of fields is whole.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { csvText } from "../../analyzer/exports/csv-text.js";
import { offcpuFields, offcpuView } from "../../analyzer/views/offcpu.js";
import { buildAnalysis, KernelStack, twoStacks, twoThreads } from "../views/build-analysis.js";

const test = suite("exports/csv-text");

interface Row {
  readonly name: string;
  readonly count: number;
  readonly share: number | null;
  readonly frames: readonly string[];
}
const fields = { name: true, count: true, share: true, frames: true } as const;

test("a header, lines that end in CR LF, quotes where they are needed", () => {
  const rows: Row[] = [
    { name: "plain", count: 1, share: 0.5, frames: [] },
    { name: 'a "quoted", name', count: 2, share: null, frames: ["main", "std::pair<int, int>"] },
    { name: "two\nlines", count: -3, share: 1e-9, frames: ["one"] },
  ];
  assert.is(
    [...csvText<Row>(fields, rows)].join(""),
    "name,count,share,frames\r\n" +
      "plain,1,0.5,\r\n" +
      '"a ""quoted"", name",2,,"main;std::pair<int, int>"\r\n' +
      '"two\nlines",-3,1e-9,one\r\n',
  );
});

test("without rows there is the header", () => {
  assert.is([...csvText<Row>(fields, [])].join(""), "name,count,share,frames\r\n");
});

test("a view's rows go out whole, under their own names", () => {
  const offcpu = [{ comm: "mysqld", nr: 202, kernelStack: KernelStack, periods: 2, blockedNs: 3000 }];
  const { rows } = offcpuView([buildAnalysis({ threads: twoThreads, ...twoStacks, offcpu, meta: { host: "web1" } })]);
  assert.equal(Object.keys(offcpuFields).sort(), Object.keys(rows[0]!).sort());
  assert.is(
    [...csvText(offcpuFields, rows)].join(""),
    "host,comm,pid,tid,kernelThread,class,syscall,open,periods,totalNs,blockedNs,runnableNs,preemptedNs,maxNs," +
      "kernelStack,userStack,kernelTruncated,userTruncated\r\n" +
      "web1,mysqld,100,101,false,preempted,futex,,2,3000,3000,0,0,0,ext4_sync_file;do_syscall_64,,false,false\r\n",
  );
});

test.run();
