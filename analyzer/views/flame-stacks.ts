// What a flame graph of recordings is drawn of: their off-CPU periods, system calls or wakeups as
// weighted stacks. A stack is the thread's name, the frames of its user stack and of its kernel stack,
// from the root, and frames in brackets for what no function says, as folded text has them (folded.ts):
// the same rows give the same paths. Weights are ns, or counts.

import { ObjectKind, OffcpuClass, StackFlag, StackKind } from "../../assembly/format.js";
import { WakerKind } from "../../assembly/tables.js";
import type { Analysis } from "../analysis.js";
import { syscallAbi, syscallName } from "../syscalls/names.js";
import { defaultIdleRules } from "./default-idle-rules.js";
import { isUserStackDue, markerFrame, missingStack, stackFlags } from "./folded.js";
import { FlameBuilder, FrameKind, WaitReason } from "./flame-tree.js";
import { frameName } from "./frame-names.js";
import { idleRulesOfCalls } from "./idle-rows.js";
import { foldedName } from "./name-tree.js";
import { PairIds } from "./pair-ids.js";
import { isSelected, totalNs } from "./periods.js";
import type { PeriodOptions } from "./periods.js";
import { selectionOf } from "./selection.js";
import { shownKernelStack, shownUserStack } from "./shown-stacks.js";
import type { StackOptions } from "./shown-stacks.js";

/**
 * Off-CPU time; of it, blocked time alone; time waiting for a CPU; off-CPU periods; time in system
 * calls, on and off the CPU; system calls; blocked time by who ended it; wakeups.
 */
export type FlameWeight =
  | "offcpu"
  | "blocked"
  | "runqueue"
  | "periods"
  | "syscalls"
  | "calls"
  | "wakers"
  | "wakeups";

export const flameWeights: readonly FlameWeight[] = [
  "offcpu",
  "blocked",
  "runqueue",
  "periods",
  "syscalls",
  "calls",
  "wakers",
  "wakeups",
];

export interface FlameOptions extends PeriodOptions, Pick<StackOptions, "stacks"> {
  /** Off-CPU time if not given. */
  readonly weight?: FlameWeight | undefined;
  /** A frame `-` between user and kernel frames. */
  readonly delimited?: boolean | undefined;
}

/** What a weight counts: nanoseconds, or things. */
export type FlameUnit = "ns" | "count";

export function flameUnit(weight: FlameWeight): FlameUnit {
  return weight === "periods" || weight === "calls" || weight === "wakeups" ? "count" : "ns";
}

/** What the pass over a recording must be asked for a graph of `weight`, as options of analyze(). */
export function flamePassOptions(weight: FlameWeight): { readonly calls?: true; readonly wakerDepth?: number } {
  if (weight === "syscalls" || weight === "calls") return { calls: true };
  return weight === "wakers" || weight === "wakeups" ? { wakerDepth: 1 } : {};
}

/** Adds the selected stacks of `analysis` to `builder`; to its other side if `isOther`, times `scale`. */
export function addStacks(
  builder: FlameBuilder,
  analysis: Analysis,
  options: FlameOptions = {},
  isOther = false,
  scale = 1,
): void {
  const add: Add = isOther
    ? (node, weight) => builder.addOther(node, Number(weight) * scale)
    : (node, weight, reason) => builder.add(node, Number(weight) * scale, reason);
  const paths = new StackPaths(builder, analysis, options);
  switch (options.weight ?? "offcpu") {
    case "syscalls":
      return addCalls(analysis, paths, options, addCallTimes(analysis, paths, add));
    case "calls":
      return addCalls(analysis, paths, options, (node, row) => {
        add(paths.kernel(node, analysis.calls.kernelStack[row]!), analysis.calls.count[row]!, WaitReason.Unknown);
      });
    case "wakers":
    case "wakeups":
      return addWakeups(analysis, paths, options, add);
    default:
      return addPeriods(analysis, paths, options, add);
  }
}

type Add = (node: number, weight: bigint, reason: WaitReason) => void;

function addPeriods(analysis: Analysis, paths: StackPaths, options: FlameOptions, add: Add): void {
  const { offcpu } = analysis;
  const { weight } = options;
  for (let row = 0; row < offcpu.length; row++) {
    if (!isSelected(analysis, row, options)) continue;
    const reason = reasonOf(offcpu.class[row]!);
    if (weight === "periods") {
      add(paths.period(row), offcpu.periods[row]!, reason);
      continue;
    }
    const blockedNs = weight === "runqueue" ? 0n : offcpu.blockedNs[row]!;
    const waitedNs = weight === "blocked" ? 0n : totalNs(analysis, row) - offcpu.blockedNs[row]!;
    if (blockedNs + waitedNs === 0n) continue;
    const node = paths.period(row);
    add(node, blockedNs, reason);
    if (waitedNs === 0n) continue;
    add(node, offcpu.runnableNs[row]!, WaitReason.Runnable);
    add(node, offcpu.preemptedNs[row]!, WaitReason.Preempted);
  }
}

