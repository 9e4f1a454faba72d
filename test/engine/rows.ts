// The oracle's Answer and the engine's Analysis as the same lines of text, section by section, so
// that comparing the two is comparing strings and a difference can be read. Strings, stacks and
// threads are written out; nothing depends on how either side numbers them, except the order of
// threads, which the document fixes.

import { Warning } from "../../assembly/tables.js";
import type { Analysis } from "../../analyzer/analysis.js";
import type { Answer, OffcpuAnswer } from "../oracle/analyze.js";
import type { Frame, Stack } from "../oracle/frames.js";

/** Lines by section. Sorted, except those of "threads". */
export type Sections = { [section: string]: string[] };

/** The lines that only one side has; empty where they agree. */
export function differences(engine: Sections, oracle: Sections): string[] {
  const found: string[] = [];
  for (const section of Object.keys({ ...oracle, ...engine })) {
    const [mine, theirs] = [engine[section] ?? [], oracle[section] ?? []];
    if (mine.join("\n") === theirs.join("\n")) continue;
    const onlyEngine = mine.filter((line) => !theirs.includes(line));
    const onlyOracle = theirs.filter((line) => !mine.includes(line));
    for (const line of onlyEngine) found.push(`${section}, engine: ${line}`);
    for (const line of onlyOracle) found.push(`${section}, oracle: ${line}`);
    if (onlyEngine.length + onlyOracle.length === 0)
      found.push(`${section}: same lines in another order or number`);
  }
  return found;
}

export function fields(row: object): string {
  return Object.entries(row)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(" ");
}

function frameText(frame: Frame): string {
  const offset = frame.object === "" && frame.symbol === "" ? "" : `+${frame.offset.toString(16)}`;
  return `${frame.kind}:${frame.address.toString(16)}(${frame.object} ${frame.buildId} ${frame.symbol}${offset}${sourceText(frame)})`;
}

/** Where debug information says that it is. */
function sourceText({ file, line, inlined }: Frame): string {
  return file === "" && line === 0 && !inlined ? "" : ` ${file}:${line}${inlined ? " inlined" : ""}`;
}

export function stackText(stack: Stack): string {
  return stack.frames.map(frameText).join(";");
}

/** Rows of one text are one row: two stack ids may stand for the same frames. */
export class Summed {
  private readonly rows = new Map<string, Map<string, bigint>>();

  add(
    key: string,
    sums: { readonly [name: string]: bigint },
    max: { readonly [name: string]: bigint },
  ): void {
    const row = this.rows.get(key) ?? new Map<string, bigint>();
    this.rows.set(key, row);
    for (const [name, value] of Object.entries(sums)) row.set(name, (row.get(name) ?? 0n) + value);
    for (const [name, value] of Object.entries(max)) {
      const before = row.get(name) ?? 0n;
      row.set(name, before > value ? before : value);
    }
  }

  lines(): string[] {
    return [...this.rows].map(([key, row]) => `${key} ${fields(Object.fromEntries(row))}`).sort();
  }
}

export function rowsOfAnswer(answer: Answer): Sections {
  const offcpu = new Summed();
  for (const row of answer.offcpu) {
    const { periods, blocked, runnable, preempted, woken, cutUs, max } = row;
    offcpu.add(offcpuKeyOf(row), { periods, blocked, runnable, preempted, woken, cutUs }, { max });
  }
  const { header } = answer;
  return {
    recording: [
      fields({
        minor: header.versionMinor,
        arch: header.arch,
        page: header.pageBytes,
        cpus: header.cpus,
        start: header.startMonotonicNs,
        realtime: header.startRealtimeNs,
        end: answer.end,
        bytes: answer.fileBytes,
        ended: answer.ended,
        events: answer.events,
        contradictions: answer.contradictions,
        backwards: answer.backwards,
        spurious: answer.spuriousWakes,
        unknown: answer.unknown,
        boot: Buffer.from(header.bootId).toString("hex"),
      }),
    ],
    meta: uniqueMeta(answer.meta.map(({ key, value }) => [key, value])),
    clocks: answer.clocks.map(fields).sort(),
    objects: answer.objects
      .filter(({ kind }) => kind !== 0)
      .map(({ kind, path, buildId, device, inode }) => fields({ kind, path, buildId, device, inode }))
      .sort(),
    threads: answer.threads.map(fields),
    offcpu: offcpu.lines(),
    syscalls: answer.syscalls
      .map(({ latencies: _, ...row }) =>
        fields({ ...row, compat: Number(row.compat), min: row.min ?? 2n ** 64n - 1n }),
      )
      .sort(),
    syscallCounts: answer.syscallCounts.map(fields).sort(),
    offcpuCounts: answer.offcpuCounts.map(fields).sort(),
    lost: answer.lost.map(fields).sort(),
    totals: answer.totals.map(fields).sort(),
    blocks: answer.blocks.map(fields).sort(),
    warnings: answer.warnings.map(fields).sort(),
  };
}

