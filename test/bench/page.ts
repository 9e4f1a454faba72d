// Does the page stay smooth, and how soon does it answer? In a real Chromium without a graphics card
// (drawing is software's): frames a second while a flame graph of many distinct frames is zoomed and
// moved, and how soon it is drawn next to speedscope's; how long generated recordings (test/recordings/big.ts) take from being chosen as files to the
// first flame graph that is drawn, what memory the page's process takes at most, and the longest time
// for which its thread could not have answered a hand; and whether reading can be cancelled.

import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright-core";
import { buildDirectory } from "../host.js";
import { writeBigRecording } from "../recordings/big.js";
import { Random } from "../recordings/random.js";
import { missingBrowser, pageUrl, WebBrowser } from "../web/browser.js";
import { peakMegabytes } from "../web/page-memory.js";
import { rounded, type Answer, type Verdict } from "./answer.js";

const DistinctFrames = 200_000;
const SmoothMs = 8_000;
const FramesPerSecondMin = 50;
const Events = 20_000_000;
const EventsSecondsMax = 2;
/** Of which the one in the middle counts. */
const Openings = 3;
const LargeBytes = 1e9;
const LargeSecondsMax = 15;
const LargeMemoryMbMax = 1000;
const TaskMsMax = 100;
const CancelSecondsMax = 1;
/** A hand takes longer to choose a file than the page to be ready for it. */
const ChoosingMs = 500;
/** Beyond, something hangs. */
const WaitMsMax = 120_000;

export async function page(progress: (text: string) => void): Promise<Answer> {
  const question = "page";
  const missing = missingBrowser();
  if (missing !== undefined) {
    console.log(`SKIP page: ${missing}`);
    return { question, method: `skipped: ${missing}`, rows: [], verdicts: [] };
  }
  const directory = join(buildDirectory, "bench");
  mkdirSync(directory, { recursive: true });
  const rows: Record<string, string | number>[] = [];
  const verdicts: Verdict[] = [];
  progress(`a flame graph of ${DistinctFrames} distinct frames`);
  const folded = join(directory, "page.folded");
  writeFolded(folded);
  const smooth = await smoothness(folded);
  rows.push({ what: `flame graph of ${DistinctFrames} distinct frames`, ...smooth, seconds: "", "memory, MB": "", "longest task, ms": "" });
  verdicts.push({ what: "frames a second while zooming and moving", measured: smooth["frames a second"], target: FramesPerSecondMin, direction: "at least" });

  progress("the same stacks, beside speedscope");
  const beside = await besideSpeedscope(folded);
  rows.push(...beside.rows);
  verdicts.push({ what: "the same folded stacks, seconds until drawn next to speedscope", measured: beside.ours, target: beside.theirs, direction: "below" });
  rmSync(folded);

  const file = join(directory, "page.offcut");
  progress(`writing ${Events} events`);
  const events = writeBigRecording(Events, file);
  const bytesPerEvent = statSync(file).size / events;
  progress("opening them");
  const openings = [];
  for (let run = 0; run < Openings; run++) openings.push(await opening(file));
  const opened = openings.sort((a, b) => a.seconds - b.seconds)[Openings >> 1]!;
  rows.push({ what: `${events} events (${rounded(statSync(file).size / 1e6, 0)} MB)`, ...opened });
  verdicts.push({ what: "20 million events, seconds to the first flame graph", measured: opened.seconds, target: EventsSecondsMax, direction: "below" });

  progress("writing 1 GB");
  const largeEvents = writeBigRecording(Math.ceil(LargeBytes / bytesPerEvent), file);
  progress("opening it");
  const large = await opening(file);
  rows.push({ what: `${largeEvents} events (${rounded(statSync(file).size / 1e6, 0)} MB)`, ...large });
  progress("cancelling it");
  const cancelSeconds = await cancelling(file);
  rmSync(file);
  verdicts.push(
    { what: "1 GB, seconds to the first flame graph", measured: large.seconds, target: LargeSecondsMax, direction: "below" },
    { what: "1 GB, MB of the page's process at most", measured: large["memory, MB"], target: LargeMemoryMbMax, direction: "below" },
    { what: "1 GB, ms of the longest task of the page's thread", measured: large["longest task, ms"], target: TaskMsMax, direction: "below" },
    { what: "1 GB, seconds from Cancel to an idle page", measured: cancelSeconds, target: CancelSecondsMax, direction: "below" },
  );
  const method = "Chromium without a window, software rendering, 1440 x 900; from the file's choice to the drawn flame graph, of the smaller one the middle of three times";
  return { question, method, rows, verdicts };
}

/** A function calls few others, but on the whole there are more and more of them the deeper it goes. */
const CalleesEach = 1.35;

/** Distinct functions in a tree that is wide at every depth, so that as many boxes as possible are in sight. */
function writeFolded(file: string): void {
  const random = new Random(1);
  const paths: string[] = ["main"];
  const callsNone = new Set<number>();
  for (let frame = 1; frame < DistinctFrames; frame++) {
    const caller = Math.floor(frame / CalleesEach);
    paths.push(`${paths[caller === frame ? frame - 1 : caller]!};f${frame}`);
    callsNone.add(frame).delete(caller);
  }
  const lines = Array.from(callsNone, (frame) => `${paths[frame]!} ${random.between(1, 1000)}`);
  writeFileSync(file, lines.join("\n") + "\n");
}

async function smoothness(file: string) {
  const browser = await WebBrowser.start();
  try {
    const { page } = await browser.open();
    await page.setInputFiles("#picker", file);
    await page.locator(".flame-canvas").waitFor({ timeout: WaitMsMax });
    const frames = await framesWhileZooming(page);
    const gaps = frames.slice(1).map((at, i) => at - frames[i]!).sort((a, b) => a - b);
    const seconds = (frames.at(-1)! - frames[0]!) / 1000;
    return { "frames a second": rounded(gaps.length / seconds, 1), "longest frame, ms": rounded(gaps.at(-1)!, 0) };
  } finally {
    await browser.close();
  }
}