function reasonOf(value: number): WaitReason {
  switch (value) {
    case OffcpuClass.Preempted:
      return WaitReason.Preempted;
    case OffcpuClass.Runnable:
      return WaitReason.Runnable;
    case OffcpuClass.Uninterruptible:
      return WaitReason.Uninterruptible;
    case OffcpuClass.Interruptible:
      return WaitReason.Asleep;
    case OffcpuClass.IdleKernel:
    case OffcpuClass.Other:
      return WaitReason.Other;
    default:
      return WaitReason.Unknown;
  }
}

function addCalls(
  analysis: Analysis,
  paths: StackPaths,
  options: FlameOptions,
  addRow: (node: number, row: number) => void,
): void {
  const { calls } = analysis;
  const { idle, selection } = options;
  // Kernel threads make no calls: where nothing else is asked for, nothing is left out.
  const rules =
    idle === undefined || idle === "show" ? undefined : idleRulesOfCalls(analysis, options.idleRules ?? defaultIdleRules);
  for (let row = 0; row < calls.length; row++) {
    if (selection !== undefined && !selectionOf(analysis, selection).join(row)) continue;
    if (rules !== undefined && (rules[row] === -1) === (idle === "only")) continue;
    addRow(paths.call(row), row);
  }
}

/** The parts of a call's time: on the CPU in a frame of its own, the rest where it waited longest. */
function addCallTimes(analysis: Analysis, paths: StackPaths, add: Add): (node: number, row: number) => void {
  const { calls } = analysis;
  return (node, row) => {
    const kernel = calls.kernelStack[row]!;
    if (calls.onCpuNs[row]! > 0n) add(paths.marker(node, "[on CPU]"), calls.onCpuNs[row]!, WaitReason.OnCpu);
    if (calls.totalNs[row] === calls.onCpuNs[row]) return;
    const waited = kernel === 0 ? paths.marker(node, "[off CPU]") : paths.kernel(node, kernel);
    add(waited, calls.interruptibleNs[row]!, WaitReason.Asleep);
    add(waited, calls.uninterruptibleNs[row]!, WaitReason.Uninterruptible);
    add(waited, calls.otherNs[row]!, WaitReason.Other);
    add(waited, calls.runnableNs[row]!, WaitReason.Runnable);
    add(waited, calls.preemptedNs[row]!, WaitReason.Preempted);
    add(waited, calls.unknownNs[row]!, WaitReason.Unknown);
  };
}

function addWakeups(analysis: Analysis, paths: StackPaths, options: FlameOptions, add: Add): void {
  const { wakeups, offcpu } = analysis;
  for (let row = 0; row < wakeups.length; row++) {
    const period = wakeups.period[row]!;
    if (!isSelected(analysis, period, options)) continue;
    const node = paths.wakers(paths.period(period), wakeups.waker[row]!);
    const weight = options.weight === "wakeups" ? wakeups.periods[row]! : wakeups.blockedNs[row]!;
    add(node, weight, reasonOf(offcpu.class[period]!));
  }
}

/** The nodes of one recording's stacks. */
class StackPaths {
  readonly #builder: FlameBuilder;
  readonly #analysis: Analysis;
  readonly #options: FlameOptions;
  /** By row of frames: the frame of the builder; -1 not asked yet. */
  readonly #frames: Int32Array;
  /** Frames of markers, by name; and nodes of threads, by the string of their name. */
  readonly #markers = new Map<string, number>();
  readonly #threads = new Map<number, number>();
  /** By the node that a stack hangs below and row of stacks, a place in `#nodes`. */
  readonly #places = new PairIds();
  readonly #nodes: number[] = [];

  constructor(builder: FlameBuilder, analysis: Analysis, options: FlameOptions) {
    this.#builder = builder;
    this.#analysis = analysis;
    this.#options = options;
    this.#frames = new Int32Array(analysis.frames.length).fill(-1);
  }

