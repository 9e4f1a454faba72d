// Names found later: programs compiled here are stripped and hidden in every place a debugger would
// look, recordings lead through them, and what --symbols names is what eu-addr2line says. Files of other
// build ids name nothing, embedded names need no file, servers of debuginfod may do what they like.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { findProgram } from "../host.js";
import { analyzeRecording } from "../oracle/analyze.js";
import { recordingOf } from "../recordings/of-program.js";
import { compileWaitingProgram, expectedNames, missingForPrograms } from "../recordings/waiting-program.js";
import type { WaitingProgram } from "../recordings/waiting-program.js";
import { runCli, TemporaryFiles } from "./run-cli.js";

const tests = suite("cli/symbols");
const files = new TemporaryFiles();
const path = (name: string) => files.path(name);
const missing = missingForPrograms() ?? (findProgram("debuginfod") === undefined ? "debuginfod" : undefined);

let program: WaitingProgram;
let recording: string;

const run = (tool: string, ...words: string[]) => execFileSync(tool, words, { encoding: "utf8" });

tests.before(() => {
  program = compileWaitingProgram(files.directory);
  const stack = program.frames.map(({ offset }) => ({ file: 0, offset }));
  recording = files.write("waits.offcut", recordingOf([{ path: "/gone/waits", buildId: program.buildId }], [stack]));
});
tests.after(() => files.remove());

const expected = () => expectedNames(program).join(";");

const folded = async (words: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const { status, stdout, stderr } = await runCli(["offcpu", "-f", "-U", ...words], { env });
  return { status, stdout, stderr: stderr.replace(/^offcut: stacks: .*\n/m, "") };
};
const bare = () => `waiter;${[...program.frames].reverse().map(({ offset }) => `waits+0x${offset.toString(16)}`).join(";")} 1000\n`;