interface Opening {
  readonly seconds: number;
  readonly "memory, MB": number;
  readonly "longest task, ms": number;
}

/** The middle of three openings each, by turns. */
async function besideSpeedscope(file: string) {
  const ours: Opening[] = [];
  const theirs: Opening[] = [];
  for (let run = 0; run < Openings; run++) {
    ours.push(await opening(file));
    theirs.push(await openingInSpeedscope(file));
  }
  const middle = (all: Opening[]) => all.sort((a, b) => a.seconds - b.seconds)[Openings >> 1]!;
  const [here, there] = [middle(ours), middle(theirs)];
  const what = (who: string) => `folded stacks of ${DistinctFrames} distinct frames, opened in ${who}`;
  return {
    rows: [
      { what: what("offcut"), ...here },
      { what: what("speedscope"), ...there },
    ],
    ours: here.seconds,
    theirs: there.seconds,
  };
}

async function openingInSpeedscope(file: string): Promise<Opening> {
  const url = pathToFileURL(join(dirname(createRequire(import.meta.url).resolve("speedscope/package.json")), "dist/release/index.html"));
  const browser = await WebBrowser.start();
  try {
    const { page } = await browser.open(url.href);
    await watchTasks(page);
    await sleep(ChoosingMs);
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByText("Browse", { exact: true }).click()]);
    await page.evaluate(() => Object.assign(window, { begun: performance.now() }));
    await chooser.setFiles(file);
    await page.waitForFunction(() => document.body.innerText.includes("Left Heavy"), undefined, { polling: "raf", timeout: WaitMsMax });
    // Drawn when the browser has had a frame for it.
    const seconds = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const { begun } = window as unknown as { begun: number };
          requestAnimationFrame(() => requestAnimationFrame(() => resolve((performance.now() - begun) / 1000)));
        }),
    );
    return { seconds: rounded(seconds, 2), "memory, MB": peakMegabytes(), "longest task, ms": await longestTask(page) };
  } finally {
    await browser.close();
  }
}

/** Zooms in, moves and zooms out again and again, a little each frame; answers when frames began. */
function framesWhileZooming(page: Page): Promise<number[]> {
  return page.evaluate(async (lengthMs) => {
    const canvas = document.querySelector(".flame-canvas")!;
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const times: number[] = [];
    // To where the graph has most boxes.
    canvas.dispatchEvent(new WheelEvent("wheel", { shiftKey: true, deltaY: 320, cancelable: true }));
    for (let frame = 0; ; frame++) {
      const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
      times.push(now);
      if (now - times[0]! > lengthMs) return times;
      const phase = frame % 240;
      const delta = phase < 80 ? { deltaY: -30 } : phase < 160 ? { deltaX: phase < 120 ? 12 : -12 } : { deltaY: 30 };
      const at = { clientX: left + width * (0.2 + 0.6 * ((frame % 720) / 720)), clientY: top + height / 3 };
      canvas.dispatchEvent(new WheelEvent("wheel", { ...delta, ...at, bubbles: true, cancelable: true }));
    }
  }, SmoothMs);
}

async function opening(file: string): Promise<Opening> {
  const browser = await WebBrowser.start();
  try {
    const page = await chosen(browser, file);
    const seconds = await shownAfter(page, ".flame-canvas");
    return { seconds: rounded(seconds, 2), "memory, MB": peakMegabytes(), "longest task, ms": await longestTask(page) };
  } finally {
    await browser.close();
  }
}

async function cancelling(file: string): Promise<number> {
  const browser = await WebBrowser.start();
  try {
    const page = await chosen(browser, file);
    await page.locator("progress").waitFor();
    await page.waitForFunction(() => document.querySelector("progress")!.value > 0.2 * document.querySelector("progress")!.max);
    await page.evaluate(() => Object.assign(window, { begun: performance.now() }));
    await page.getByRole("button", { name: "Cancel" }).click();
    return rounded(await shownAfter(page, ".welcome"), 2);
  } finally {
    await browser.close();
  }
}

/** A page whose flame graph is to be that of `file`, which was just chosen. */
async function chosen(browser: WebBrowser, file: string): Promise<Page> {
  const { page } = await browser.open(`${pageUrl}#tab=flame`);
  await watchTasks(page);
  await page.evaluate(() => document.addEventListener("change", () => Object.assign(window, { begun: performance.now() }), true));
  await sleep(ChoosingMs);
  await page.setInputFiles("#picker", file);
  return page;
}

async function watchTasks(page: Page): Promise<void> {
  await page.evaluate(() => {
    const tasks: number[] = [];
    Object.assign(window, { tasks, begun: 0 });
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" });
  });
}

/** In ms; 0 where none took longer than 50. */
async function longestTask(page: Page): Promise<number> {
  return rounded(await page.evaluate(() => Math.max(0, ...(window as unknown as { tasks: number[] }).tasks)), 0);
}

/** Seconds from what began to an element that is there, and, if it is a canvas, drawn. */
async function shownAfter(page: Page, selector: string): Promise<number> {
  const shown = await page.waitForFunction(
    (selector) => {
      const found = document.querySelector(selector);
      const isDrawn = found !== null && (!(found instanceof HTMLCanvasElement) || found.width !== 300); // that of an untouched one
      return isDrawn && (performance.now() - (window as unknown as { begun: number }).begun) / 1000;
    },
    selector,
    { polling: "raf", timeout: WaitMsMax },
  );
  return (await shown.jsonValue()) as number;
}
