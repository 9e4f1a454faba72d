// The page in a real browser, as a person uses it: recordings are dropped, read, filtered, sorted,
// undone, linked to; what is no recording is refused in a sentence; and nothing ever leaves.

import { readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { TemporaryFiles } from "../cli/run-cli.js";
import { buildDirectory, projectRoot } from "../host.js";
import { namedRecording } from "../recordings/named.js";
import { drop, missingBrowser, saved, screenshot, shown, WebBrowser } from "./browser.js";
import type { OpenedPage } from "./browser.js";

const test = suite("web/page");
const data = (name: string) => ({ name, bytes: new Uint8Array(readFileSync(join(projectRoot, "test/data", name))) });
const redis = data("redis.offcut");
const files = new TemporaryFiles();
let browser: WebBrowser;
const opened: OpenedPage[] = [];

test.before(async () => {
  browser = await WebBrowser.start();
});
test.after(async () => {
  // Whatever was done above: not a byte went out, and nothing failed unseen.
  assert.equal(opened.flatMap(({ requests, errors }) => [...requests, ...errors]), []);
  assert.ok(opened.length > 8);
  files.remove();
  await browser.close();
});

async function open(...options: Parameters<WebBrowser["open"]>): Promise<Page> {
  const one = await browser.open(...options);
  opened.push(one);
  return one.page;
}

/** A page that shows `link` of redis.offcut. */
async function openRedis(link = ""): Promise<Page> {
  const page = await open();
  await page.evaluate((hash) => (location.hash = hash), link);
  await drop(page, redis);
  await shown(page, link);
  return page;
}

const chips = (page: Page) => page.locator(".chip").allTextContents();
const column = (page: Page, at: number) => page.locator(`.grid-row.body .cell:nth-child(${at})`).allTextContents();
const typeFilter = async (page: Page, text: string) => {
  await page.getByLabel("Add a filter").fill(text);
  await page.keyboard.press("Enter");
};

test("a dropped recording shows what offcut report says", async () => {
  const page = await openRedis();
  await page.getByText("redis-server: 1 thread waited 20.6 % of its time in fdatasync").waitFor();
  await screenshot(page, "report-light");
});

test("the example is one click away, and a finding leads on to what shows it", async () => {
  const page = await open(undefined, { dark: true });
  await screenshot(page, "welcome-dark");
  await page.getByRole("button", { name: "Look at an example" }).click();
  await page.getByRole("button", { name: /^Show: redis-server: 1 thread waited 20/ }).click();
  await shown(page, "tab=offcpu&pid=13383&syscall=fdatasync&state=D");
  assert.is(await page.getByRole("tab", { selected: true }).textContent(), "Off-CPU");
  assert.equal(await chips(page), ["pid13383×", "syscallfdatasync×", "stateD×"]);
  await screenshot(page, "offcpu-dark");
});

test("filters are typed, clicked, taken away, undone and done again", async () => {
  const page = await openRedis("tab=offcpu");
  await typeFilter(page, "comm=redis-s*");
  await shown(page, "tab=offcpu&comm=redis-s*");
  assert.equal(new Set(await column(page, 2)), new Set(["redis-server"]));
  await page.locator(".cell", { hasText: /^fdatasync$/ }).first().click();
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
  const page = await openRedis("tab=offcpu");
  await typeFilter(page, "state=asleep");
  const sentence = '--state takes S, D, preempted, runnable, blocked, or a bit mask, not "asleep"';
  assert.is(await page.locator("#typed-filter-problem").textContent(), sentence);
  await typeFilter(page, "colour=red");
  assert.match(String(await page.locator("#typed-filter-problem").textContent()), '"colour" is no filter; there are pid, tid');
  await page.getByRole("button", { name: "Filters" }).click();
  await page.locator("#filter-errno").fill("EWHAT");
  await page.keyboard.press("Tab");
  await page.getByText('--errno takes names or numbers of errors separated by commas, not "EWHAT"').waitFor();
  assert.equal(await chips(page), []);
  await page.locator("#filter-errno").fill("ENOENT");
  await page.keyboard.press("Tab");
  await page.getByText("Not asked here, because what this tab counts has none: errno.").waitFor();
  await screenshot(page, "filters");
});

test("a link with what cannot be read is a sentence", async () => {
  const page = await open();
  await page.evaluate(() => (location.hash = "tab=offcpu&from=3&to=2"));
  await drop(page, redis);
  await page.locator(".sentence").getByText("--to is not after --from").waitFor();
});

test("tables are sorted by their titles, both ways and back", async () => {
  const page = await openRedis("tab=syscalls");
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
  const page = await openRedis("tab=waits&waits.group-by=syscall&comm=redis*&idle=show&waits.sort=p99");
  const before = await page.locator("#panel").innerText();
  await page.reload();
  await drop(page, redis);
  await shown(page, "tab=waits&waits.group-by=syscall&comm=redis*&idle=show&waits.sort=p99");
  assert.is(await page.locator("#panel").innerText(), before);
});

test("ten thousand threads are some dozens of elements, and keys reach every one", async () => {
  const page = await open();
  await page.evaluate(() => (location.hash = "tab=threads&threads.sort=tid:up"));
  await drop(page, { name: "many.offcut", bytes: namedRecording(10_000, { host: "h", comm: (thread) => `t${thread}`, path: "[kernel]", symbol: "read" }) });
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
});

test("the keyboard reaches tabs, filters and a row's details", async () => {
  const page = await openRedis();
  await page.keyboard.press("2");
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

test("several recordings are one answer, any of them left out, and two a difference", async () => {
  const page = await open();
  await drop(page, redis, data("mixed.offcut"), data("compiler.offcut"));
  await page.getByText("3 recordings of vm").waitFor();
  await page.getByRole("tab", { name: "Diff" }).waitFor();
  await page.getByLabel("mixed.offcut", { exact: true }).uncheck();
  await page.getByText("2 recordings of vm").waitFor();
  await page.getByLabel("Close redis.offcut").click();
  await page.getByText("vm (Linux 6.18.44-fc-v669)").waitFor();
  await page.getByRole("tab", { name: "Off-CPU" }).click();
  await page.locator(".command-line", { hasText: "offcut offcpu --idle hide compiler.offcut" }).waitFor({ state: "attached" });
});

test("names full of markup stay text", async () => {
  const page = await open();
  const evil = "<img src=x onerror=alert(1)>";
  const bytes = namedRecording(3, { host: evil, comm: () => "<b>&amp;'\"", path: "</script><script>alert(1)</script>", symbol: "<svg onload=alert(1)>" });
  await drop(page, { name: `${evil}.offcut`, bytes });
  for (const tab of ["Off-CPU", "Threads", "System calls", "Waits", "Wakers", "Recording", "Summary"]) {
    await page.getByRole("tab", { name: tab }).click();
    await page.locator('.panel-area[aria-busy="false"] .answer').waitFor();
    assert.is(await page.locator("main img, main b, main script, main svg[onload]").count(), 0, tab);
  }
  await page.getByRole("tab", { name: "Off-CPU" }).click();
  await page.locator(".cell:not(.link)", { hasText: "<svg onload=alert(1)>" }).first().click();
  await page.getByRole("complementary").getByText("<svg onload=alert(1)>").click();
  await page.locator(".chip", { hasText: "stack<svg onload=alert(1)>" }).waitFor();
  assert.is((await column(page, 2))[0], "<b>&amp;'\"");
});

test("what is no recording is refused in a sentence", async () => {
  const page = await open();
  const bytes = (...list: readonly number[]) => Uint8Array.from(list);
  const cases: readonly (readonly [Uint8Array, string])[] = [
    [bytes(), "x is empty: an offcut recording was expected"],
    [bytes(0x7f, 0x45, 0x4c, 0x46, 2), "x is a program or library (ELF), not an offcut recording"],
    [bytes(0x1f, 0x8b, 8), "x is compressed (gzip); unpack it first"],
    [bytes(1, 2, 3, 4, 0, 200, 5), "x is not an offcut recording, nor folded stacks or the text of perf script"],
  ];
  for (const [content, sentence] of cases) {
    await drop(page, { name: "x", bytes: content });
    await page.getByRole("alert").getByText(sentence, { exact: true }).waitFor();
  }
  const damaged = redis.bytes.slice();
  damaged.fill(0xff, 8, 60);
  await drop(page, { name: "damaged.offcut", bytes: damaged });
  await page.getByRole("alert").getByText(/^damaged\.offcut (has a damaged file header|was written in another version)/).waitFor();
  await page.getByRole("button", { name: "Close it" }).click();
  await page.getByText("Drop recordings here").waitFor();
});

test("a recording that is cut off or damaged is answered as far as it goes", async () => {
  const page = await open();
  const bytes = redis.bytes.slice(0, 300_000);
  bytes.fill(0, 100_000, 100_400);
  await drop(page, { name: "cut.offcut", bytes });
  await page.getByText(/^cut\.offcut is cut off: \d+ bytes of its last block are missing/).first().waitFor();
  await page.getByText(/^cut\.offcut is damaged: block/).first().waitFor();
  await page.getByText("waited").first().waitFor();
});

test("folded stacks and perf script text of others are shown as what they are", async () => {
  const page = await open();
  await drop(page, data("redis.folded"));
  await page.getByText("in a unit that folded text does not say").waitFor();
  await page.getByRole("button", { name: "stack", exact: true }).click();
  const text = Buffer.from(data("redis.folded").bytes).toString();
  const { text: exported } = await saved(page, () => page.getByRole("button", { name: "Save as Folded" }).click());
  assert.is(exported, text);
  await screenshot(page, "stacks");
  await page.getByRole("button", { name: "Close" }).click();
  const deep = `<b>root</b>;${"<script>alert(1)</script>;".repeat(10_000)}leaf 7\nother 1\n`;
  await page.evaluate((pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", pasted);
    window.dispatchEvent(new ClipboardEvent("paste", { clipboardData }));
  }, deep);
  await page.getByText("1 stack too deep: the innermost frames are left out").waitFor();
  assert.equal((await column(page, 1)).sort(), ["<b>root</b>", "<script>alert(1)</script>", "other"]);
  await page.getByRole("button", { name: "Close" }).click();
  await page.evaluate(() => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", "Dear colleague");
    window.dispatchEvent(new ClipboardEvent("paste", { clipboardData }));
  });
  await page.getByRole("alert").getByText("the pasted text is neither folded stacks nor the text of perf script").waitFor();
});

test("reading shows bytes and can be cancelled", async () => {
  const page = await open();
  // A hole behind its first blocks: a gigabyte to read, of which the disk holds nothing.
  const path = files.write("large.offcut", redis.bytes.subarray(0, 200_000));
  truncateSync(path, 2 ** 30);
  await page.locator("#picker").setInputFiles(path);
  await page.getByText(/^Reading large\.offcut: [\d.]+ [KM]iB of 1\.00 GiB$/).waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByText("Drop recordings here").waitFor();
  await drop(page, redis);
  await shown(page, "");
});

test("the page cannot send anything, even if it wanted to", async () => {
  const { page } = await browser.open();
  const blocked = await page.evaluate(async () => {
    const violations: string[] = [];
    document.addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));
    await fetch("http://127.0.0.1:9/").catch(() => undefined);
    document.body.append(Object.assign(new Image(), { src: "http://127.0.0.1:9/x.png" }));
    const script = document.createElement("script");
    script.textContent = "window.hasRun = true";
    document.body.append(script);
    await new Promise((resolve) => setTimeout(resolve, 0));
    while (violations.length < 3) await new Promise((resolve) => requestAnimationFrame(resolve));
    return { violations: violations.sort(), hasRun: "hasRun" in window };
  });
  assert.equal(blocked, { violations: ["connect-src", "img-src", "script-src-elem"], hasRun: false });
});

test("the page fits where pages must fit", () => {
  const html = readFileSync(join(buildDirectory, "offcut.html"), "utf8").replace(/<script [^>]*data-example[^]*?<\/script>/, "");
  const bytes = gzipSync(html).length;
  assert.ok(bytes < 400_000, `${bytes} bytes`);
});

if (missingBrowser() === undefined) test.run();
else {
  const skipped = suite("web/page");
  skipped("is skipped", () => console.log(`SKIP web/page: ${missingBrowser()}`));
  skipped.run();
}
