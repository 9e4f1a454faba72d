// A random host: CPUs, processes and threads that run, block, are preempted, yield, wake each
// other, call the kernel, fork, exec, rename themselves, map files and die, with tids soon used
// again. Emits what a perfect recorder would see, in order of time. What goes wrong on the way to
// the file (loss, lateness, contradictions) is added by generate.ts.

import type { MapEvent, StackInput, SwitchEvent, SyscallEvent, TaskEvent, WakeEvent } from "./build.js";
import * as format from "../oracle/format.js";
import type { Random } from "./random.js";

export type Emission =
  | { stream: "Switch"; cpu: number; event: SwitchEvent }
  | { stream: "Wake"; cpu: number; event: WakeEvent }
  | { stream: "Syscall"; cpu: number; event: SyscallEvent }
  | { stream: "Task"; event: TaskEvent }
  | { stream: "Map"; event: MapEvent };

export interface SimulationOptions {
  cpus: number;
  /** Tids are 100 .. 100 + tids - 1: few of them are soon used again. */
  tids: number;
  startNs: number;
  /** Off-CPU periods at least this long have a stack. */
  stackMinNs: number;
  objects: readonly number[];
  habit: Habit;
  stackId: (stack: StackInput) => number;
}

/**
 * What threads do more often than anything else: nothing in particular; stay in a call, over many
 * periods; wake one another, and are woken by interrupts and by the idle thread, one after the other.
 */
export type Habit = "none" | "longCalls" | "wakeChains";

interface Call {
  nr: number;
  compat: boolean;
  enter: number;
  offcpu: number;
  seen: boolean;
  /** A period of it waits for the call's user stack. */
  stackDue: boolean;
}

interface Task {
  tid: number;
  pid: number;
  parent: number;
  comm: string;
  kernel: boolean;
  startTime: number;
  /** undefined: not on a CPU. */
  cpu: number | undefined;
  runnable: boolean;
  leftAt: number | undefined;
  /** Its user stack was taken when it left. */
  stackTaken: boolean;
  call: Call | undefined;
  addresses: readonly bigint[];
}

const comms = ["mysqld", "nginx", "node", "cc1", "a;b c", "ümläut", ""];
const blockingStates = [1, 1, 1, 1, 2, 2, 0x2001, 0x102, 0x402, 4, 8, 0x40, 0x2402];
const callNumbers = [0, 1, 23, 35, 202, 230, 231, 257, 999];

export class Simulation {
  now: number;
  readonly emissions: Emission[] = [];
  private readonly onCpu: (Task | undefined)[];
  private readonly tasks = new Map<number, Task>();
  private nextAddress = 0x7f00_0000_0000n;

  constructor(
    private readonly random: Random,
    private readonly options: SimulationOptions,
  ) {
    this.now = options.startNs;
    this.onCpu = new Array<Task | undefined>(options.cpus).fill(undefined);
    const alreadyThere = random.between(1, Math.max(1, options.tids - 2));
    for (let i = 0; i < alreadyThere; i++) this.existing();
  }

  step(): void {
    if (!this.random.chance(0.05)) this.now += this.random.between(1, this.random.pick([50, 2_000, 100_000]));
    const cpu = this.random.between(0, this.options.cpus - 1);
    const task = this.onCpu[cpu];
    if (task === undefined) this.idle(cpu);
    else this.run(cpu, task);
  }

  /** Tids in use and not, for whoever adds nonsense. */
  anyTid(): number {
    return 100 + this.random.between(0, this.options.tids - 1);
  }

  private existing(): void {
    const leader =
      this.random.chance(0.5) && this.tasks.size > 0 ? this.random.pick([...this.tasks.values()]) : undefined;
    const task = this.newTask(leader?.pid);
    if (task === undefined) return;
    task.startTime = Math.max(1, this.options.startNs - this.random.between(1, 1_000_000));
    task.runnable = this.random.chance(0.5);
    if (this.random.chance(0.8)) this.seen(task);
    if (leader === undefined && !task.kernel) this.map(task, this.options.startNs);
    if (this.random.chance(0.3)) task.call = this.newCall(false);
  }

  private newTask(pid: number | undefined): Task | undefined {
    const free = Array.from({ length: this.options.tids }, (_, i) => 100 + i).filter(
      (tid) => !this.tasks.has(tid),
    );
    if (free.length === 0) return undefined;
    const tid = this.random.pick(free);
    const task: Task = {
      tid,
      pid: pid ?? tid,
      parent: 1,
      comm: this.random.pick(comms),
      kernel: pid === undefined && this.random.chance(0.15),
      startTime: this.now,
      cpu: undefined,
      runnable: true,
      leftAt: undefined,
      stackTaken: false,
      call: undefined,
      addresses: [this.nextAddress, this.nextAddress + 0x111n],
    };
    this.tasks.set(tid, task);
    return task;
  }

