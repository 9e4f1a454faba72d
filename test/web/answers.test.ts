// Any number on the page is the command line's: for each panel and a variety of filters, what the page
// exports is what the command that it names ("As a command") prints, byte for byte.

import type { Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runCli, TemporaryFiles } from "../cli/run-cli.js";
import { namedRecording } from "../recordings/named.js";
import { drop, missingBrowser, saved, shown } from "./browser.js";
import { dataFile, visit } from "./visits.js";
import type { Visit } from "./visits.js";

const test = suite("web/answers");
const files = new TemporaryFiles();
/** A recording where commands are run, to be dropped onto the page. */
const file = (name: string, bytes = dataFile(name).bytes) => {
  files.write(name, bytes);
  return { name, bytes };
};
let page: Page;
let visited: Visit;

test.before(async () => {
  visited = await visit(file("redis.offcut"));
  page = visited.page;
  await page.getByRole("button", { name: "Save as JSON" }).waitFor();
});
test.after(async () => {
  files.remove();
  await visited.end();
});

/** Links, and a word that the command must have. */
const links: readonly (readonly [link: string, word: string])[] = [
  ["", "report"],
  ["comm=redis*&open", "report"],
  ["idle=show&from=0.5&to=2", "report"],
  ["tab=offcpu", "offcpu"],
  ["tab=offcpu&idle=only&user-threads", "--user-threads"],
  ["tab=offcpu&min-block-time=1000&max-block-time=50000&state=D&open", "--max-block-time"],
  ["tab=offcpu&state=2&idle=show", "--state"],
  ["tab=offcpu&stack=*fsync*&not-stack=%2Fext4%2F", "--not-stack"],
  ["tab=offcpu&offcpu.group-by=syscall", "--group-by"],
  ["tab=offcpu&offcpu.group-by=tid&pid=13383", "--pid"],
  ["tab=offcpu&offcpu.group-by=state&to=09:23:26", "--to"],
  ["tab=syscalls", "syscalls"],
  ["tab=syscalls&syscalls.sort=max&comm=redis-server", "--sort"],
  ["tab=syscalls&stack=*fsync*", "--stack"],
  ["tab=syscalls&syscalls.by=process&from=1", "--per-process"],
  ["tab=syscalls&syscalls.by=thread&syscall=read,write", "--per-thread"],
  ["tab=syscalls&syscalls.by=error&syscalls.failed&errno=ENOENT,11", "--errors"],
  ["tab=syscalls&syscalls.by=unreturned", "--unreturned"],
  ["tab=waits", "waits"],
  ["tab=waits&idle=show&waits.group-by=thread&syscall=fdatasync", "--group-by"],
  ["tab=waits&idle=only&waits.group-by=syscall", "only"],
  ["tab=threads", "threads"],
  ["tab=threads&threads.sort=runnable&tid=13383,13391", "--sort"],
  ["tab=wakers&wakers.depth=3&idle=show", "--depth"],
  ["tab=wakers&state=S&comm=redis*", "--comm"],
];

test("each panel's JSON and CSV are its command's", async () => {
  for (const [link, word] of links) {
    const command = await show(link);
    assert.ok(command.includes(word), `${command}: ${word}`);
    await same(`${link} as JSON`, "JSON", command, "--json");
    if (!link.includes("&") && command[1] !== "report") await same(`${link} as CSV`, "CSV", command, "--csv");
  }
});

test("folded stacks and the text of reports are their commands'", async () => {
  await same("folded", "Folded", await show("tab=offcpu&comm=redis*"), "--folded");
  await same("folded wakers", "Folded", await show("tab=wakers&wakers.depth=2"), "--folded");
  await same("report", "Text", await show("idle=show"));
  await same("off-CPU text", "Text", await show("tab=offcpu&state=D"), "--all");
  await same("info", "Text", await show("tab=info"));
});

test("differences are those of two files, either way", async () => {
  await drop(page, file("mixed.offcut"));
  await page.getByRole("tab", { name: "Diff" }).waitFor();
  for (const link of ["tab=diff", "tab=diff&idle=show&open&comm=*e*", "tab=diff&diff.by=syscall&diff.per=calls"]) {
    const command = await show(link);
    await same(`${link} as JSON`, "JSON", command, "--json");
    await same(`${link} as CSV`, "CSV", command, "--csv");
    if (!link.includes("per=calls")) await same(`${link} folded`, "Folded", command, "--folded");
  }
  await same("both summed", "JSON", await show("tab=offcpu"), "--json");
});

test("of a filter by host nothing is said of the others", async () => {
  const bytes = namedRecording(2, { host: "other", comm: () => "t", path: "p", symbol: "s" });
  await drop(page, file("other.offcut", Buffer.from(bytes)));
  for (const link of ["tab=threads&host=vm", "host=oth*", "tab=waits&host=vm"]) {
    const command = await show(link);
    await same(link, "JSON", command, "--json");
  }
  await page.evaluate(() => (location.hash = "#tab=threads&host=nobody"));
  await page.getByText("--host nobody is none of the recordings' hosts: other, vm").waitFor();
  await page.getByLabel("Close other.offcut").click();
});

test("the bars of a call's distribution are syscalls --hist's", async () => {
  await page.getByLabel("Close mixed.offcut").click();
  await show("tab=syscalls");
  const row = page.locator(".grid-row.body", { hasText: "fdatasync" });
  const titles = await row.locator("svg title").allTextContents();
  const { stdout } = await runCli(["syscalls", "--hist", "fdatasync", "--json", "redis.offcut"], {
    cwd: files.directory,
  });
  const { rows } = JSON.parse(stdout) as { rows: { count: number }[] };
  const counts = titles.map((title) => Number(/: ([\d,]+) calls?$/.exec(title)![1]!.replace(/,/g, "")));
  assert.equal(
    counts,
    rows.map(({ count }) => count).filter((count) => count > 0),
  );
  assert.ok(counts.length > 5);
});

/** Goes to a link; returns the words of the command that the page then names. */
async function show(link: string): Promise<readonly string[]> {
  await page.evaluate((hash) => (location.hash = hash), `#${link}`);
  await shown(page, link);
  const line = await page.locator(".command-line").textContent();
  return [...line!.matchAll(/'((?:[^']|'\\'')*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word!);
}

async function same(
  what: string,
  title: string,
  command: readonly string[],
  ...more: readonly string[]
): Promise<void> {
  const [, ...words] = command;
  const [{ text }, { status, stdout, stderr }] = await Promise.all([
    saved(page, () => page.getByRole("button", { name: `Save as ${title}` }).click()),
    runCli([...words, ...more], { cwd: files.directory }),
  ]);
  assert.is(status, 0, stderr);
  assert.fixture(text, stdout, what);
}

if (missingBrowser() === undefined) test.run();
else {
  const skipped = suite("web/answers");
  skipped("is skipped", () => console.log(`SKIP web/answers: ${missingBrowser()}`));
  skipped.run();
}
