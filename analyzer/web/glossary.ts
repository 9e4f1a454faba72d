// What the words of the field mean, each in a sentence or two, and the elements that explain one where
// it stands. Texts only say what the engine does (capture/FORMAT.md, views/): no advice.

import { h } from "./element.js";
import type { ComponentChild } from "./element.js";

const texts = {
  "off-CPU":
    "Time in which a thread was not running on any CPU: from the switch away from it to the next switch to it. It is blocked until something wakes it, then runnable until a CPU takes it.",
  period: "One stay off the CPU: from a switch away from a thread to the next switch to it.",
  blocked: "Waiting for something to happen: data, a lock, a timer, a disk. It ends with a wakeup.",
  runnable:
    "Woken and ready, but waiting for a CPU to become free. Much of it means that the host has too few CPUs, or a limit of a cgroup.",
  preempted:
    "Still wanting to run when its CPU was taken from it: for another thread, or because its share was used up.",
  "on-CPU":
    "Running on a CPU, as far as the scheduler says. offcut does not know what code ran there; a profiler does.",
  asleep: "State S: a sleep that a signal can end, such as waiting for a socket, a pipe, a futex or a timer.",
  "D state": "State D: a sleep that no signal ends. Mostly disks and file systems, or a lock inside the kernel.",
  other: "Stopped by a debugger or a signal, or in a state that has no name.",
  unknown: "Time whose records were lost, or that was over before the recording could see why.",
  idle: "Waiting that hurts nobody: event loops without events, pools without work, tickers. Rules tell it from the rest; `hide` leaves it out and says how much it was.",
  open: "Periods that were under way when the recording began or ended. Their length is not known, so that they are left out unless asked for.",
  share: "Part of the time of all rows.",
  max: "The longest single one.",
  switches: "How many times the thread left a CPU.",
  observed:
    "How long the thread was there to be seen, from its first record, or the recording's start, to its end. All parts add up to it.",
  stack:
    "Which functions had called each other when the thread began to wait: user code first, then the kernel. Recorded for waits above a length that the recording names.",
  wakeup: "The moment at which something made a blocked thread ready again.",
  waker:
    "The thread in whose context the wakeup happened. An interrupt is nobody's: the thread that it came over has nothing to do with it.",
  latency: "From the wakeup until the thread ran: how long it was ready and had to wait for a CPU.",
  "system call":
    "A thread asking the kernel for something. Its time here is wall time from entry to exit, waiting included; `strace -c` shows CPU time instead.",
  errors: "Calls that returned an error of the kernel (-4095 to -1). Many are harmless, such as EAGAIN.",
  percentile:
    "p50: half of the calls took no longer; p90 and p99: 90 and 99 of 100. They are never too small, and at most 1/16 too large.",
  distribution:
    "How many calls took how long, in powers of two: each bar is twice as long as the one to its left. Heights are of the row's most frequent length.",
  "lower bound":
    "The kernel could not deliver every record, and what is missing is counted. Times can only be larger than shown.",
  weight: "What the stack's number stands for; folded text does not say its unit.",
  change: "After minus before, divided as chosen: per second of recording, or per system call made.",
} as const;

export type Term = keyof typeof texts;

export const terms = Object.keys(texts) as readonly Term[];

export function explanation(term: Term): string {
  return texts[term];
}

/** A small question mark that explains `term` in a popover; also by keyboard and by touch. */
export function Explain({ term, id }: { readonly term: Term; readonly id: string }): ComponentChild {
  const target = `term-${id}`;
  return h("span", { class: "explain" }, [
    h(
      "button",
      { type: "button", class: "explain-button", "aria-label": `What is ${term}?`, popovertarget: target },
      "?",
    ),
    h("span", { id: target, class: "popover", popover: "auto", role: "note" }, [
      h("strong", null, term),
      " ",
      texts[term],
    ]),
  ]);
}
