// The page in a real browser, as a person uses it: a file is dropped, the summary read, and nothing
// leaves.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { buildDirectory, projectRoot } from "../host.js";
import { drop, missingBrowser, screenshot, WebBrowser } from "./browser.js";

const test = suite("web/page");
const missing = missingBrowser();
const data = (name: string) => ({ name, bytes: readFileSync(join(projectRoot, "test/data", name)) });
let browser: WebBrowser;

test.before(async () => {
  browser = await WebBrowser.start();
});
test.after(() => browser.close());

test("a dropped recording shows what offcut report says", async () => {
  const { page, requests, errors } = await browser.open();
  await drop(page, data("redis.offcut"));
  await page.getByText("redis-server: 1 thread waited 20.6 % of its time in fdatasync").waitFor();
  await screenshot(page, "report-light");
  assert.equal([requests, errors], [[], []]);
});

test("the page fits where pages must fit", () => {
  const html = readFileSync(join(buildDirectory, "offcut.html"), "utf8").replace(/<script [^>]*data-example[^]*?<\/script>/, "");
  const bytes = gzipSync(html).length;
  assert.ok(bytes < 400_000, `${bytes} bytes`);
});

if (missing === undefined) test.run();
else {
  const skipped = suite("web/page");
  skipped("is skipped", () => console.log(`SKIP web/page: ${missing}`));
  skipped.run();
}
