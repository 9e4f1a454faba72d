// The flame graph on the page as a person uses it: zoom by click and by key, search, the menu of a box,
// one function's callers and callees, another weight, two recordings compared, exports, a link.

import type { Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runCli } from "../cli/run-cli.js";
import { join } from "node:path";
import { projectRoot } from "../host.js";
import { drop, missingBrowser, saved, screenshot, shown } from "./browser.js";
import { dataFile, visit } from "./visits.js";
import type { Visit } from "./visits.js";

const test = suite("web/flame-graph");
let page: Page;
let visited: Visit;

test.before(async () => {
  visited = await visit(dataFile("redis.offcut"));
  page = visited.page;
});
test.after(() => visited.end());

const details = () => page.locator(".flame-details").first();
const canvas = () => page.locator(".flame-canvas").first();
const crumbs = () => page.locator(".crumbs button").allTextContents();

async function show(link: string): Promise<void> {
  await page.mouse.move(0, 0); // what is under the pointer is chosen
  await page.evaluate((hash) => (location.hash = hash), link);
  await shown(page, link);
}

test("all of it, and what is under the pointer", async () => {
  await show("tab=flame");
  assert.match((await details().textContent())!, /^all \(2\.\d+ s, 100\.0 %/);
  await screenshot(page, "flame-graph");
  const box = (await canvas().boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + 30);
  await details().filter({ hasText: /^redis-server \(/ }).waitFor();
});

test("keys walk from caller to callee; Enter zooms, Escape goes back", async () => {
  await show("tab=flame");
  await canvas().focus();
  await page.keyboard.press("ArrowDown");
  await details().filter({ hasText: /^redis-server \(/ }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  assert.equal((await crumbs()).slice(0, 2), ["all", "redis-server"]);
  assert.is((await crumbs()).length, 3);
  await page.keyboard.press("Backspace");
  assert.is((await crumbs()).length, 2);
  await page.keyboard.press("Escape");
  assert.equal(await crumbs(), ["all"]);
});

test("a search says how much it holds, and a link brings it back", async () => {
  await show("tab=flame");
  await page.getByRole("searchbox", { name: "Search for frames" }).fill("submit_bio_wait|folio_wait");
  await page.keyboard.press("Enter");
  const matched = page.locator(".flame-matched");
  await matched.filter({ hasText: /^Matched: \d+\.\d % \(/ }).waitFor();
  const link = new URL(page.url()).hash.slice(1);
  assert.match(link, /flame\.search=submit_bio_wait/);
  const said = await matched.textContent();
  await show("tab=threads");
  await show(link);
  assert.is(await page.locator(".flame-matched").textContent(), said);
  await screenshot(page, "flame-search");
});

test("the menu of a box: around one function, only its stacks, hidden", async () => {
  await show("tab=flame");
  await canvas().focus();
  for (let i = 0; i < 6; i++) await page.keyboard.press("ArrowDown");
  const name = /^(\S+) \(/.exec((await details().textContent())!)![1]!;
  await page.keyboard.press("m");
  await page.getByRole("menuitem", { name: "Callers and callees" }).click();
  await page.getByText("its callers above, what it calls below").waitFor();
  assert.is(await page.locator(".flame-canvas").count(), 2);
  assert.ok((await details().textContent())!.startsWith(`${name} (`));
  await screenshot(page, "flame-around");
  await page.getByRole("button", { name: "Back to all" }).click();
  await canvas().focus();
  for (let i = 0; i < 6; i++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("m");
  await page.getByRole("menuitem", { name: "Only stacks with it" }).click();
  await page.waitForFunction(() => /stack=/.test(location.hash));
  await page.getByRole("button", { name: "Undo" }).click();
  await page.waitForFunction(() => !/stack=/.test(location.hash));
});

test("a list of the same for those who do not see it", async () => {
  await show("tab=flame");
  await page.getByRole("button", { name: "As a list" }).click();
  const items = page.getByRole("treeitem");
  assert.match((await items.first().textContent())!, /^all \(/);
  const threads = await items.allTextContents();
  assert.ok(threads.some((text) => text.startsWith("redis-server (")), threads.join("\n"));
  await items.filter({ hasText: /^redis-server \(/ }).click();
  assert.is(await page.locator("[role=treeitem][aria-selected=true]").textContent(), threads.find((text) => text.startsWith("redis-server (")));
});

test("every weight is drawn, and folded text is what the command folds", async () => {
  for (const weight of ["blocked", "runqueue", "periods", "syscalls", "calls", "wakers", "wakeups"]) {
    await show(`tab=flame&flame.weight=${weight}`);
    assert.match((await details().textContent())!, /^all \(/, weight);
  }
  await show("tab=flame&flame.shape=upright");
  const { text } = await saved(page, () => page.getByRole("button", { name: "Save as Folded" }).click());
  const total = text.trim().split("\n").reduce((sum, line) => sum + Number(/ (\d+)$/.exec(line)![1]), 0);
  const { stdout } = await runCli(["offcpu", "--json", "--idle", "hide", join(projectRoot, "test/data/redis.offcut")]);
  assert.is(total, (JSON.parse(stdout) as { totals: { totalNs: number } }).totals.totalNs);
  const svg = await saved(page, () => page.getByRole("button", { name: "Save as SVG" }).click());
  assert.match(svg.text, /^<svg [^]*redis-server[^]*<\/svg>\s*$/);
});

test("two recordings are compared", async () => {
  await drop(page, dataFile("mixed.offcut"));
  await show("tab=flame");
  await page.locator(".legend").filter({ hasText: "more than before" }).waitFor();
  await screenshot(page, "flame-diff");
});

const missing = missingBrowser();
if (missing === undefined) test.run();
else {
  const skipped = suite("web/flame-graph");
  skipped("is skipped", () => console.log(`SKIP web/flame-graph: ${missing}`));
  skipped.run();
}