  private seen(task: Task): void {
    const { tid, pid, parent, comm, startTime } = task;
    const flags = task.kernel ? format.TaskFlag.KernelThread : 0;
    this.task({ time: this.now, kind: "Seen", tid, pid, parent, comm, startTime, flags, cgroup: pid * 10 });
  }

  private task(event: TaskEvent): void {
    this.emissions.push({ stream: "Task", event });
  }

  private map(task: Task, time: number): void {
    const start = this.nextAddress;
    this.nextAddress += this.random.chance(0.2) ? 0n : 0x10000n; // sometimes over the mapping before
    task.addresses = [start + 0x10n, start + 0x20n, start + 0xfffn, start - 0x4000n];
    const object = this.random.pick(this.options.objects);
    const fileOffset = 0x1000 * this.random.between(0, 3);
    const event = { time, pid: task.pid, start, length: 0x8000, fileOffset, object };
    this.emissions.push({ stream: "Map", event });
  }

  private idle(cpu: number): void {
    const runnable = [...this.tasks.values()].filter((task) => task.cpu === undefined && task.runnable);
    if (runnable.length > 0 && this.random.chance(0.8))
      this.switchTo(cpu, undefined, this.random.pick(runnable), {});
    else this.wake(cpu, 0, format.WakeFlag.Interrupt);
  }

  private run(cpu: number, task: Task): void {
    const action = this.random.fraction();
    if (this.followsHabit(cpu, task, action)) return;
    if (action < 0.22) this.enterOrExit(cpu, task);
    else if (action < 0.5) this.block(cpu, task);
    else if (action < 0.6)
      this.leave(
        cpu,
        task,
        { flags: format.SwitchFlag.Preempted, state: this.random.pick([0, 0, 1, 2]) },
        true,
      );
    else if (action < 0.65) this.leave(cpu, task, { state: 0 }, true);
    else if (action < 0.85) this.wake(cpu, task.tid, this.random.chance(0.2) ? format.WakeFlag.Interrupt : 0);
    else if (action < 0.92) this.fork(task);
    else if (action < 0.94) this.exec(task);
    else if (action < 0.95) this.rename(task);
    else if (action < 0.97 && !task.kernel) this.map(task, this.now);
    else this.die(cpu, task);
  }

  /** A habit takes the place of some of what the thread would do else. */
  private followsHabit(cpu: number, task: Task, action: number): boolean {
    const { habit } = this.options;
    if (habit === "longCalls" && task.call !== undefined && action < 0.22 && this.random.chance(0.9)) {
      this.block(cpu, task);
      return true;
    }
    if (habit === "wakeChains" && action >= 0.5 && action < 0.85) {
      this.wake(cpu, task.tid, this.random.chance(0.1) ? format.WakeFlag.Interrupt : 0);
      if (this.random.chance(0.5)) this.block(cpu, task);
      return true;
    }
    return false;
  }

  private enterOrExit(cpu: number, task: Task): void {
    if (task.kernel) return;
    if (task.call === undefined) {
      task.call = this.newCall(true);
      return;
    }
    const { nr, compat, enter, offcpu, seen, stackDue } = task.call;
    task.call = undefined;
    const flags = (compat ? format.SyscallFlag.Compat : 0) | (seen ? 0 : format.SyscallFlag.NoEnter);
    const result = this.random.pick([0, 0, 0, 1, 4096, -1, -11, -4095, -4096, -512, 2 ** 40]);
    const userStack = stackDue && this.random.chance(0.9) ? this.userStack(task) : 0;
    const duration = seen ? this.now - enter : 0;
    const event = { time: this.now, tid: task.tid, nr, flags, result, duration, offcpu, userStack };
    this.emissions.push({ stream: "Syscall", cpu, event });
  }

  private newCall(seen: boolean): Call {
    const nr = this.random.pick(callNumbers);
    return { nr, compat: this.random.chance(0.1), enter: this.now, offcpu: 0, seen, stackDue: false };
  }

  private block(cpu: number, task: Task): void {
    const early = this.random.chance(0.1); // its waker is faster than the switch
    if (early) this.wakeEarly(task);
    this.leave(cpu, task, { state: this.random.pick(blockingStates) }, early);
  }

  /** From another CPU, by whoever runs there. */
  private wakeEarly(task: Task): void {
    const cpu = this.random.between(0, this.options.cpus - 1);
    const waker = this.onCpu[cpu];
    const byWaker = this.options.habit === "wakeChains" && waker !== undefined && waker !== task;
    if (byWaker) this.emitWake(cpu, waker.tid, task, 0);
    else this.emitWake(cpu, 0, task, format.WakeFlag.Interrupt);
  }

