// The page inside another page, as a bundler puts it there: the library's analyze and "offcut/web".

import { build } from "esbuild";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { buildDirectory, projectRoot } from "../host.js";
import { missingBrowser, shown, WebBrowser } from "./browser.js";

const test = suite("web/mount");
let browser: WebBrowser;
let user: string;

/** What a user writes. */
const program = `
import { analyze, compileEngine } from "./analyzer/index.js";
import { mount } from "./offcut-web.js";
const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
window.show = async (kind, recordingText, engineText, link) => {
  const recording = bytesOf(recordingText);
  const engine = await compileEngine(bytesOf(engineText));
  const links = [];
  const all = { engine, name: "web1.offcut", latencies: true, calls: true, wakerDepth: 1 };
  const shown = kind === "analysis"
    ? await analyze(recording, all)
    : { name: "web1.offcut", analyze: (options) => analyze(recording, { ...options, engine, name: "web1.offcut" }) };
  window.mounted = mount(document.getElementById("here"), shown, { link, onChange: (link) => links.push(link) });
  window.links = links;
};`;

test.before(async () => {
  browser = await WebBrowser.start();
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: buildDirectory },
    bundle: true,
    format: "iife",
    write: false,
    define: { "import.meta.url": '"file:///"' },
  });
  user = outputFiles[0]!.text;
});
test.after(() => browser.close());

async function show(kind: "analysis" | "askable", link: string): Promise<{ page: Page; errors: string[] }> {
  const { page, errors } = await browser.open("about:blank");
  await page.setContent(
    '<style>button { background: red }</style><button id="theirs">x</button><div id="here" style="height: 700px"></div>',
  );
  await page.addScriptTag({ content: user });
  const base64 = (path: string) => readFileSync(path).toString("base64");
  await page.evaluate(
    async ({ recording, engine, kind, link }) => {
      await (window as unknown as { show: (...words: unknown[]) => Promise<void> }).show(kind, recording, engine, link);
    },
    {
      recording: base64(join(projectRoot, "test/data/redis.offcut")),
      engine: base64(join(buildDirectory, "offcut.wasm")),
      kind,
      link,
    },
  );
  return { page, errors };
}

test("an analysis is shown, and says what it cannot be asked", async () => {
  const { page, errors } = await show("analysis", "tab=waits&comm=redis-s*");
  await shown(page, "tab=waits&comm=redis-s*");
  await page.getByText("redis-server (13383)").first().waitFor();
  await page.getByRole("tab", { name: "Wakers" }).click();
  await shown(page, "tab=wakers&comm=redis-s*");
  assert.equal(await page.evaluate(() => (window as unknown as { links: string[] }).links), [
    "tab=wakers&comm=redis-s*",
  ]);
  assert.is(page.url(), "about:blank");
  await page.getByLabel("Add a filter").fill("from=1");
  await page.keyboard.press("Enter");
  await page.getByText("this takes another pass over the recording, and only an analysis of it is here").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await shown(page, "tab=wakers&comm=redis-s*");
  assert.equal(errors, []);
});

test("a recording that can be asked again is, and styles stay on either side", async () => {
  const { page, errors } = await show("askable", "tab=threads");
  await shown(page, "tab=threads");
  await page.getByLabel("Add a filter").fill("to=09:23:26");
  await page.keyboard.press("Enter");
  await shown(page, "tab=threads&to=09:23:26");
  const colours = await page.evaluate(() => {
    const inner = document.getElementById("here")!.shadowRoot!;
    const buttons = [document.getElementById("theirs")!, inner.querySelector(".exports button")!];
    return buttons.map((button) => getComputedStyle(button).backgroundColor);
  });
  assert.is(colours[0], "rgb(255, 0, 0)");
  assert.is.not(colours[1], colours[0]);
  await page.evaluate(() => (window as unknown as { mounted: { unmount(): void } }).mounted.unmount());
  assert.is(await page.getByRole("tab").count(), 0);
  assert.equal(errors, []);
});

test("keys pressed elsewhere on the page are not ours", async () => {
  const { page } = await show("askable", "");
  await shown(page, "");
  await page.locator("#theirs").focus();
  await page.keyboard.press("2");
  await page.getByRole("tab", { name: "Threads" }).focus();
  await page.keyboard.press("4");
  await shown(page, "tab=syscalls");
  assert.equal(await page.evaluate(() => (window as unknown as { links: string[] }).links), ["tab=syscalls"]);
});

if (missingBrowser() === undefined) test.run();
else {
  const skipped = suite("web/mount");
  skipped("is skipped", () => console.log(`SKIP web/mount: ${missingBrowser()}`));
  skipped.run();
}
