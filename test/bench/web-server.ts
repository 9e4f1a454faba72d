// How large does the recording of a busy web server become? nginx with an access log serves a page of
// 4 KB at a steady rate, and is recorded with everything on and all of its files sealed; what a minute takes
// is the file's growth, the sealed part once. Also as fast as it will, for whoever's is busier than that.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildDirectory, findProgram } from "../host.js";
import { rounded, type Answer } from "./answer.js";

const Seconds = 20;
const PageBytes = 4096;
const MbPerMinuteMax = 5;
/** Requests per second; the first is what is held against the bound. */
const Rates = [1000, 250, 4000] as const;

export async function webServer(progress: (text: string) => void): Promise<Answer> {
  const question = "web-server";
  if (findProgram("nginx") === undefined) {
    console.log("SKIP web-server: nginx is not installed");
    return { question, method: "skipped: no nginx", rows: [], verdicts: [] };
  }
  const rows = [];
  for (const rate of Rates) {
    progress(`nginx at ${rate} requests a second`);
    rows.push({ rate, ...(await measure(rate)) });
  }
  return {
    question,
    method: `nginx, one process, a page of ${PageBytes} bytes, access log; recorded by pid for ${Seconds} s with all its stacks' files sealed`,
    rows: rows.map(({ rate, answered, events, megabytes, perMinute, lost }) => ({
      "asked/s": rate,
      "answered/s": rounded(answered / Seconds, 0),
      "events/s": rounded(events / Seconds, 0),
      "file MB": rounded(megabytes, 2),
      "MB a minute": rounded(perMinute, 2),
      lost,
    })),
    verdicts: [
      {
        what: `MB a minute, ${Rates[0]} requests a second`,
        measured: rounded(rows[0]!.perMinute, 2),
        target: MbPerMinuteMax,
        direction: "below",
      },
    ],
  };
}

async function measure(rate: number) {
  const directory = mkdtempSync(join(tmpdir(), "offcut-bench-"));
  try {
    return await recorded(directory, rate);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function recorded(directory: string, rate: number) {
  const port = 20_000 + (process.pid % 20_000);
  writeFileSync(join(directory, "page.html"), "x".repeat(PageBytes));
  writeFileSync(join(directory, "nginx.conf"), configurationOf(directory, port));
  const server = spawn("nginx", ["-c", join(directory, "nginx.conf"), "-p", directory], { stdio: "ignore" });
  try {
    await sleep(500);
    const client = spawn(process.execPath, [join(import.meta.dirname, "paced-client.mjs"), String(port), String(rate), String(Seconds + 2)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let answered = "";
    client.stdout.setEncoding("utf8").on("data", (text: string) => (answered += text));
    await sleep(1000);
    const file = join(directory, "web.offcut");
    const text = await record(server.pid!, file);
    await once(client, "exit");
    const megabytes = statSync(file).size / 1e6;
    const sealed = sealedMegabytes(text);
    const perMinute = (megabytes - sealed) * (60 / Seconds) + sealed;
    return { answered: (Number(answered) * Seconds) / (Seconds + 2), megabytes, perMinute, ...countsOf(text) };
  } finally {
    server.kill();
  }
}

function configurationOf(directory: string, port: number): string {
  return `daemon off; master_process off; pid ${directory}/nginx.pid; error_log ${directory}/error.log; worker_processes 1;
    events { worker_connections 64; }
    http { access_log ${directory}/access.log; sendfile on; keepalive_requests 1000000;
      server { listen 127.0.0.1:${port}; root ${directory}; } }`;
}

/** What the recorder said at its end. */
async function record(pid: number, file: string): Promise<string> {
  const words = ["-o", file, "-d", String(Seconds), "-p", String(pid), "-v"];
  const recorder = spawn(join(buildDirectory, "offcut-capture"), words, { stdio: ["ignore", "ignore", "pipe"] });
  let text = "";
  recorder.stderr.setEncoding("utf8").on("data", (piece: string) => (text += piece));
  const [code] = (await once(recorder, "exit")) as [number];
  if (code !== 0) throw new Error(`the recorder failed: ${text}`);
  return text;
}

/** Before compression, so at most so much of the file. */
function sealedMegabytes(text: string): number {
  return [...text.matchAll(/: (\d+) bytes, \d+ symbols sealed/g)].reduce((sum, [, bytes]) => sum + Number(bytes), 0) / 1e6;
}

function countsOf(text: string): { events: number; lost: number } {
  const [, switches, wakeups, calls, lost] = /(\d+) switches, (\d+) wakeups, (\d+) system calls.* (\d+) lost/.exec(text) ?? [];
  if (lost === undefined) throw new Error(`the recorder's last line is not understood: ${text}`);
  return { events: Number(switches) + Number(wakeups) + Number(calls), lost: Number(lost) };
}