/** What tells a row of the off-CPU table from every other. */
export function offcpuKeyOf(row: OffcpuAnswer): string {
  const { life, comm, nr, compat, edge } = row;
  const stacks = `k[${stackText(row.kernelStack)}] u[${stackText(row.userStack)}]`;
  return `life=${life} comm=${comm} class=${row.class} nr=${nr} compat=${Number(compat)} edge=${edge} ${stacks}`;
}

function uniqueMeta(pairs: readonly (readonly [string, string])[]): string[] {
  return [...new Map(pairs)].map(([key, value]) => `${key}: ${value}`).sort();
}

/** The rows of a table as objects, by what each column is called here. */
export function rowsOf<K extends string>(
  length: number,
  columns: { readonly [name in K]: (row: number) => number | bigint | string },
): { [name in K]: number | bigint | string }[] {
  return Array.from({ length }, (_, row) => {
    const entries = Object.entries(columns) as [K, (row: number) => number | bigint | string][];
    return Object.fromEntries(entries.map(([name, value]) => [name, value(row)])) as {
      [name in K]: number | bigint | string;
    };
  });
}

export function rowsOfAnalysis(analysis: Analysis): Sections {
  const { recording } = analysis;
  return {
    recording: [
      fields({
        minor: recording.versionMinor[0],
        arch: recording.arch[0],
        page: recording.pageBytes[0],
        cpus: recording.cpus[0],
        start: recording.startNs[0],
        realtime: recording.startRealtimeNs[0],
        end: recording.endNs[0],
        bytes: recording.fileBytes[0],
        ended: recording.ended[0],
        events: recording.events[0],
        contradictions: recording.contradictions[0],
        backwards: recording.backwards[0],
        spurious: recording.spuriousWakes[0],
        unknown: recording.unknownNs[0],
        boot: bootId(analysis),
      }),
    ],
    meta: uniqueMeta([...analysis.meta]),
    objects: objectLines(analysis),
    threads: threadLines(analysis),
    offcpu: offcpuLines(analysis),
    syscalls: syscallLines(analysis),
    ...plainSections(analysis),
  };
}

function bootId({ recording }: Analysis): string {
  const words = [recording.bootId0, recording.bootId1, recording.bootId2, recording.bootId3].map(
    (column) => column[0]!,
  );
  return Buffer.from(Uint32Array.from(words).buffer).toString("hex");
}

function threadLines({ threads, string }: Analysis): string[] {
  const columns = {
    tid: (row: number) => threads.tid[row]!,
    pid: (row: number) => threads.pid[row]!,
    comm: (row: number) => string(threads.comm[row]!),
    flags: (row: number) => threads.flags[row]!,
    parent: (row: number) => threads.parent[row]!,
    cgroup: (row: number) => threads.cgroup[row]!,
    begin: (row: number) => threads.beginNs[row]!,
    end: (row: number) => threads.endNs[row]!,
    onCpu: (row: number) => threads.onCpuNs[row]!,
    blocked: (row: number) => threads.blockedNs[row]!,
    runnable: (row: number) => threads.runnableNs[row]!,
    preempted: (row: number) => threads.preemptedNs[row]!,
    unknown: (row: number) => threads.unknownNs[row]!,
    switches: (row: number) => threads.switches[row]!,
  };
  return rowsOf(threads.length, columns).map(fields);
}

/** Without row 0 and those that stand for a lost definition: both are of no kind. */
function objectLines({ objects, string }: Analysis): string[] {
  const columns = {
    kind: (row: number) => objects.kind[row]!,
    path: (row: number) => string(objects.path[row]!),
    buildId: (row: number) => string(objects.buildId[row]!),
    device: (row: number) => objects.device[row]!,
    inode: (row: number) => objects.inode[row]!,
  };
  return rowsOf(objects.length, columns)
    .filter((row) => row.kind !== 0)
    .map(fields)
    .sort();
}

function offcpuLines(analysis: Analysis): string[] {
  const { offcpu } = analysis;
  const summed = new Summed();
  for (let row = 0; row < offcpu.length; row++) {
    const sums = {
      periods: offcpu.periods[row]!,
      blocked: offcpu.blockedNs[row]!,
      runnable: offcpu.runnableNs[row]!,
      preempted: offcpu.preemptedNs[row]!,
      woken: offcpu.woken[row]!,
      cutUs: offcpu.cutUs[row]!,
    };
    summed.add(offcpuKeyAt(analysis, row), sums, { max: offcpu.maxNs[row]! });
  }
  return summed.lines();
}

