// Task blocks: what became of threads and processes. Fork and Exec also say, at once, from when on a
// process has its own mappings; the rest waits for its time like an event.

import { outOfMemory } from "./arena";
import { Batch, newRecordBatch, Rank, sealRecordBatch } from "./batch";
import { BlockHeader } from "./block";
import { cell, decode, Limit, openPayload } from "./columns";
import { Encoding, StringIdMax, TaskColumn, TaskKind } from "./format";
import { beginLife, isLiving, threadOf } from "./lives";
import { addBeginning, NoParent } from "./mappings";
import { isDivided, takeTurn } from "./parts";
import { fork, forget, replaceLife } from "./states";
import { takenFromNs, windowStartNs } from "./window";

@unmanaged
class TaskRecord {
  timeNs: u64;
  startTimeNs: u64;
  cgroup: u64;
  kind: u32;
  tid: u32;
  pid: u32;
  parent: u32;
  comm: u32;
  flags: u32;
}

/** A Task block's columns, decoded. False if it is malformed. */
export function openTasks(from: usize, to: usize, records: u32): bool {
  return (
    openPayload(from, to, TaskColumn.Cgroup + 1) &&
    decode(TaskColumn.Time, records, Encoding.Delta, Limit.None) &&
    decode(TaskColumn.Kind, records, Encoding.Unsigned, Limit.U32) &&
    decode(TaskColumn.Tid, records, Encoding.Unsigned, Limit.Tid) &&
    decode(TaskColumn.Pid, records, Encoding.Unsigned, Limit.Tid) &&
    decode(TaskColumn.Parent, records, Encoding.Unsigned, Limit.Tid) &&
    decode(TaskColumn.StartTime, records, Encoding.Unsigned, Limit.None) &&
    decode(TaskColumn.Comm, records, Encoding.Unsigned, Limit.U32, StringIdMax) &&
    decode(TaskColumn.Flags, records, Encoding.Unsigned, Limit.U32) &&
    decode(TaskColumn.Cgroup, records, Encoding.Unsigned, Limit.None)
  );
}

/** The open Task block as a batch; a null reference if it is empty or memory is refused. */
export function taskBatch(header: BlockHeader): Batch {
  const records = header.records;
  if (records == 0) return changetype<Batch>(0);
  const batch = newRecordBatch(Rank.Task, header.cpu, records, offsetof<TaskRecord>());
  if (changetype<usize>(batch) == 0) return batch;
  for (let i: u32 = 0; i < records && !outOfMemory; i++) {
    const task = changetype<TaskRecord>(load<usize>(batch.keys + ((i as usize) << 2)));
    task.timeNs = cell(TaskColumn.Time, i);
    task.startTimeNs = cell(TaskColumn.StartTime, i);
    task.cgroup = cell(TaskColumn.Cgroup, i);
    task.kind = cell(TaskColumn.Kind, i) as u32;
    task.tid = cell(TaskColumn.Tid, i) as u32;
    task.pid = cell(TaskColumn.Pid, i) as u32;
    task.parent = cell(TaskColumn.Parent, i) as u32;
    task.comm = cell(TaskColumn.Comm, i) as u32;
    task.flags = cell(TaskColumn.Flags, i) as u32;
    if (task.kind == TaskKind.Exec) addBeginning(task.pid, task.timeNs, NoParent);
    if (task.kind == TaskKind.Fork && task.parent != task.pid) addBeginning(task.pid, task.timeNs, task.parent);
  }
  sealRecordBatch(batch);
  return batch;
}

export let tasksTaken: u64 = 0;

/** A record of a Task batch, at its time. */
export function takeTask(at: usize): void {
  tasksTaken++;
  const task = changetype<TaskRecord>(at);
  const thread = threadOf(task.tid);
  if (isDivided) takeTurn(task.tid);
  if (changetype<usize>(thread) == 0) return;
  // What was there before the window is seen, not begun: its first switches were not recorded.
  const forked = task.kind == TaskKind.Fork && task.timeNs >= windowStartNs;
  const seen = task.kind == TaskKind.Seen || (task.kind == TaskKind.Fork && !forked);
  if (seen && isLiving(thread)) {
    const before = thread.life.startTimeNs;
    if (before != 0 && task.startTimeNs != 0 && before != task.startTimeNs) replaceLife(thread, task.timeNs);
  }
  if (forked) fork(thread, task.timeNs);
  if (task.kind == TaskKind.Exit && task.timeNs < takenFromNs) return forget(thread);
  if (!isLiving(thread)) {
    if (task.kind == TaskKind.Exit) return;
    beginLife(thread);
  }
  const life = thread.life;
  if (task.kind != TaskKind.Exit) life.comm = task.comm;
  if (task.pid != 0) life.pid = task.pid;
  if (task.parent != 0) life.parent = task.parent;
  if (task.flags != 0) life.flags = task.flags;
  if (task.startTimeNs != 0) life.startTimeNs = task.startTimeNs;
  if (task.cgroup != 0) life.cgroup = task.cgroup;
}
