// A server for one person on this machine: the page under a path that nobody can guess, and the
// recordings it was started with, in ranges. Listens on the loopback address alone, and answers only
// requests that were addressed to it by that address: a name that somebody else's page had resolved to
// 127.0.0.1 is refused.

import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream";
import { UsageError } from "../errors.js";
import { pageOfAddresses } from "./view-page.js";
import type { ViewedRecording } from "./view-page.js";

const Loopback = "127.0.0.1";
const TokenBytes = 16;

export interface ViewServer {
  readonly url: string;
  close(): Promise<void>;
}

export interface ViewServed {
  /** The page as it was built. */
  readonly page: string;
  readonly recordings: readonly ViewedRecording[];
  /** What it is to show first. */
  readonly link: string;
}

/** Listens on `port`; 0 is any that is free. Throws UsageError where it is taken. */
export async function startViewServer({ page, recordings, link }: ViewServed, port: number): Promise<ViewServer> {
  const token = randomBytes(TokenBytes).toString("hex");
  const server = createServer();
  await listen(server, port);
  const host = `${Loopback}:${(server.address() as AddressInfo).port}`;
  const url = `http://${host}/${token}/`;
  const served = { host, token, recordings, page: pageOfAddresses(page, recordings, link, `${url}recordings/`) };
  server.on("request", (request, response) => answer(request, response, served));
  return { url, close: () => close(server) };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === "EADDRINUSE" || error.code === "EACCES";
      reject(
        isTaken
          ? new UsageError(`--port ${port} is not free: ${error.code}; without --port any free one is taken`)
          : error,
      );
    });
    server.listen(port, Loopback, () => {
      server.removeAllListeners("error");
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

interface Served {
  readonly host: string;
  readonly token: string;
  readonly recordings: readonly ViewedRecording[];
  readonly page: string;
}

/** Said with every answer: nothing of it is kept, guessed at, framed or used by another site. */
const headers = {
  "Cache-Control": "no-store",
  "Content-Security-Policy": "frame-ancestors 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

function answer(request: IncomingMessage, response: ServerResponse, served: Served): void {
  const { host, token, recordings, page } = served;
  if (request.headers.host !== host) return refuse(response, 403, "this server answers to its own address only");
  if (request.method !== "GET" && request.method !== "HEAD") return refuse(response, 405, "nothing can be sent here");
  const path = new URL(request.url ?? "/", `http://${host}`).pathname;
  if (path === `/${token}/`) {
    response.writeHead(200, { ...headers, "Content-Type": "text/html; charset=utf-8" });
    response.end(request.method === "HEAD" ? undefined : page);
    return;
  }
  const prefix = `/${token}/recordings/`;
  const recording = path.startsWith(prefix) ? recordings[recordingNumber(path.slice(prefix.length))] : undefined;
  if (recording === undefined) return refuse(response, 404, "there is nothing here");
  sendPart(request, response, recording);
}

function recordingNumber(text: string): number {
  return /^\d{1,6}$/.test(text) ? Number(text) : -1;
}

function refuse(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { ...headers, "Content-Type": "text/plain; charset=utf-8" });
  response.end(`${sentence}\n`);
}

/** One range of a recording, which the page always asks for; all of it where none is asked. */
function sendPart(request: IncomingMessage, response: ServerResponse, { path, lengthBytes }: ViewedRecording): void {
  const range = request.headers.range;
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range ?? "bytes=0-") ?? [];
  const from = Number(first);
  const to = Math.min(last === "" ? Infinity : Number(last), lengthBytes - 1);
  if (!(from <= to)) {
    response.writeHead(416, { ...headers, "Content-Range": `bytes */${lengthBytes}` });
    response.end();
    return;
  }
  const partial = range === undefined ? {} : { "Content-Range": `bytes ${from}-${to}/${lengthBytes}` };
  response.writeHead(range === undefined ? 200 : 206, {
    ...headers,
    ...partial,
    "Accept-Ranges": "bytes",
    "Content-Length": to - from + 1,
    "Content-Type": "application/octet-stream",
  });
  if (request.method === "HEAD") response.end();
  // A page that was closed meanwhile has read enough.
  else pipeline(createReadStream(path, { start: from, end: to }), response, () => undefined);
}
