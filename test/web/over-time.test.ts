// The timeline and the heat maps as hands use them: zooming, choosing a thread, brushing a part which
// every other view then shows, by mouse and by keyboard.

import type { Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { missingBrowser, saved, savedPicture, screenshot } from "./browser.js";
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

/** A view as it begins: coming from another one. */
async function open(link: string, expected: RegExp): Promise<void> {
  await page.mouse.move(0, 0); // what is under the pointer is chosen
  await page.evaluate(() => (location.hash = "tab=info"));
  await page.locator(".info").waitFor();
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

/** Pixels of the timeline in a colour of styles.css, from `top` to `bottom`, in the last `across` columns. */
function pixelsOf(colour: string, top: number, bottom: number, across = Infinity): Promise<number> {
  return page.evaluate(
    ([colour, top, bottom, across]) => {
      const canvas = document.querySelector<HTMLCanvasElement>(".timeline-canvas")!;
      const context = document.createElement("canvas").getContext("2d")!;
      context.fillStyle = getComputedStyle(canvas).getPropertyValue(`--${colour}`);
      context.fillRect(0, 0, 1, 1);
      const sought = context.getImageData(0, 0, 1, 1).data;
      const { data } = canvas.getContext("2d")!.getImageData(Math.max(0, canvas.width - across), top, Math.min(canvas.width, across), bottom - top);
      let found = 0;
      for (let at = 0; at < data.length; at += 4) {
        if (data[at] === sought[0] && data[at + 1] === sought[1] && data[at + 2] === sought[2]) found++;
      }
      return found;
    },
    [colour, top, bottom, across] as const,
  );
}

/** Of the picture: the axis, then a process, then its threads. */
const threadTop = (thread: number) => 22 + 18 + 29 * thread;

test("system calls are drawn below the states of their thread, named once they are near", async () => {
  await open("tab=timeline", /^1\.50 s in sight$/);
  const canvas = page.locator(".timeline-canvas");
  for (let thread = 0; thread < 5; thread++) {
    const top = threadTop(thread);
    assert.is(await pixelsOf("call", top, top + 18), 0, `thread ${thread}: states`);
    assert.ok((await pixelsOf("call", top + 18, top + 29)) > 500, `thread ${thread}: calls`);
  }
  await page.getByRole("button", { name: "As a list" }).click();
  await page.getByText("Choose a thread, by a click or with the arrow keys").waitFor();
  await canvas.focus();
  for (let i = 0; i < 5; i++) await page.keyboard.press("+");
  await said().filter({ hasText: /; 47\.0 ms in sight$|^47\.0 ms in sight$/ }).waitFor();
  assert.ok((await pixelsOf("asleep", threadTop(0), threadTop(6), 2)) > 20, "what goes on beyond the edge of sight is drawn up to it");
  // Of the second thread, between its states and those of the next.
  const box = (await canvas.boundingBox())!;
  await page.mouse.move(box.x + 700, box.y + threadTop(2) + 22);
  await said().filter({ hasText: /^lock-waiter-\d \d+ at 0\.\d{9} s: (futex|clock_nanosleep) = \S+ \(.*\); 47\.0 ms in sight$/ }).waitFor();
  await page.mouse.move(0, 0);
  await page.getByRole("button", { name: "Hide the list" }).click();
});

test("who woke a thread: an arrow from its line, a sentence, and a way to it", async () => {
  await open("tab=timeline", /^1\.50 s in sight$/);
  const canvas = page.locator(".timeline-canvas");
  await canvas.focus();
  for (let i = 0; i < 6; i++) await page.keyboard.press("+");
  await said().filter({ hasText: /23\.5 ms in sight$/ }).waitFor();
  do await page.keyboard.press("ArrowDown");
  while (!/^lock-waiter-1 /.test((await said().textContent())!));
  const threads = [threadTop(0), threadTop(4)] as const;
  // Thin arrows let through what is below them.
  assert.is(await pixelsOf("accent", ...threads), 0);
  await page.getByRole("button", { name: "As a list" }).click();
  const woken = page.getByRole("listitem").filter({ hasText: /off-CPU .* in futex, .*woken by lock-holder \(\d+\)/ });
  await woken.first().waitFor();
  await woken.first().getByRole("button", { name: /off-CPU/ }).click();
  await said().filter({ hasText: /^lock-waiter-1 \d+ at .*woken by lock-holder \(\d+\); 23\.5 ms in sight$/ }).waitFor();
  await screenshot(page, "timeline-woken");
  assert.ok((await pixelsOf("accent", ...threads)) > 2 * 18, "a thick arrow from one thread to the other");
  assert.is(await page.locator("[aria-current=true]").filter({ hasText: /woken by lock-holder/ }).count(), 1);
  const first = await said().textContent();
  await canvas.focus();
  await page.keyboard.press("Shift+ArrowRight");
  await page.waitForFunction((text) => document.querySelector(".said-line")!.textContent !== text, first);
  await page.keyboard.press("Shift+ArrowLeft");
  await said().filter({ hasText: first! }).waitFor();
  await woken.first().getByRole("button", { name: "go to its waker" }).click();
  await said().filter({ hasText: /^lock-holder \d+: / }).waitFor();
  await page.getByRole("button", { name: "Hide the list" }).click();
});

test("pictures are saved as they are shown", async () => {
  for (const [link, ending] of [
    ["tab=timeline", ".timeline.png"],
    ["tab=heat", ".heat.png"],
  ] as const) {
    await open(link, /in sight$|of waits/);
    const canvas = page.locator(".answer canvas");
    const size = await canvas.evaluate((element: HTMLCanvasElement) => [element.width, element.height]);
    const picture = await savedPicture(page);
    assert.is(picture.name, `mixed${ending}`);
    assert.equal([picture.width, picture.height], size);
    assert.ok(picture.colours > 5, `${picture.colours} colours in ${picture.name}`);
  }
});

test("a double click on a thread shows only it; what is exported is what is shown", async () => {
  await open("tab=timeline", /in sight$/);
  await page.locator(".timeline-canvas").dblclick({ position: { x: 60, y: threadTop(1) + 9 } });
  await page.waitForFunction(() => /tid=\d+/.test(location.hash));
  const { text } = await saved(page, () => page.getByRole("button", { name: "Save as CSV" }).click());
  const [header, ...rows] = text.trim().split("\r\n");
  assert.is(header, "comm,pid,tid,onCpuNs,runnableNs,preemptedNs,uninterruptibleNs,sleepingNs,callNs");
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
