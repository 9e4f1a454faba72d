// Asking on the page, in a real browser: filters that are typed and clicked, links, undo, the order of
// tables, and the keyboard for all of it.

import type { Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { namedRecording } from "../recordings/named.js";
import { drop, missingBrowser, screenshot, shown } from "./browser.js";
import { chips, column, dataFile, Visits } from "./visits.js";

const test = suite("web/asking");
const redis = dataFile("redis.offcut");
let visits: Visits;

test.before(async () => {
  visits = await Visits.start();
});
test.after(() => visits.end());

async function typeFilter(page: Page, text: string): Promise<void> {
  await page.getByLabel("Add a filter").fill(text);
  await page.keyboard.press("Enter");
}

test("filters are typed, clicked, taken away, undone and done again", async () => {
  const page = await visits.openRedis("tab=offcpu");
  await typeFilter(page, "comm=redis-s*");
  await shown(page, "tab=offcpu&comm=redis-s*");
  assert.equal(new Set(await column(page, 2)), new Set(["redis-server"]));
  await page
    .locator(".cell", { hasText: /^fdatasync$/ })
    .first()
    .click();
  await shown(page, "tab=offcpu&comm=redis-s*&syscall=fdatasync");
  await page.getByRole("button", { name: "Undo" }).click();
  await shown(page, "tab=offcpu&comm=redis-s*");
  await page.goBack();
  await shown(page, "tab=offcpu");
  await page.keyboard.press("Control+Shift+Z");
  await shown(page, "tab=offcpu&comm=redis-s*");
  await page.getByRole("button", { name: "Redo" }).click();
  await shown(page, "tab=offcpu&comm=redis-s*&syscall=fdatasync");
  await page.getByLabel("Remove the filter comm redis-s*").click();
  await shown(page, "tab=offcpu&syscall=fdatasync");
});

test("a filter that means nothing says why at its field, and changes nothing", async () => {
  const page = await visits.openRedis("tab=offcpu");
  await typeFilter(page, "state=asleep");
  const sentence = '--state takes S, D, preempted, runnable, blocked, or a bit mask, not "asleep"';
  assert.is(await page.locator("#typed-filter-problem").textContent(), sentence);
  await typeFilter(page, "colour=red");
  assert.match(
    String(await page.locator("#typed-filter-problem").textContent()),
    '"colour" is no filter; there are pid, tid',
  );
  await page.getByRole("button", { name: "Filters" }).click();
  await page.locator("#filter-errno").fill("EWHAT");
  await page.keyboard.press("Tab");
  await page.getByText('--errno takes names or numbers of errors separated by commas, not "EWHAT"').waitFor();
  assert.equal(await chips(page), []);
  await page.locator("#filter-errno").fill("ENOENT");
  await page.keyboard.press("Tab");
  await page.locator(".chip.unused", { hasText: "errnoENOENTnot asked here" }).waitFor();
  await screenshot(page, "filters");
});

test("a link with what cannot be read is a sentence", async () => {
  const page = await visits.open();
  await page.evaluate(() => (location.hash = "tab=offcpu&from=3&to=2"));
  await drop(page, redis);
  await page.locator(".sentence").getByText("--to is not after --from").waitFor();
});

test("tables are sorted by their titles, both ways and back", async () => {
  const page = await visits.openRedis("tab=syscalls");
  const names = await column(page, 1);
  const sort = page.getByRole("columnheader", { name: "Errors" });
  const title = sort.getByRole("button", { name: "Errors", exact: true });
  await title.click();
  await shown(page, "tab=syscalls&syscalls.sort=errors");
  assert.is(await sort.getAttribute("aria-sort"), "descending");
  assert.equal((await column(page, 3)).slice(0, 4), ["40", "34", "20", "15"]);
  await title.click();
  await shown(page, "tab=syscalls&syscalls.sort=errors:up");
  assert.is((await column(page, 3))[0], "-");
  await title.click();
  await shown(page, "tab=syscalls");
  assert.equal(await column(page, 1), names);
});

test("a link opened anew shows the same of the same recording", async () => {
  const page = await visits.openRedis("tab=waits&waits.group-by=syscall&comm=redis*&idle=show&waits.sort=p99");
  const before = await page.locator("#panel").innerText();
  await page.reload();
  await drop(page, redis);
  await shown(page, "tab=waits&waits.group-by=syscall&comm=redis*&idle=show&waits.sort=p99");
  assert.is(await page.locator("#panel").innerText(), before);
});

test("ten thousand threads are some dozens of elements, and keys reach every one", async () => {
  const page = await visits.open();
  await page.evaluate(() => (location.hash = "tab=threads&threads.sort=tid:up"));
  await drop(page, {
    name: "many.offcut",
    bytes: namedRecording(10_000, { host: "h", comm: (thread) => `t${thread}`, path: "[kernel]", symbol: "read" }),
  });
  await shown(page, "tab=threads&threads.sort=tid:up");
  const cell = page.locator('.cell[tabindex="0"]');
  assert.is(await page.locator(".grid").getAttribute("aria-rowcount"), "10001");
  assert.ok((await page.locator(".grid-row").count()) < 120);
  await cell.focus();
  await page.keyboard.press("Control+End");
  await page.locator('[data-place="9999 10"]:focus').waitFor();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowUp");
  assert.is(await page.locator(".cell:focus").textContent(), "t9998");
  await page.keyboard.press("Enter");
  await shown(page, "tab=threads&threads.sort=tid:up&comm=t9998");
  assert.equal(await column(page, 1), ["t9998"]);
  await page.locator('[data-place="0 0"]:focus').waitFor();
});

test("the keyboard reaches tabs, filters and a row's details", async () => {
  const page = await visits.openRedis();
  await page.keyboard.press("3");
  await shown(page, "tab=offcpu");
  await page.locator('.cell[tabindex="0"]').focus();
  await page.keyboard.press("Space");
  await page.getByRole("complementary", { name: "The row in detail" }).getByText("blkdev_issue_flush").waitFor();
  await page.keyboard.press("Escape");
  assert.is(await page.getByRole("complementary").count(), 0);
  await page.keyboard.press("f");
  assert.is(await page.evaluate(() => document.activeElement?.id), "typed-filter");
  await page.getByRole("tab", { selected: true }).focus();
  await page.keyboard.press("ArrowRight");
  await shown(page, "tab=syscalls");
});

if (missingBrowser() === undefined) test.run();
else {
  const skipped = suite("web/asking");
  skipped("is skipped", () => console.log(`SKIP web/asking: ${missingBrowser()}`));
  skipped.run();
}
