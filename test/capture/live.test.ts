// A live view is only a pipe: the recorder writes to standard output, and the command line prints each
// interval while the recording goes on, with the names of kernel functions, which therefore are in the
// recording as soon as the stacks that need them.

import * as assert from "uvu/assert";
import { cliMain } from "../cli/run-cli.js";
import { recordingSuite, workload } from "../host.js";
import { endAll, Program, startRecorder } from "./recorder.js";

const test = recordingSuite("capture/live");

interface Live {
  /** What was printed before the recorder was stopped. */
  readonly before: string;
  readonly whole: string;
}

/** Records this host into `offcut WORDS -` until `isEnough` has been printed, then stops the recorder. */
async function live(words: readonly string[], isEnough: (printed: string) => boolean): Promise<Live> {
  const viewer = new Program([process.execPath, cliMain, ...words, "-"]);
  const recorder = await startRecorder(["-o", "-"], { stdio: ["ignore", viewer.process.stdin!, "pipe"] });
  viewer.process.stdin!.destroy(); // the recorder holds the pipe now: its end is the recording's
  await viewer.waitUntil(() => isEnough(viewer.stdout), "two intervals of a recording under way");
  assert.not(recorder.hasEnded);
  const before = viewer.stdout;
  const recorded = await recorder.stop();
  assert.is(recorded.code, 0, recorded.stderr);
  const { code, stdout, stderr } = await viewer.end();
  assert.is(code, 0, stderr);
  return { before, whole: stdout.toString() };
}

const stamps = (text: string) => text.match(/^\[\d\d:\d\d:\d\d\]$/gm) ?? [];
/** The third stands above the second one's end. */
const twoIntervals = (text: string) => stamps(text).length >= 3;

test("syscalls: each interval while the recording goes on", async () => {
  const { before, whole } = await live(["syscalls", "-i", "1"], twoIntervals);
  assert.match(before, /^SYSCALL +COUNT /m);
  assert.match(before, /^(epoll_pwait|read|futex|write) +\d/m);
  assert.ok(stamps(whole).length > stamps(before).length, "and the last one, which the end cut");
  assert.ok(whole.startsWith(before));
});

test("offcpu: kernel frames have their names from the first interval on", async () => {
  const { before } = await live(["offcpu", "-i", "1"], twoIntervals);
  const [, first = ""] = before.split(/^\[\d\d:\d\d:\d\d\]$/m);
  assert.match(first, /^ {4}(do_syscall_64|el0_svc)$/m);
  assert.match(first, /^ {4}(schedule_hrtimeout_range|do_epoll_wait|futex_do_wait|do_nanosleep|anon_pipe_read|ep_poll|worker_thread|__x64_sys_\w+|__arm64_sys_\w+)/m);
});

test("offcpu: user stacks are whole and named while the recording goes on", async () => {
  const napping = new Program([workload("deep"), "3", "100000"]);
  await napping.waitUntil(() => napping.stdout.startsWith("ready"), "its gate");
  napping.process.stdin!.write("\n");
  const words = ["offcpu", "-i", "1", "-f", "-U", "-p", String(napping.process.pid)];
  const named = /^[^;\n]+;.*main;outer;middle;(descend;)+nap(;[^\n]*)? \d+$/m;
  const { before } = await live(words, (text) => named.test(text) || stamps(text).length >= 8);
  assert.match(before, named);
});

test("offcpu -f: folded stacks of each interval", async () => {
  const { before } = await live(["offcpu", "-i", "1", "-f"], twoIntervals);
  assert.match(before, /^[^;\n]+(;[^;\n]+)*;(do_syscall_64|el0_svc)[^;\n]*;[^\n]+ \d+$/m);
});

test("hist and events: as their events come", async () => {
  const histograms = await live(["hist", "-i", "1", "-C", "syscall"], twoIntervals);
  assert.match(histograms.before, /^\t\d+ +syscall = \w+$/m);
  const lines = (text: string) => text.split("\n").length;
  const events = await live(["events"], (text) => lines(text) > 100);
  assert.ok(lines(events.whole) > lines(events.before));
});

test.after.each(endAll);
test.run();
