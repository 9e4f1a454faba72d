// Names on the page: an object file that is dropped names what a recording left unnamed, in place, and
// what is shown then is what the command line says with --symbols; C++ names are as they were written.

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runCli, TemporaryFiles } from "../cli/run-cli.js";
import { recordingOf } from "../recordings/of-program.js";
import { compileWaitingProgram, expectedNames, missingForPrograms } from "../recordings/waiting-program.js";
import type { WaitingProgram } from "../recordings/waiting-program.js";
import { drop, missingBrowser, saved, shown } from "./browser.js";
import { Visits } from "./visits.js";

const test = suite("web/symbols");
const files = new TemporaryFiles();
const missing = missingBrowser() ?? missingForPrograms();
let visits: Visits;
let program: WaitingProgram;

test.before(async () => {
  program = compileWaitingProgram(files.directory);
  visits = await Visits.start();
});
test.after(async () => {
  files.remove();
  await visits.end();
});

const dropped = (path: string) => ({ name: basename(path), bytes: new Uint8Array(readFileSync(path)) });

/** The recording of the program, and one function of C++ in another. */
function recording(): { name: string; bytes: Uint8Array } {
  const stack = program.frames.map(({ offset }) => ({ file: 0, offset }));
  const places = [
    { path: "/gone/waits", buildId: program.buildId },
    { path: "/usr/bin/app", buildId: "0badcafe", functions: ["_ZN6Widget4drawEi"] },
  ];
  const bytes = recordingOf(places, [stack, [{ file: 1, offset: 4 }]]);
  files.write("waits.offcut", bytes);
  return { name: "waits.offcut", bytes };
}

async function openOffcpu(): Promise<Page> {
  const page = await visits.open();
  await page.evaluate(() => (location.hash = "#tab=offcpu"));
  await drop(page, recording());
  await shown(page, "tab=offcpu");
  return page;
}

const json = async (page: Page) => (await saved(page, () => page.getByRole("button", { name: "Save as JSON" }).click())).text;
const command = async (...words: string[]) =>
  (await runCli(["offcpu", "--json", "waits.offcut", ...words], { cwd: files.directory })).stdout;

if (missing !== undefined) {
  test("names are looked at in a browser", () => {
    console.log(`SKIP ${missing}`);
    assert.is.not(process.env["CI"], "true", missing);
  });
} else {
  test("a debug file that is dropped names frames in place", async () => {
    const page = await openOffcpu();
    assert.is(await json(page), await command());
    assert.match(await command(), /Widget::draw\(int\)/);
    await drop(page, dropped(program.debug));
    await page.getByText(expectedNames(program).at(-1)!).first().waitFor();
    await shown(page, "tab=offcpu");
    assert.is(await json(page), await command("--symbols", program.debug));
    assert.match((await page.locator(".command-line").textContent())!, / --symbols waits\.debug waits\.offcut$/);
    assert.is((await page.getByRole("alert").allTextContents()).join(""), "");
  });

  test("dropped before the recording, or with it, it names as well", async () => {
    const page = await visits.open();
    await page.evaluate(() => (location.hash = "#tab=offcpu"));
    await drop(page, dropped(program.full));
    await page.getByRole("alert").getByText("full is a program or library (ELF): it will name").waitFor();
    await drop(page, recording());
    await shown(page, "tab=offcpu");
    assert.is(await json(page), await command("--symbols", program.full));
    const other = await visits.open();
    await other.evaluate(() => (location.hash = "#tab=offcpu"));
    await drop(other, recording(), dropped(program.full));
    await other.getByText(expectedNames(program).at(-1)!).first().waitFor();
    await shown(other, "tab=offcpu");
    assert.is(await json(other), await command("--symbols", program.full));
  });

  test("a file that is of nothing in the recording, and a damaged one, are a sentence each", async () => {
    const page = await openOffcpu();
    const before = await json(page);
    await drop(page, dropped("/bin/true"));
    await page.getByText(/true is of no program or library in the open recordings: its build id is [0-9a-f]+/).waitFor();
    const { name, bytes } = dropped(program.full);
    await drop(page, { name, bytes: bytes.slice(0, 4096) });
    await page.getByText(/full (is a program or library \(ELF\) without a build id|has damaged|names nothing)/).waitFor();
    await shown(page, "tab=offcpu");
    assert.is((await json(page)).length >= before.length, true);
  });
}

test.run();
