// The page for everybody: axe finds nothing serious on any of its views, light or dark, and it fits
// narrow and very wide screens without scrolling sideways.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { drop, missingBrowser, screenshot, shown, WebBrowser } from "./browser.js";
import { dataFile } from "./visits.js";

const test = suite("web/accessibility");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const links = [
  "",
  "tab=offcpu&comm=redis*",
  "tab=offcpu&offcpu.group-by=comm",
  "tab=syscalls&pid=1",
  "tab=syscalls",
  "tab=waits",
  "tab=threads",
  "tab=wakers",
  "tab=flame",
  "tab=timeline",
  "tab=heat",
  "tab=diff",
  "tab=info",
];
let browser: WebBrowser;

test.before(async () => {
  browser = await WebBrowser.start();
});
test.after(() => browser.close());

interface Finding {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What axe finds that is serious or critical, as text. The page's policy lets only a debugger add axe. */
async function findings(page: Page, rules: readonly string[]): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
  const violations = await page.evaluate(
    async (runOnly) => {
      const { axe } = window as unknown as {
        axe: { run(context: object, options: object): Promise<{ violations: Finding[] }> };
      };
      // Of a table's rows the first few stand for all.
      const context = { include: ["body"], exclude: [".grid-row.body:nth-child(n + 4)"] };
      return (await axe.run(context, runOnly.length === 0 ? {} : { runOnly })).violations;
    },
    [...rules],
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) =>
      nodes.slice(0, 3).map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`),
    );
}

for (const scheme of ["light", "dark"] as const) {
  // All that differs are the colours.
  const rules = scheme === "light" ? [] : ["color-contrast"];
  test(`axe finds nothing serious in ${scheme}`, async () => {
    const { page, errors } = await browser.open(undefined, { dark: scheme === "dark" });
    assert.equal(await findings(page, rules), []);
    await drop(page, dataFile("redis.offcut"), dataFile("mixed.offcut"));
    for (const link of links) {
      await page.evaluate((hash) => (location.hash = hash), link);
      await shown(page, link);
      assert.equal(await findings(page, rules), [], link);
      await screenshot(page, `${/tab=(\w+)/.exec(link)?.[1] ?? "report"}-${scheme}`);
    }
    await page.getByRole("button", { name: "Filters" }).click();
    await page.getByRole("button", { name: "Help" }).click();
    assert.equal(await findings(page, rules), [], "filters and help");
    await screenshot(page, `help-${scheme}`);
    assert.equal(errors, []);
  });
}

test("the page fits a phone in landscape, 1024 pixels and 4K", async () => {
  for (const [width, height] of [
    [844, 390],
    [1024, 768],
    [3840, 2160],
  ] as const) {
    const { page } = await browser.open(undefined, { width, height });
    await drop(page, dataFile("redis.offcut"));
    for (const link of ["", "tab=offcpu", "tab=waits"]) {
      await page.evaluate((hash) => (location.hash = hash), link);
      await shown(page, link);
      const size = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        document.documentElement.scrollHeight,
      ]);
      assert.equal(size, [width, height], link);
      const rows = page.locator(".grid-row.body");
      if (link !== "") assert.ok(await rows.nth(1).isVisible());
      if (link !== "") {
        const box = (await page.locator(".grid").boundingBox())!;
        assert.ok(box.height > 84, `${width}x${height}: ${box.height} pixels for rows`);
      }
    }
    await screenshot(page, `offcpu-${width}`);
  }
});

if (missingBrowser() === undefined) test.run();
else {
  const skipped = suite("web/accessibility");
  skipped("is skipped", () => console.log(`SKIP web/accessibility: ${missingBrowser()}`));
  skipped.run();
}
