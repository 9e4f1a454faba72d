// The page (build/offcut.html) with recordings in it: by their addresses, for the server of `offcut
// view`, or whole, compressed, in a file that can be sent to somebody. What the elements mean is
// analyzer/web/embedded.ts's; names are escaped here, because they are anybody's.

import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGzip } from "node:zlib";
import { packageRoot } from "./package-root.js";

/** Where in the page recordings belong, and what they are put in place of. */
const Place = "<!-- recordings -->";
const NoConnections = "connect-src 'none'";

/** A recording as the page is told of it. */
export interface ViewedRecording {
  /** What the page calls it. */
  readonly name: string;
  readonly path: string;
  readonly lengthBytes: number;
}

/** The page as it was built. Throws the system's error where it was not. */
export async function readPage(): Promise<string> {
  const path = `${packageRoot}build/offcut.html`;
  const page = await readFile(path, "utf8");
  if (!page.includes(Place) || !page.includes(NoConnections))
    throw new Error(`${path} is not the page of this version`);
  return page;
}

/** What the page is to show first, as the part of its address after `#`, in which nothing means anything to HTML. */
function linkElement(link: string): string {
  return link === "" ? "" : `<script type="text/plain" id="link">${link}</script>\n`;
}

/** The page that fetches its recordings from `baseUrl` followed by their numbers, and nothing else. */
export function pageOfAddresses(
  page: string,
  recordings: readonly ViewedRecording[],
  link: string,
  baseUrl: string,
): string {
  const elements = recordings.map(
    ({ name, lengthBytes }, at) =>
      `<script type="application/octet-stream" data-recording="${escaped(name)}" data-url="${escaped(baseUrl)}${at}" data-bytes="${lengthBytes}"></script>`,
  );
  // Functions, because $ in a name means something to replace.
  return page
    .replace(NoConnections, () => `connect-src ${baseUrl}`)
    .replace(Place, () => linkElement(link) + elements.join("\n"));
}

/** The page that holds its recordings, in pieces. */
export async function* pageOfRecordings(
  page: string,
  recordings: readonly ViewedRecording[],
  link: string,
): AsyncGenerator<string, void, undefined> {
  const at = page.indexOf(Place);
  yield page.slice(0, at) + linkElement(link);
  for (const { name, path } of recordings) {
    yield `<script type="application/octet-stream" data-recording="${escaped(name)}">`;
    // An error of reading ends the compressed stream, too, which throws it.
    yield* base64Of(pipeline(createReadStream(path), createGzip(), () => undefined));
    yield "</script>\n";
  }
  yield page.slice(at + Place.length);
}

async function* base64Of(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  // Three bytes are four letters: what does not divide waits for the next chunk.
  let rest = Buffer.alloc(0);
  for await (const chunk of bytes) {
    const all = Buffer.concat([rest, chunk]);
    const whole = all.length - (all.length % 3);
    yield all.toString("base64", 0, whole);
    rest = all.subarray(whole);
  }
  yield rest.toString("base64");
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
