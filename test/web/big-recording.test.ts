// A recording of 150 MB on the page: read to the last event, by one worker and divided among several to
// the same answer; the page answers hands all the while, and reading can be cancelled. And one of 1 GB, in
// less memory than that; how long it takes is the bench's question.

import { mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { buildDirectory } from "../host.js";
import { writeBigRecording } from "../recordings/big.js";
import { drop, missingBrowser, saved, shown, WebBrowser } from "./browser.js";
import { peakMegabytes } from "./page-memory.js";
import { dataFile } from "./visits.js";

const test = suite("web/big-recording");
const directory = join(buildDirectory, "test-web");
const file = join(directory, "big.offcut");
/** What making the graph on the page's thread takes, and more; the machine may be running other tests. */
const TaskMsMax = 300;
const ReadMsMax = 120_000;
const MemoryMbMax = 1000;
let events: number;
let browser: WebBrowser;

test.before(async () => {
  mkdirSync(directory, { recursive: true });
  events = writeBigRecording(20_000_000, file);
  browser = await WebBrowser.start();
});
test.after(async () => {
  await browser.close();
  rmSync(file);
});

/** With a watch on tasks that take long. */
async function open(cpus: number, on = browser): Promise<Page> {
  const { page } = await on.open(undefined, { cpus });
  page.setDefaultTimeout(ReadMsMax);
  await page.evaluate(() => {
    const tasks: number[] = [];
    Object.assign(window, { tasks });
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" });
    location.hash = "tab=flame";
  });
  return page;
}

async function foldedOf(page: Page): Promise<string> {
  return (await saved(page, () => page.getByRole("button", { name: "Save as Folded" }).click())).text;
}

/** Opens a recording, has the page open and close its help while that is read, and waits for the flame graph. */
async function readWhileAnswering(page: Page, recording: string): Promise<void> {
  await page.setInputFiles("#picker", recording);
  await page.locator("progress").waitFor();
  await page.keyboard.press("?");
  await page.getByRole("heading", { name: "Keys" }).waitFor();
  assert.is(await page.locator("progress").count(), 1, "the help opened while the recording was read");
  await page.keyboard.press("?");
  await shown(page, "tab=flame");
  const longest = await page.evaluate(() => Math.max(0, ...(window as unknown as { tasks: number[] }).tasks));
  assert.ok(longest < TaskMsMax, `a task of ${longest} ms`);
}

/** The page says that it read so many. */
async function sawEvents(page: Page, count: number): Promise<void> {
  await page.evaluate(() => (location.hash = "tab=info"));
  await page.getByText(count.toLocaleString("en-US")).first().waitFor();
}

test("it is read while the page answers, by one worker and by three to the same answer", async () => {
  const answers = new Set<string>();
  for (const cpus of [1, 4]) {
    const page = await open(cpus);
    await readWhileAnswering(page, file);
    assert.is(page.workers().length, Math.max(1, cpus - 1) + 1, "readers, and one that makes views");
    answers.add(await foldedOf(page));
    await sawEvents(page, events);
    await page.context().close();
  }
  assert.is(answers.size, 1);
  assert.ok([...answers][0]!.length > 100_000);
});

test("one of 1 GB is read in less memory than it has bytes, and the page answers all the while", async () => {
  const large = join(directory, "large.offcut");
  const largeEvents = writeBigRecording(Math.ceil((20_000_000 * 1e9) / statSync(file).size), large);
  assert.ok(statSync(large).size > 0.99e9, `${statSync(large).size} bytes`);
  const own = await WebBrowser.start(); // of a process whose memory is this page's alone
  try {
    const page = await open(2, own);
    await readWhileAnswering(page, large);
    assert.ok(peakMegabytes() < MemoryMbMax, `${peakMegabytes()} MB`);
    await sawEvents(page, largeEvents);
  } finally {
    await own.close();
    rmSync(large);
  }
});

test("cancelled, it is closed, and the page reads the next one", async () => {
  for (const cpus of [1, 4]) {
    const page = await open(cpus);
    await page.setInputFiles("#picker", file);
    await page.waitForFunction(() => (document.querySelector("progress")?.value ?? 0) > 0);
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Open recordings…" }).waitFor();
    assert.is(await page.locator("[role=alert]").count(), 0);
    await drop(page, dataFile("redis.offcut"));
    await shown(page, "tab=flame");
    assert.match(await foldedOf(page), /^redis-server;/m);
    await page.context().close();
  }
});

if (missingBrowser() === undefined) test.run();
else {
  const skipped = suite("web/big-recording");
  skipped("is skipped", () => console.log(`SKIP web/big-recording: ${missingBrowser()}`));
  skipped.run();
}
