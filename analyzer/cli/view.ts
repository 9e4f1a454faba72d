// `offcut view`: the page with recordings loaded, from a server of its own on this machine; or in one
// file that holds them.

import { spawn } from "node:child_process";
import { open } from "node:fs/promises";
import { basename } from "node:path";
import { ExitCode, UsageError } from "../errors.js";
import { bytesText, countOf } from "../exports/units.js";
import { filterName, filterOptions, readFilters } from "../filters/filters.js";
import { HeadBytes } from "../filters/moments.js";
import { analyze } from "../on-node.js";
import type { Arguments } from "./arguments.js";
import type { Command } from "./command.js";
import { idleOptions, readIdle } from "./idle.js";
import { note, print } from "./output.js";
import { pageOfRecordings, readPage } from "./view-page.js";
import type { ViewedRecording } from "./view-page.js";
import { startViewServer } from "./view-server.js";
import type { ViewServed } from "./view-server.js";
import { writeWhole } from "./whole-file.js";

/** A page of more could not be opened: browsers hold all of it as one text. */
const EmbeddedBytesMax = 256 * 1024 * 1024;
const PortMax = 65535;

export const view: Command = {
  name: "view",
  operands: "FILE...",
  summary: "The same answers in a browser: look around, filter, compare, pass on",
  options: [
    { flags: "-o, --out <FILE>", description: "Write one HTML file that holds the recordings, to be sent to somebody" },
    { flags: "--port <N>", description: "Serve on this port of 127.0.0.1 (any that is free)" },
    { flags: "--no-open", description: "Only print the address, do not open a browser" },
    idleOptions[0]!,
    ...filterOptions,
  ],
  examples: [
    "offcut view web1.offcut",
    "offcut view -p 4242 --state D web1.offcut",
    "offcut view -o slow-fsync.html before.offcut after.offcut",
  ],
  run,
};

async function run(args: Arguments): Promise<ExitCode> {
  const out = args.value("out");
  const port = args.count("port", 0, 0);
  if (port > PortMax) throw new UsageError(`--port takes a number up to ${PortMax}, not "${port}"`);
  if (out !== undefined && args.has("port")) {
    throw new UsageError("--out writes a file, --port is of a server; choose one");
  }
  const link = await readLink(args);
  const recordings = await viewedRecordings(args.files());
  const served = { page: await readPage(), recordings, link };
  if (out !== undefined) return writePage(served, out);
  const server = await startViewServer(served, port);
  await print(`${server.url}\n`);
  note(`serving ${countOf(recordings.length, "recording")} to this machine alone; Ctrl-C ends it`);
  if (!args.has("no-open")) openBrowser(server.url);
  await interrupted();
  await server.close();
  return ExitCode.Answered;
}

/** The files as the page is told of them. Throws where one is no recording. */
async function viewedRecordings(files: readonly string[]): Promise<ViewedRecording[]> {
  if (files.includes("-")) throw new UsageError("view reads files, in any order; write standard input to one first");
  const recordings: ViewedRecording[] = [];
  for (const path of files) {
    const file = await open(path, "r");
    try {
      const { size } = await file.stat();
      const { buffer, bytesRead } = await file
        .read(new Uint8Array(HeadBytes), 0, HeadBytes, 0)
        .catch((error: Error) => {
          throw Object.assign(error, { path });
        });
      // What is no recording is said here, and not in the browser. Its beginning is a short recording.
      await analyze(buffer.subarray(0, bytesRead), { name: path });
      recordings.push({ name: basename(path), path, lengthBytes: size });
    } finally {
      await file.close();
    }
  }
  return recordings;
}

/** The filters given, as the page's links have them; it may take them away again. */
async function readLink(args: Arguments): Promise<string> {
  // What means nothing is said here, and not in the browser.
  readFilters(args);
  await readIdle(args);
  const names = [...filterOptions.map(filterName), "idle"].filter((name) => args.has(name));
  return names.map((name) => `${name}=${encodeURIComponent(args.value(name)!)}`).join("&");
}

async function writePage({ page, recordings, link }: ViewServed, out: string): Promise<ExitCode> {
  const lengthBytes = recordings.reduce((sum, recording) => sum + recording.lengthBytes, 0);
  if (lengthBytes > EmbeddedBytesMax) {
    throw new UsageError(
      `a page of ${bytesText(lengthBytes)} could not be opened; at most ${bytesText(EmbeddedBytesMax)} of recordings go into one: record less, or send the recordings`,
    );
  }
  if (out === "-") for await (const piece of pageOfRecordings(page, recordings, link)) await print(piece);
  else await writeWhole(out, pageOfRecordings(page, recordings, link));
  return ExitCode.Answered;
}

/** Where there is a desktop; where there is none, or it has no browser, the address was printed. */
function openBrowser(url: string): void {
  const { platform, env } = process;
  if (platform === "linux" && env.DISPLAY === undefined && env.WAYLAND_DISPLAY === undefined) return;
  const [program, ...before] =
    platform === "darwin" ? ["open"] : platform === "win32" ? ["cmd", "/c", "start", ""] : ["xdg-open"];
  spawn(program!, [...before, url], { stdio: "ignore", detached: true })
    .on("error", () => undefined)
    .unref();
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
  });
}