async function serving<Answer>(listener: RequestListener, ask: (url: string) => Promise<Answer>): Promise<Answer> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    return await ask(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** On a port of its own, when it has looked at all files. */
async function withDebuginfod<Answer>(directory: string, ask: (url: string) => Promise<Answer>): Promise<Answer> {
  const port = await freePort();
  const server = spawn("debuginfod", ["-F", "-c", "1", "-d", ":memory:", "-p", String(port), directory], { stdio: "ignore" });
  try {
    const url = `http://127.0.0.1:${port}`;
    for (let tries = 0; !(await hasScanned(url)); tries++) {
      if (tries === 200) throw new Error("debuginfod is not ready after 20 s");
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return await ask(url);
  } finally {
    server.kill("SIGKILL");
  }
}

async function hasScanned(url: string): Promise<boolean> {
  const text = await fetch(`${url}/metrics`).then((response) => response.text(), () => "");
  return /^ready 1$/m.test(text) && /^scanned_files_total\{source="file"\} 2$/m.test(text);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

if (missing !== undefined) {
  tests("programs are compiled", () => {
    console.log(`SKIP ${missing} is missing`);
    assert.not(process.env["CI"] === "true", `${missing} is missing`);
  });
} else {
  tests("without --symbols nothing of this host is looked at", async () => {
    const here = files.write("here.offcut", recordingOf([{ path: path("full"), buildId: program.buildId }], [program.frames.map(({ offset }) => ({ file: 0, offset }))]));
    const { stdout } = await folded([here]);
    assert.is(stdout, bare().replaceAll("waits+", "full+"));
    assert.is((await folded([here, "--symbols", "local"])).stdout, `waiter;${expected()} 1000\n`);
  });

  tests("every place a debugger looks in gives the names that eu-addr2line gives", async () => {
    mkdirSync(path("layout/.build-id"), { recursive: true });
    const kept = path(`layout/.build-id/${program.buildId.slice(0, 2)}/${program.buildId.slice(2)}.debug`);
    mkdirSync(dirname(kept));
    copyFileSync(path("waits.debug"), kept);
    mkdirSync(path("linked/.debug"), { recursive: true });
    copyFileSync(path("object/waits"), path("linked/waits"));
    copyFileSync(path("waits.debug"), path("linked/.debug/waits.debug"));
    mkdirSync(path("beside"));
    copyFileSync(path("object/waits"), path("beside/waits"));
    copyFileSync(path("waits.debug"), path("beside/waits.debug"));
    for (const place of ["full", "waits.debug", "layout", "linked/waits", "beside/waits", "beside"]) {
      const { stdout, stderr, status } = await folded([recording, "--symbols", path(place)]);
      assert.is(stdout, `waiter;${expected()} 1000\n`, place);
      assert.is(stderr, "", place);
      assert.is(status, 0);
    }
  });

  tests("a stripped file that has its symbols packed (.gnu_debugdata) names its functions", async () => {
    mkdirSync(path("packed"));
    run("objcopy", "--only-keep-debug", "--strip-debug", path("full"), path("mini.debug"));
    run("xz", "--keep", path("mini.debug"));
    run("objcopy", "--strip-all", `--add-section=.gnu_debugdata=${path("mini.debug.xz")}`, path("full"), path("packed/waits"));
    const { stdout } = await folded([recording, "--symbols", path("packed")]);
    assert.is(stdout, "waiter;main;calls;waits 1000\n");
  });

  tests("a file of another build id names nothing, nor does a link whose CRC differs", async () => {
    run("gcc", "-g", "-O1", "-DOTHER", "-Wl,--build-id=0x1234567890abcdef", path("waits.c"), "-o", path("other"));
    mkdirSync(path("wrong"));
    copyFileSync(path("other"), path("wrong/other"));
    copyFileSync(path("object/waits"), path("wrong/waits"));
    const damaged = readFileSync(path("waits.debug"));
    damaged[damaged.length - 1]! ^= 1;
    // Its build id is taken from it, so that only the link could lead to it.
    const id = damaged.indexOf(Buffer.from(program.buildId, "hex"));
    damaged[id]! ^= 1;
    writeFileSync(path("wrong/waits.debug"), damaged);
    assert.is((await folded([recording, "--symbols", path("wrong")])).stdout, bare());
  });

  tests("hostile files end in a sentence or name nothing", async () => {
    const whole = readFileSync(path("full"));
    mkdirSync(path("hostile"));
    for (const length of [0, 4, 63, 64, 100, 1000, 5000, whole.length - 100]) {
      writeFileSync(path(`hostile/cut-${length}`), whole.subarray(0, length));
    }
    const wild = Buffer.from(whole);
    wild.fill(0xff, 32, 64);
    writeFileSync(path("hostile/wild"), wild);
    const { status, stdout, stderr } = await folded([recording, "--symbols", path("hostile")]);
    assert.is(status, 0);
    assert.ok(stdout.startsWith("waiter;") && stdout.endsWith(" 1000\n"), stdout);
    assert.not.match(stderr, /RuntimeError|    at /);
    const one = await folded([recording, "--symbols", path("hostile/wild")]);
    assert.is(one.stderr, `offcut: --symbols ${path("hostile/wild")} is no ELF file with a build id: it names nothing\n`);
    const none = await folded([recording, "--symbols", path("absent")]);
    assert.is(none.status, 2);
    assert.ok(none.stderr.includes(`--symbols ${path("absent")}: there is no such file or directory`), none.stderr);
  });

  tests("the list says what is lacking, how much it explains and where it was found", async () => {
    const { stdout } = await runCli(["symbols", recording, "--symbols", path("full"), "--json"]);
    const { rows } = JSON.parse(stdout) as { rows: unknown[] };
    assert.equal(rows, [
      { path: "/gone/waits", buildId: program.buildId, frames: 3, unnamed: 0, withLines: 3, blockedNs: 0, foundAt: [path("full")] },
    ]);
    const { stdout: csv } = await runCli(["symbols", recording, "--csv"]);
    assert.is(csv, `path,buildId,frames,unnamed,withLines,blockedNs,foundAt\r\n/gone/waits,${program.buildId},3,3,0,1000000,\r\n`);
  });

  tests("embedded names need no file, and embedding them again changes nothing", async () => {
    const out = path("named.offcut");
    const { status, stderr } = await runCli(["symbols", recording, "--symbols", path("full"), "--embed", "-o", out]);
    assert.is(status, 0, stderr);
    const { stdout } = await folded([out]);
    assert.is(stdout, `waiter;${expected()} 1000\n`);
    for (const words of [["offcpu", "--all", "-v"], ["offcpu", "--json"], ["waits", "--stacks"]]) {
      const overlaid = (await runCli([...words, recording, "--symbols", path("full")])).stdout;
      const embedded = (await runCli([...words, out])).stdout;
      assert.is(embedded.replace(/"fileBytes": \d+/, "").replace(/named\.offcut/g, "waits.offcut").replace(/"version": "[^"]*"/, ""),
        overlaid.replace(/"fileBytes": \d+/, "").replace(/"version": "[^"]*"/, ""), words.join(" "));
    }
    assert.equal(analyzeRecording(readFileSync(out)).warnings, []);
    const again = path("again.offcut");
    await runCli(["symbols", out, "--symbols", path("full"), "--embed", "-o", again]);
    assert.is((await folded([again])).stdout, stdout);
    assert.is((await runCli(["info", again])).status, 0);
  });

  tests("a debuginfod server names what it has, once: then it is in the cache", async () => {
    const asked: string[] = [];
    const env = { DEBUGINFOD_CACHE_PATH: path("cache") };
    const answer = await serving(
      (request, response) => {
        asked.push(request.url!);
        if (request.url === `/buildid/${program.buildId}/debuginfo`) response.end(readFileSync(path("waits.debug")));
        else response.writeHead(404).end();
      },
      (url) => folded([recording, "--symbols", "debuginfod"], { ...env, DEBUGINFOD_URLS: url }),
    );
    assert.is(answer.stdout, `waiter;${expected()} 1000\n`);
    assert.is(answer.stderr, "");
    assert.equal(asked, ["debuginfo", "executable"].map((kind) => `/buildid/${program.buildId}/${kind}`));
    assert.ok(readFileSync(path(`cache/${program.buildId}/debuginfo`)).equals(readFileSync(path("waits.debug"))));
    const later = await folded([recording, "--symbols", "debuginfod"], { ...env, DEBUGINFOD_URLS: "http://127.0.0.1:1" });
    assert.is(later.stdout, answer.stdout);
    assert.match(later.stderr, /^offcut: debuginfod: http:\/\/127\.0\.0\.1:1\/buildid\/.* is not asked again\n$/);
  });

  tests("Debian's debuginfod serves what names the recording", async () => {
    mkdirSync(path("served"));
    copyFileSync(path("waits.debug"), path("served/waits.debug"));
    copyFileSync(path("object/waits"), path("served/waits"));
    const answer = await withDebuginfod(path("served"), (url) =>
      folded([recording, "--symbols", "debuginfod"], { DEBUGINFOD_CACHE_PATH: path("debian-cache"), DEBUGINFOD_URLS: url }),
    );
    assert.is(answer.stdout, `waiter;${expected()} 1000\n`);
    assert.is(answer.stderr, "");
  });

  tests("servers that send garbage, nothing or too slowly are given up with a sentence", async () => {
    const ask = (listener: RequestListener, name: string) =>
      serving(listener, (url) =>
        folded([recording, "--symbols", "debuginfod"], { DEBUGINFOD_CACHE_PATH: path(name), DEBUGINFOD_URLS: url, DEBUGINFOD_TIMEOUT: "0.5" }),
      );
    const garbage = await ask((_, response) => response.end("<html>no</html>"), "garbage");
    assert.is(garbage.stdout, bare());
    assert.match(garbage.stderr, /debuginfo, which a debuginfod server sent, is not the file of build id [0-9a-f]{40}: not used/);
    const failing = await ask((_, response) => response.writeHead(500).end(), "failing");
    assert.is(failing.stdout, bare());
    assert.match(failing.stderr, /^offcut: debuginfod: http.*\/debuginfo: HTTP 500; http:\S+ is not asked again\n$/);
    const slow = await ask(() => undefined, "slow");
    assert.match(slow.stderr, /no whole answer within 0\.5 s; http:\S+ is not asked again\n$/);
    const endless = await ask((_, response) => {
      const more = () => response.write(Buffer.alloc(1000)) && setTimeout(more, 20);
      more();
    }, "endless");
    assert.is(endless.stdout, bare());
    assert.match(endless.stderr, /no whole answer within 0\.5 s/);
    const unset = await folded([recording, "--symbols", "debuginfod"], { DEBUGINFOD_URLS: "" });
    assert.is(unset.status, 2);
    assert.ok(unset.stderr.includes("--symbols debuginfod needs DEBUGINFOD_URLS, the servers to ask"), unset.stderr);
  });
}

tests.run();
