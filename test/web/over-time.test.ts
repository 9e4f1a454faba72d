// The timeline and the heat maps as hands use them: zooming, choosing a thread, brushing a part which
// every other view then shows, by mouse and by keyboard.

import type { Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { missingBrowser, saved, screenshot } from "./browser.js";
import { dataFile, visit } from "./visits.js";
import type { Visit } from "./visits.js";

const test = suite("web/over-time");
let page: Page;
let visited: Visit;

test.before(async () => {
  visited = await visit(dataFile("mixed.offcut"));
  page = visited.page;
});
test.after(() => visited.end());

const said = () => page.locator(".said-line");
const words = () => page.evaluate(() => decodeURIComponent(location.hash.slice(1)).split("&").sort());

async function open(link: string, expected: RegExp): Promise<void> {
  await page.evaluate((hash) => (location.hash = hash), link);
  await said().filter({ hasText: expected }).waitFor();
}

test("the timeline shows the whole recording, zooms, and says what a thread did", async () => {
  await open("tab=timeline", /^1\.50 s in sight$/);
  await screenshot(page, "timeline");
  const canvas = page.locator(".timeline-canvas");
  await canvas.focus();
  await page.keyboard.press("ArrowDown");
  await said().filter({ hasText: /^mixed \(\d+\), \d+ threads: / }).waitFor();
  for (let i = 0; i < 3; i++) await page.keyboard.press("+");
  await said().filter({ hasText: /; 188 ms in sight$/ }).waitFor();
  await page.keyboard.press("Home");
  await said().filter({ hasText: /; 1\.50 s in sight$/ }).waitFor();
});

test("a click on a thread shows only it; what is exported is what is shown", async () => {
  await open("tab=timeline", /in sight$/);
  await page.locator(".timeline-canvas").click({ position: { x: 60, y: 22 + 18 * 2 + 9 } });
  await page.waitForFunction(() => /tid=\d+/.test(location.hash));
  const { text } = await saved(page, () => page.getByRole("button", { name: "Save as CSV" }).click());
  const [header, ...rows] = text.trim().split("\r\n");
  assert.is(header, "comm,pid,tid,onCpuNs,runnableNs,preemptedNs,uninterruptibleNs,sleepingNs");
  assert.is(rows.length, 1, text);
  const tid = (await words()).find((word) => word.startsWith("tid="))!.slice(4);
  assert.is(rows[0]!.split(",")[2], tid);
});

test("a brushed part is a filter of every view, and undone like any", async () => {
  await open("tab=timeline", /^1\.50 s in sight$/);
  const box = (await page.locator(".timeline-canvas").boundingBox())!;
  await page.keyboard.down("Shift");
  await page.mouse.move(box.x + 600, box.y + 100);
  await page.mouse.down();
  await page.mouse.move(box.x + 900, box.y + 120, { steps: 4 });
  await page.mouse.up();
  await page.keyboard.up("Shift");
  await page.waitForFunction(() => /from=/.test(location.hash));
  const [from, to] = ["from", "to"].map((name) => Number(/=(.*)/.exec(page.url().split(/[#&]/).find((word) => word.startsWith(`${name}=`))!)![1]));
  assert.ok(from! > 0.4 && to! - from! > 0.3 && to! < 1.2, `${from} to ${to}`);
  await page.getByRole("tab", { name: "Threads" }).click();
  await page.getByRole("button", { name: "Save as JSON" }).waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.waitForFunction(() => !/from=/.test(location.hash));
});

test("heat maps count what ended, and a part marked by keyboard becomes filters", async () => {
  await open("tab=heat&heat.by=calls", /of system calls, at most/);
  await screenshot(page, "heat-calls");
  await open("tab=heat&heat.by=offset&heat.state=uninterruptibleNs", /of thread time, at most/);
  await screenshot(page, "heat-offset");
  await open("tab=heat", /of waits, at most/);
  await page.locator(".heat-area canvas").focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowUp");
  await said().filter({ hasText: /^from 0\.\d+ s for / }).waitFor();
  for (let i = 0; i < 5; i++) await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => /max-block-time=/.test(location.hash));
  const names = (await words()).map((word) => word.replace(/=.*/, ""));
  assert.equal(names, ["from", "max-block-time", "min-block-time", "tab", "to"]);
});

const missing = missingBrowser();
if (missing === undefined) test.run();
else {
  const skipped = suite("web/over-time");
  skipped("is skipped", () => console.log(`SKIP web/over-time: ${missing}`));
  skipped.run();
}