/** As `offcpuKeyOf`. */
export function offcpuKeyAt(analysis: Analysis, row: number): string {
  const { offcpu, string } = analysis;
  const kernelStack = stackTextOf(analysis, offcpu.kernelStack[row]!);
  const userStack = stackTextOf(analysis, offcpu.userStack[row]!);
  return (
    `life=${offcpu.thread[row]} comm=${string(offcpu.comm[row]!)} class=${offcpu.class[row]} nr=${offcpu.nr[row]} ` +
    `compat=${offcpu.compat[row]} edge=${offcpu.edge[row]} k[${kernelStack}] u[${userStack}]`
  );
}

/** Root first, by following the call tree up. */
export function stackTextOf({ stacks, frames, objects, string }: Analysis, node: number): string {
  const path: string[] = [];
  for (let at = node; at !== 0; at = stacks.prefix[at]!) {
    const frame = stacks.frame[at]!;
    const object = frames.object[frame]!;
    path.push(
      frameText({
        kind: frames.kind[frame]!,
        address: frames.address[frame]!,
        object: string(objects.path[object]!),
        buildId: string(objects.buildId[object]!),
        offset: frames.offset[frame]!,
        symbol: string(frames.symbol[frame]!),
        file: string(frames.file[frame]!),
        line: frames.line[frame]!,
        inlined: frames.inlined[frame] === 1,
      }),
    );
    if (path.length > 1000) throw new Error(`the stack of node ${node} has no root`);
  }
  return path.reverse().join(";");
}

function syscallLines({ syscalls }: Analysis): string[] {
  const columns = {
    life: (row: number) => syscalls.thread[row]!,
    nr: (row: number) => syscalls.nr[row]!,
    compat: (row: number) => syscalls.compat[row]!,
    errno: (row: number) => syscalls.errno[row]!,
    count: (row: number) => syscalls.count[row]!,
    total: (row: number) => syscalls.totalNs[row]!,
    offcpu: (row: number) => syscalls.offcpuNs[row]!,
    min: (row: number) => syscalls.minNs[row]!,
    max: (row: number) => syscalls.maxNs[row]!,
    noEnter: (row: number) => syscalls.noEnter[row]!,
  };
  return rowsOf(syscalls.length, columns).map(fields).sort();
}

function plainSections(analysis: Analysis): Sections {
  const { clocks, syscallCounts, offcpuCounts, lost, totals, blocks, warnings } = analysis;
  return {
    clocks: rowsOf(clocks.length, {
      monotonic: (row) => clocks.monotonicNs[row]!,
      boottime: (row) => clocks.boottimeNs[row]!,
      realtime: (row) => clocks.realtimeNs[row]!,
    })
      .map(fields)
      .sort(),
    syscallCounts: rowsOf(syscallCounts.length, {
      nr: (row) => syscallCounts.nr[row]!,
      compat: (row) => syscallCounts.compat[row]!,
      count: (row) => syscallCounts.count[row]!,
      errors: (row) => syscallCounts.errors[row]!,
      time: (row) => syscallCounts.totalNs[row]!,
    })
      .map(fields)
      .sort(),
    offcpuCounts: rowsOf(offcpuCounts.length, {
      class: (row) => offcpuCounts.class[row]!,
      periods: (row) => offcpuCounts.periods[row]!,
      time: (row) => offcpuCounts.totalNs[row]!,
    })
      .map(fields)
      .sort(),
    lost: rowsOf(lost.length, {
      cpu: (row) => lost.cpu[row]!,
      stream: (row) => lost.stream[row]!,
      reason: (row) => lost.reason[row]!,
      count: (row) => lost.count[row]!,
      from: (row) => lost.fromNs[row]!,
      to: (row) => lost.toNs[row]!,
    })
      .map(fields)
      .sort(),
    totals: rowsOf(totals.length, {
      cpu: (row) => totals.cpu[row]!,
      stream: (row) => totals.stream[row]!,
      seen: (row) => totals.seen[row]!,
      written: (row) => totals.written[row]!,
      lost: (row) => totals.lost[row]!,
    })
      .map(fields)
      .sort(),
    blocks: rowsOf(blocks.length, {
      type: (row) => blocks.type[row]!,
      blocks: (row) => blocks.blocks[row]!,
      records: (row) => blocks.records[row]!,
      rawBytes: (row) => blocks.rawBytes[row]!,
      fileBytes: (row) => blocks.fileBytes[row]!,
    })
      .map(fields)
      .sort(),
    warnings: rowsOf(warnings.length, {
      kind: (row) => Warning[warnings.warning[row]!] ?? warnings.warning[row]!,
      offset: (row) => warnings.offset[row]!,
      a: (row) => warnings.a[row]!,
      b: (row) => warnings.b[row]!,
    })
      .map(fields)
      .sort(),
  };
}
