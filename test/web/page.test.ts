// The page's ways in and out, in a real browser: what is dropped, pasted and opened is shown, what is no
// recording is refused in a sentence, names stay text, and nothing ever leaves.

import { readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { TemporaryFiles } from "../cli/run-cli.js";
import { buildDirectory } from "../host.js";
import { namedRecording } from "../recordings/named.js";
import { drop, missingBrowser, saved, screenshot, shown } from "./browser.js";
import { chips, column, dataFile, Visits } from "./visits.js";

const test = suite("web/page");
const redis = dataFile("redis.offcut");
const files = new TemporaryFiles();
let visits: Visits;

test.before(async () => {
  visits = await Visits.start();
});
test.after(async () => {
  files.remove();
  await visits.end();
});

test("a dropped recording shows what offcut report says", async () => {
  const page = await visits.openRedis();
  await page.getByText("redis-server: 1 thread waited 20.6 % of its time in fdatasync").waitFor();
  await screenshot(page, "report-light");
});

test("the example is one click away, and a finding leads on to what shows it", async () => {
  const page = await visits.open(undefined, { dark: true });
  await screenshot(page, "welcome-dark");
  await page.getByRole("button", { name: "Look at an example" }).click();
  await page.getByRole("button", { name: /^Show: redis-server: 1 thread waited 20/ }).click();
  await shown(page, "tab=offcpu&pid=13383&syscall=fdatasync&state=D");
  assert.is(await page.getByRole("tab", { selected: true }).textContent(), "Off-CPU");
  assert.equal(await chips(page), ["pid13383×", "syscallfdatasync×", "stateD×"]);
  await screenshot(page, "offcpu-dark");
});

test("several recordings are one answer, any of them left out, and two a difference", async () => {
  const page = await visits.open();
  await drop(page, redis, dataFile("mixed.offcut"), dataFile("compiler.offcut"));
  await page.getByText("3 recordings of vm").waitFor();
  await page.getByRole("tab", { name: "Diff" }).click();
  await shown(page, "tab=diff");
  const line = page.locator(".command-line");
  assert.is(await line.textContent(), "offcut diff --idle hide redis.offcut mixed.offcut,compiler.offcut");
  await page.getByRole("button", { name: "Swap sides" }).click();
  await shown(page, "tab=diff&diff.swapped");
  assert.is(await line.textContent(), "offcut diff --idle hide mixed.offcut,compiler.offcut redis.offcut");
  await page.getByRole("tab", { name: "Summary" }).click();
  await page.getByLabel("mixed.offcut", { exact: true }).uncheck();
  await page.getByText("2 recordings of vm").waitFor();
  await page.getByLabel("Close redis.offcut").click();
  await page.getByText("vm (Linux 6.18.44-fc-v669)").waitFor();
  await page.getByRole("tab", { name: "Off-CPU" }).click();
  await page
    .locator(".command-line", { hasText: "offcut offcpu --idle hide compiler.offcut" })
    .waitFor({ state: "attached" });
});

test("names full of markup stay text", async () => {
  const page = await visits.open();
  const evil = "<img src=x onerror=alert(1)>";
  const bytes = namedRecording(3, {
    host: evil,
    comm: () => "<b>&amp;'\"",
    path: "</script><script>alert(1)</script>",
    symbol: "<svg onload=alert(1)>",
  });
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
  const page = await visits.open();
  const bytes = (...list: readonly number[]) => Uint8Array.from(list);
  const cases: readonly (readonly [Uint8Array, string])[] = [
    [bytes(), "x is empty: an offcut recording was expected"],
    [bytes(0x7f, 0x45, 0x4c, 0x46, 2), "x is a program or library (ELF) without a build id, by which recordings know theirs"],
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
  await page
    .getByRole("alert")
    .getByText(/^damaged\.offcut (has a damaged file header|was written in another version)/)
    .waitFor();
  await page.getByRole("button", { name: "Close it" }).click();
  await page.getByText("Drop recordings here").waitFor();
});

test("a recording that is cut off or damaged is answered as far as it goes", async () => {
  const page = await visits.open();
  const bytes = redis.bytes.slice(0, 300_000);
  bytes.fill(0, 100_000, 100_400);
  await drop(page, { name: "cut.offcut", bytes });
  await page
    .getByText(/^cut\.offcut is cut off: \d+ bytes of its last block are missing/)
    .first()
    .waitFor();
  await page
    .getByText(/^cut\.offcut is damaged: block/)
    .first()
    .waitFor();
  await page.getByText("waited").first().waitFor();
});

test("folded stacks and perf script text of others are shown as what they are", async () => {
  const page = await visits.open();
  await drop(page, dataFile("redis.folded"));
  await page.getByText("in a unit that folded text does not say").waitFor();
  await page.getByLabel("Flame graph of redis.folded").first().waitFor();
  await screenshot(page, "stacks-flame");
  await page.getByRole("button", { name: "stack", exact: true }).click();
  const text = Buffer.from(dataFile("redis.folded").bytes).toString();
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
  await page.getByRole("button", { name: "function", exact: true }).click();
  assert.equal((await column(page, 1)).sort(), ["<b>root</b>", "<script>alert(1)</script>", "other"]);
  await page.getByRole("button", { name: "Close" }).click();
  await page.evaluate(() => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", "Dear colleague");
    window.dispatchEvent(new ClipboardEvent("paste", { clipboardData }));
  });
  await page
    .getByRole("alert")
    .getByText("the pasted text is neither folded stacks nor the text of perf script")
    .waitFor();
});

test("a file that changed since it was opened says so", async () => {
  const page = await visits.open();
  const path = files.write("changing.offcut", redis.bytes);
  await page.locator("#picker").setInputFiles(path);
  await shown(page, "");
  files.write("changing.offcut", redis.bytes.subarray(0, 100_000));
  await page.getByLabel("Add a filter").fill("from=1");
  await page.keyboard.press("Enter");
  await page
    .getByRole("alert")
    .getByText("changing.offcut cannot be read any more: was it moved or changed? Open it again")
    .waitFor();
});

test("reading shows bytes and can be cancelled", async () => {
  const page = await visits.open();
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
  const page = await visits.openUnwatched();
  const blocked = await page.evaluate(async () => {
    const violations = new Set<string>();
    document.addEventListener("securitypolicyviolation", (event) => violations.add(event.violatedDirective));
    await fetch("http://127.0.0.1:9/").catch(() => undefined);
    document.body.append(Object.assign(new Image(), { src: "http://127.0.0.1:9/x.png" }));
    const script = document.createElement("script");
    script.append("window.hasRun = true");
    document.body.append(script);
    let isMarkup = true;
    try {
      document.body.innerHTML = "<b></b>";
    } catch {
      isMarkup = false;
    }
    const expected = ["connect-src", "img-src", "require-trusted-types-for"];
    while (!expected.every((one) => violations.has(one)))
      await new Promise((resolve) => requestAnimationFrame(resolve));
    return { isMarkup, hasRun: "hasRun" in window };
  });
  assert.equal(blocked, { isMarkup: false, hasRun: false });
});

test("the page fits where pages must fit", () => {
  const html = readFileSync(join(buildDirectory, "offcut.html"), "utf8").replace(
    /<script [^>]*data-example[^]*?<\/script>/,
    "",
  );
  const bytes = gzipSync(html).length;
  assert.ok(bytes < 400_000, `${bytes} bytes`);
});

if (missingBrowser() === undefined) test.run();
else {
  const skipped = suite("web/page");
  skipped("is skipped", () => console.log(`SKIP web/page: ${missingBrowser()}`));
  skipped.run();
}