  /** Of a row of offcpu. */
  period(row: number): number {
    const { offcpu } = this.#analysis;
    const kernelStack = shownKernelStack(this.#analysis, row, this.#options);
    const userStack = shownUserStack(this.#analysis, row, this.#options);
    let node = this.#thread(offcpu.comm[row]!);
    if (kernelStack === 0 && userStack === 0 && this.#options.stacks === undefined) {
      node = this.marker(node, missingStack(this.#analysis, row));
    } else {
      if (userStack !== 0) node = this.#stack(node, userStack);
      else if (isUserStackDue(this.#analysis, row, this.#options)) node = this.marker(node, "[no user stack]");
      if (userStack !== 0 && kernelStack !== 0 && this.#options.delimited === true) {
        node = this.#builder.child(node, this.#builder.frame("-", FrameKind.Separator));
      }
      if (kernelStack !== 0) node = this.#stack(node, kernelStack);
      else if (this.#options.stacks !== "user") node = this.marker(node, "[no kernel stack]");
    }
    return this.marker(node, markerFrame(this.#analysis, row));
  }

  /** Of a row of calls, without its kernel stack: thread, user frames, name of the call. */
  call(row: number): number {
    const { calls, threads, recording } = this.#analysis;
    let node = this.#thread(threads.comm[calls.thread[row]!]!);
    if (calls.userStack[row] !== 0 && this.#options.stacks !== "kernel") node = this.#stack(node, calls.userStack[row]!);
    const name = syscallName(syscallAbi(recording.arch[0]!, calls.compat[row] === 1), calls.nr[row]!);
    return this.#builder.child(node, this.#builder.frame(foldedName(name), FrameKind.Syscall));
  }

  /** `stack`, a row of stacks, below `node`. */
  kernel(node: number, stack: number): number {
    return stack === 0 || this.#options.stacks === "user" ? node : this.#stack(node, stack);
  }

  /** `--` and a waker, for each of a chain: a row of wakers. */
  wakers(node: number, waker: number): number {
    const { wakers, threads, string } = this.#analysis;
    let below = node;
    for (let row = waker; row !== 0; row = wakers.prefix[row]!) {
      below = this.#builder.child(below, this.#builder.frame("--", FrameKind.Separator));
      const comm = wakers.kind[row] === WakerKind.Thread ? string(threads.comm[wakers.thread[row]!]!) : "";
      below = this.#builder.child(below, this.#builder.frame(wakerFrame(wakers.kind[row]!, comm), FrameKind.Waker));
    }
    return below;
  }

  /** A frame in brackets below `node`; `node` itself where there is nothing to say. */
  marker(node: number, name: string): number {
    if (name === "") return node;
    let frame = this.#markers.get(name);
    if (frame === undefined) this.#markers.set(name, (frame = this.#builder.frame(name, FrameKind.Marker)));
    return this.#builder.child(node, frame);
  }

  #thread(comm: number): number {
    const known = this.#threads.get(comm);
    if (known !== undefined) return known;
    const frame = this.#builder.frame(threadFrame(this.#analysis.string(comm)), FrameKind.Thread);
    const node = this.#builder.child(0, frame);
    this.#threads.set(comm, node);
    return node;
  }

  #stack(base: number, stack: number): number {
    const isTruncated = (stackFlags(this.#analysis, stack) & StackFlag.Truncated) !== 0;
    return this.#below(isTruncated ? this.marker(base, "[truncated]") : base, stack);
  }

  /** Walks up to a frame that is known below `base`, and from there down again. */
  #below(base: number, stack: number): number {
    const { stacks } = this.#analysis;
    const first = this.#nodes.length;
    let node = base;
    for (let row = stack; row !== 0; row = stacks.prefix[row]!) {
      const place = this.#places.of(base, row);
      if (place < this.#nodes.length) {
        node = this.#nodes[place]!;
        break;
      }
      this.#nodes.push(row); // until its node is known
    }
    for (let place = this.#nodes.length - 1; place >= first; place--) {
      node = this.#builder.child(node, this.#frame(stacks.frame[this.#nodes[place]!]!));
      this.#nodes[place] = node;
    }
    return node;
  }

  #frame(row: number): number {
    if (this.#frames[row] === -1) {
      this.#frames[row] = this.#builder.frame(foldedName(frameName(this.#analysis, row)), kindOf(this.#analysis, row));
    }
    return this.#frames[row]!;
  }
}

function kindOf({ frames, objects }: Analysis, frame: number): FrameKind {
  if (frames.kind[frame] === StackKind.Kernel) return FrameKind.Kernel;
  const object = frames.object[frame]!;
  // Code in memory that no file backs was made at run time.
  return object !== 0 && objects.kind[object] === ObjectKind.Anonymous ? FrameKind.Jit : FrameKind.User;
}

/** As folded text names a thread. */
function threadFrame(comm: string): string {
  return foldedName(comm).replace(/ /g, "_") || "[unnamed]";
}

function wakerFrame(kind: number, comm: string): string {
  if (kind === WakerKind.Interrupt) return "[interrupt]";
  if (kind === WakerKind.Idle) return "[interrupt of an idle CPU]";
  return comm === "" ? "[not recorded]" : threadFrame(comm);
}
