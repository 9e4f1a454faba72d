// `offcut view`: the server refuses everything but the person it was started by, the page that it
// serves has the recordings loaded, and the file that --out writes carries them along.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { cliMain, runCli, TemporaryFiles } from "../cli/run-cli.js";
import { projectRoot } from "../host.js";
import { namedRecording } from "../recordings/named.js";
import { missingBrowser, shown, WebBrowser } from "./browser.js";

const test = suite("web/view");
const directory = join(projectRoot, "test/data");
const files = new TemporaryFiles();
const redis = join(directory, "redis.offcut");
const mixed = join(directory, "mixed.offcut");
const children: ChildProcess[] = [];
let browser: WebBrowser;

test.before(async () => {
  browser = await WebBrowser.start();
});
test.after(async () => {
  for (const child of children) child.kill("SIGKILL"); // where a test failed
  await browser.close();
  files.remove();
});

interface Running {
  readonly child: ChildProcess;
  readonly url: URL;
}

async function view(...words: readonly string[]): Promise<Running> {
  const child = spawn(process.execPath, [cliMain, "view", "--no-open", ...words], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { child, url: new URL(String(line).trim()) };
}

async function interrupted({ child }: Running): Promise<number | null> {
  child.kill("SIGINT");
  const [code] = (await once(child, "exit")) as [number | null];
  return code;
}

/** Asks as no browser would. */
async function ask(url: URL, options: { path?: string; method?: string; headers?: Record<string, string> } = {}) {
  const { path = url.pathname, method = "GET", headers = {} } = options;
  return new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
    const asked = request({ host: url.hostname, port: url.port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    asked.on("error", reject).end();
  });
}

test("the page has the recordings loaded, and asks for nothing else", async () => {
  const running = await view(redis, mixed);
  const { page, requests, errors } = await browser.open(running.url.href);
  await page.getByText("2 recordings of vm").waitFor();
  await page.getByRole("tab", { name: "Diff" }).click();
  await shown(page, "tab=diff");
  assert.equal(errors, []);
  const others = requests.filter((url) => !/\/recordings\/[01]$/.test(url) || !url.startsWith(running.url.href));
  assert.equal(others, []);
  assert.is(await interrupted(running), 0);
});

test("filters given are the page's, to begin with", async () => {
  const running = await view("--comm", "redis*", "--state", "D", "--idle", "show", redis);
  const { page, errors } = await browser.open(running.url.href);
  await shown(page, "comm=redis*&state=D&idle=show");
  assert.equal(await page.locator(".chip").allTextContents(), ["commredis*×", "stateDnot asked here×"]);
  await page.getByRole("tab", { name: "Off-CPU" }).click();
  await shown(page, "comm=redis*&state=D&idle=show&tab=offcpu");
  assert.equal(errors, []);
  assert.is(await interrupted(running), 0);
  await page.getByLabel("Add a filter").fill("from=1");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").getByText("offcut view does not answer; is it still running?").waitFor();
});

test("only this address, only reading, only what is there", async () => {
  const running = await view(redis);
  const { url } = running;
  assert.match(url.href, /^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/$/);
  const statuses = await Promise.all([
    ask(url),
    ask(url, { path: "/" }),
    ask(url, { path: "/favicon.ico" }),
    ask(url, { path: `${url.pathname}recordings/1` }),
    ask(url, { path: `${url.pathname}recordings/..%2f..%2fpackage.json` }),
    ask(url, { method: "POST" }),
    ask(url, { headers: { Host: "evil.example" } }),
    ask(url, { headers: { Host: `localhost:${url.port}` } }),
  ]);
  assert.equal(
    statuses.map(({ status }) => status),
    [200, 404, 404, 404, 404, 405, 403, 403],
  );
  assert.is(statuses[0]!.headers["cache-control"], "no-store");
  assert.match(String(statuses[0]!.body), `connect-src ${url.href}recordings/;`);
  const bytes = readFileSync(redis);
  const path = `${url.pathname}recordings/0`;
  const part = await ask(url, { path, headers: { Range: "bytes=1000-1999" } });
  assert.equal([part.status, part.headers["content-range"]], [206, `bytes 1000-1999/${bytes.length}`]);
  assert.ok(part.body.equals(bytes.subarray(1000, 2000)));
  const end = await ask(url, { path, headers: { Range: `bytes=${bytes.length - 5}-${bytes.length + 5}` } });
  assert.ok(end.body.equals(bytes.subarray(-5)));
  assert.is((await ask(url, { path, headers: { Range: `bytes=${bytes.length}-` } })).status, 416);
  assert.ok((await ask(url, { path })).body.equals(bytes));
  const taken = await runCli(["view", "--no-open", "--port", url.port, redis]);
  assert.equal(
    [taken.status, taken.stderr],
    [2, `offcut: --port ${url.port} is not free: EADDRINUSE; without --port any free one is taken\n`],
  );
  assert.is(await interrupted(running), 0);
});

test("--out is one file that loads its recordings by itself, whatever they are called", async () => {
  const evil = files.write(
    `"><script>alert(1)<${"b"}> $& x.offcut`,
    namedRecording(2, { host: "$&", comm: () => "t", path: "p", symbol: "s" }),
  );
  const out = files.path("both.html");
  const { status, stdout, stderr } = await runCli(["view", "--out", out, "--not-stack", "</script>*", redis, evil]);
  assert.equal([status, stdout, stderr], [0, "", ""]);
  const { page, requests, errors } = await browser.open(pathToFileURL(out).href);
  await page.getByText("2 recordings of $&, vm").waitFor();
  assert.equal(await page.locator(".recording-name").allTextContents(), [
    "redis.offcut",
    '"><script>alert(1)<b> $& x.offcut',
  ]);
  await page.locator(".chip", { hasText: "not-stack</script>*" }).waitFor();
  assert.equal([requests, errors], [[], []]);
});

test("what cannot be viewed is refused before a browser is", async () => {
  const junk = files.write("junk.offcut", new TextEncoder().encode("junk"));
  const refused = async (...words: readonly string[]) => {
    const { status, stderr } = await runCli(["view", ...words]);
    return [status, stderr];
  };
  assert.equal(await refused(junk), [
    1,
    `offcut: ${junk} is not an offcut recording (byte 0: expected 89 4f 46 46 43 55 54 0a, found 6a 75 6e 6b)\n`,
  ]);
  assert.equal(await refused("-"), [2, "offcut: view reads files, in any order; write standard input to one first\n"]);
  assert.equal(await refused("--state", "X", redis), [
    2,
    'offcut: --state takes S, D, preempted, runnable, blocked, or a bit mask, not "X"\n',
  ]);
  assert.equal(await refused("--port", "70000", redis), [
    2,
    'offcut: --port takes a number up to 65535, not "70000"\n',
  ]);
  assert.equal(await refused("--port", "0", "--out", "x", redis), [
    2,
    "offcut: --out writes a file, --port is of a server; choose one\n",
  ]);
});

if (missingBrowser() === undefined) test.run();
else {
  const skipped = suite("web/view");
  skipped("is skipped", () => console.log(`SKIP web/view: ${missingBrowser()}`));
  skipped.run();
}
