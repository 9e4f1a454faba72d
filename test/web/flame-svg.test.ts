// The picture that `offcut flame` writes, in a real browser, as a file and as a page: it zooms, searches,
// says what is under the pointer, is walked over with keys, and runs nothing that its names hold.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { pathToFileURL } from "node:url";
import { flameHtml } from "../../analyzer/exports/flame-html.js";
import { flameSvg } from "../../analyzer/exports/flame-svg.js";
import { runCli, TemporaryFiles } from "../cli/run-cli.js";
import { projectRoot } from "../host.js";
import { join } from "node:path";
import { treeOf } from "../views/flame-trees.js";
import { missingBrowser, screenshot, WebBrowser } from "./browser.js";

const test = suite("web/flame-svg");
const missing = missingBrowser();
const files = new TemporaryFiles();
let browser: WebBrowser;

test.before(async () => {
  browser = await WebBrowser.start();
});
test.after(async () => {
  await browser.close();
  files.remove();
});

const lines = ["a;b;c 20", "a;b;d 20", "a;e 40", "f;b 15", "<img src=x onerror=alert(1)> 5"];
const picture = flameSvg(treeOf(lines), { title: "T", unit: "count", palette: "kind" });

async function written(kind: "svg" | "html"): Promise<string> {
  const text = kind === "svg" ? picture.svg : await flameHtml(picture, "T");
  return pathToFileURL(files.write(`graph.${kind}`, Buffer.from(text))).href;
}

/** `name x width` of every box that is shown. */
const shown = `Array.from(document.querySelectorAll("#frames > g:not(.hide)"), (group) => {
  const rect = group.querySelector("rect");
  return [group.querySelector("title").textContent.replace(/ \\([^(]*$/, ""), Math.round(rect.getAttribute("x")), Math.round(rect.getAttribute("width"))].join(" ");
})`;

const all = ["all 10 1180", "<img src=x onerror=alert(1)> 10 59", "a 69 944", "b 69 472", "c 69 236", "d 305 236", "e 541 472", "f 1013 177", "b 1013 177"];
const zoomed = ["all 10 1180", "a 10 1180", "b 10 1180", "c 10 590", "d 600 590"];

for (const kind of ["svg", "html"] as const) {
  test(`${kind}: a click zooms, Escape and Reset Zoom go back`, async () => {
    const { page, errors, requests } = await browser.open(await written(kind));
    assert.equal(await page.evaluate(shown), all);
    await page.locator("#frames > g").nth(3).click();
    assert.equal(await page.evaluate(shown), zoomed);
    assert.equal(await page.locator("#frames > g.holder").count(), 2);
    assert.match(page.url(), /#box=3$/);
    await page.keyboard.press("Escape");
    assert.equal(await page.evaluate(shown), all);
    await page.locator("#frames > g").nth(3).click();
    await page.locator("#unzoom").click();
    assert.equal(await page.evaluate(shown), all);
    assert.equal([errors, requests], [[], []]);
  });

  test(`${kind}: a search counts what is found within something found once`, async () => {
    const { page, errors } = await browser.open(await written(kind));
    await page.evaluate("window.prompt = () => 'B|d'");
    await page.keyboard.press("Control+f");
    assert.is(await page.locator("#matched").textContent(), "Matched: 20.0%"); // d alone
    await page.keyboard.press("Control+i"); // a;b holds c and d: 40, f;b 15
    assert.is(await page.locator("#matched").textContent(), "Matched: 55.0%");
    assert.is(await page.locator("#frames rect[fill='rgb(230,0,230)']").count(), 3);
    await page.locator("#search").click();
    assert.is(await page.locator("#frames rect[fill='rgb(230,0,230)']").count(), 0);
    assert.equal(errors, []);
  });
}

test("a link shows the same zoom and search again", async () => {
  const { page, errors } = await browser.open(`${await written("svg")}#box=3&s=c`);
  assert.equal(await page.evaluate(shown), zoomed);
  assert.is(await page.locator("#matched").textContent(), "Matched: 25.0%"); // and the letter in "src"
  assert.equal(errors, []);
});

test("keys walk over boxes and say what they are", async () => {
  const { page } = await browser.open(await written("svg"));
  for (const key of ["ArrowUp", "ArrowUp", "ArrowRight", "ArrowUp"]) await page.keyboard.press(key);
  // All, then what stands on its middle, then the next to the right, then what stands on that.
  assert.is(await page.locator("#details").textContent(), "b (15, 15.0 %; user)");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(shown), ["all 10 1180", "f 10 1180", "b 10 1180"]);
  await page.locator("#frames > g").first().hover();
  assert.is(await page.locator("#details").textContent(), "all (100, 100.0 %)");
});

test("a picture of a recording in the dark", async () => {
  const path = files.path("redis.svg");
  const { status } = await runCli(["flame", "-o", path, join(projectRoot, "test/data/redis.offcut")]);
  assert.is(status, 0);
  const { page, errors } = await browser.open(pathToFileURL(path).href, { dark: true, width: 1220, height: 520 });
  await screenshot(page, "flame-svg-dark");
  assert.is(await page.evaluate("getComputedStyle(document.querySelector('.background')).fill"), "rgb(28, 28, 32)");
  assert.equal(errors, []);
});

if (missing === undefined) test.run();
else {
  const skipped = suite("web/flame-svg");
  skipped("is skipped", () => console.log(`SKIP web/flame-svg: ${missing}`));
  skipped.run();
}