  private leave(cpu: number, task: Task, how: { state?: number; flags?: number }, runnable: boolean): void {
    task.runnable = runnable;
    task.leftAt = this.now;
    task.stackTaken = this.random.chance(0.2);
    const others = [...this.tasks.values()].filter(
      (other) => other.cpu === undefined && other.runnable && other !== task,
    );
    const next = others.length > 0 && this.random.chance(0.7) ? this.random.pick(others) : undefined;
    this.switchTo(cpu, task, next, how);
  }

  private switchTo(
    cpu: number,
    prev: Task | undefined,
    next: Task | undefined,
    how: { state?: number; flags?: number },
  ): void {
    const call = prev?.call;
    const event: SwitchEvent = {
      time: this.now,
      prev: prev?.tid ?? 0,
      next: next?.tid ?? 0,
      state: how.state ?? 0,
      nr: call?.nr ?? -1,
      flags: (how.flags ?? 0) | (call?.compat ? format.SwitchFlag.Compat : 0),
    };
    if (prev !== undefined) prev.cpu = undefined;
    this.onCpu[cpu] = next;
    if (next !== undefined) this.comeOn(next, cpu, event);
    this.emissions.push({ stream: "Switch", cpu, event });
  }

  private comeOn(task: Task, cpu: number, event: SwitchEvent): void {
    task.cpu = cpu;
    if (task.leftAt === undefined) return;
    const off = this.now - task.leftAt;
    if (task.call !== undefined) task.call.offcpu += off;
    if (off < this.options.stackMinNs) return;
    event.kernelStack = this.kernelStack();
    if (task.kernel) return;
    if (task.stackTaken) event.userStack = this.userStack(task);
    else if (task.call !== undefined) task.call.stackDue = true;
  }

  private kernelStack(): number {
    const depth = this.random.between(1, 4);
    const base = 0xffffffff_81000000n;
    const addresses = Array.from({ length: depth }, () => base + BigInt(this.random.between(0, 40) * 0x40));
    return this.options.stackId({
      kind: "Kernel",
      pid: 0,
      time: this.now,
      addresses,
      flags: this.random.chance(0.05) ? 1 : 0,
    });
  }

  private userStack(task: Task): number {
    const depth = this.random.between(1, 3);
    const addresses = Array.from({ length: depth }, () => this.random.pick(task.addresses));
    return this.options.stackId({ kind: "User", pid: task.pid, time: this.now, addresses });
  }

  private wake(cpu: number, waker: number, flags: number): void {
    const sleeping = [...this.tasks.values()].filter((task) => task.cpu === undefined && !task.runnable);
    const all = [...this.tasks.values()];
    const pool = sleeping.length > 0 && this.random.chance(0.9) ? sleeping : all; // else a spurious one
    if (pool.length === 0) return;
    const wakee = this.random.pick(pool);
    this.emitWake(cpu, waker, wakee, flags);
    wakee.runnable = true;
  }

  private emitWake(cpu: number, waker: number, wakee: Task, flags: number): void {
    const targetCpu = this.random.between(0, this.options.cpus - 1);
    this.emissions.push({
      stream: "Wake",
      cpu,
      event: { time: this.now, waker, wakee: wakee.tid, targetCpu, flags },
    });
  }

  private fork(task: Task): void {
    const thread = this.random.chance(0.5);
    const child = this.newTask(thread ? task.pid : undefined);
    if (child === undefined) return;
    child.parent = task.pid;
    child.comm = task.comm;
    child.addresses = task.addresses;
    const { tid, pid, comm } = child;
    if (this.random.chance(0.9))
      this.task({ time: this.now, kind: "Fork", tid, pid, parent: task.pid, comm });
    if (this.random.chance(0.7)) this.seen(child);
  }

  private exec(task: Task): void {
    task.comm = this.random.pick(comms);
    this.task({ time: this.now, kind: "Exec", tid: task.tid, pid: task.pid, comm: task.comm });
    if (this.random.chance(0.9)) this.map(task, this.now);
  }

  private rename(task: Task): void {
    task.comm = this.random.pick(comms);
    this.task({ time: this.now, kind: "Comm", tid: task.tid, pid: task.pid, comm: task.comm });
  }

  private die(cpu: number, task: Task): void {
    if (this.random.chance(0.8)) this.task({ time: this.now, kind: "Exit", tid: task.tid, pid: task.pid });
    this.tasks.delete(task.tid);
    const runnable = [...this.tasks.values()].filter((other) => other.cpu === undefined && other.runnable);
    const next = runnable.length > 0 ? this.random.pick(runnable) : undefined;
    this.switchTo(cpu, task, next, { state: this.random.pick([0x80, 0x80, 0x10, 0x20]) });
  }
}
