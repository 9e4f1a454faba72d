// The page in the other engine that people have: Debian's Firefox, driven by WebDriver BiDi. Loading, the
// flame graph and its search; all else is tested in Chromium.

import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import puppeteer from "puppeteer-core";
import type { Browser, Page } from "puppeteer-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { buildDirectory } from "../host.js";
import { pageUrl } from "./browser.js";
import { dataFile } from "./visits.js";

const test = suite("web/firefox");
const Firefox = "/usr/bin/firefox-esr";
const isMissing = !existsSync(Firefox);

let browser: Browser;
let page: Page;
/** What went wrong, and addresses that were asked for beside the page itself. */
const problems: string[] = [];

if (isMissing) {
  test("the page in Firefox", () => {
    console.log(`SKIP ${Firefox} is not installed`);
    assert.is.not(process.env["CI"], "true", `${Firefox} is not installed`);
  });
} else {
  test.before(async () => {
    browser = await puppeteer.launch({ browser: "firefox", executablePath: Firefox, headless: true });
    page = await browser.newPage();
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") problems.push(message.text());
    });
    page.on("request", (request) => {
      if (request.url() !== pageUrl && !/^(blob|data):/.test(request.url())) problems.push(request.url());
    });
    await page.setViewport({ width: 1300, height: 850 });
    await page.goto(pageUrl);
  });
  test.after(() => browser.close());

  test("a recording that is dropped is summed up", async () => {
    const { name, bytes } = dataFile("python.offcut");
    await page.evaluate(
      (fileName, base64) => {
        const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], fileName));
        document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true }));
      },
      name,
      Buffer.from(bytes).toString("base64"),
    );
    await page.waitForFunction(() => document.body.innerText.includes("in recvfrom (asleep, Unix socket)"));
  });

  test("its flame graph is drawn, and a search says how much it holds", async () => {
    await page.evaluate(() => (location.hash = "#tab=flame"));
    await page.waitForSelector(".flame-canvas");
    await page.waitForFunction(() => {
      const canvas = document.querySelector<HTMLCanvasElement>(".flame-canvas")!;
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size > 20; // boxes in several colours, and their names
    });
    await page.locator('aria/Search for frames').fill("_PyEval_EvalFrameDefault");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => /^Matched: \d+\.\d % \(/.test(document.querySelector(".flame-matched")?.textContent ?? ""));
    assert.match(await page.evaluate(() => location.hash), /flame\.search=_PyEval_EvalFrameDefault/);
    mkdirSync(join(buildDirectory, "screenshots"), { recursive: true });
    await page.screenshot({ path: join(buildDirectory, "screenshots", "firefox-flame.png") });
  });

  test("nothing failed unseen, and no request left the page", () => {
    assert.equal(problems, []);
  });
}

test.run();
