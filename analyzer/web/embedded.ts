// What the page's document carries beside its code: elements that are data to the browser and never
// run. The engine and the workers' source always; recordings, whole or by their addresses, where
// `offcut view` or the build put them there.

import type { Bytes } from "./job.js";

export interface EmbeddedRecording {
  readonly name: string;
  readonly bytes: Bytes;
}

/** The text of an element by its id. */
export function embeddedText(id: string): string {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page lacks its ${id}`);
  return element.textContent ?? "";
}

/** The same, as the bytes that it is the base64 of. */
export function embeddedBytes(id: string): Uint8Array {
  return bytesOfBase64(embeddedText(id));
}

/**
 * The recordings in `<script type="application/octet-stream" data-recording="NAME">`, or data-example:
 * compressed (gzip) and as base64; or, in an element with data-url and data-bytes, an address.
 */
export async function embeddedRecordings(kind: "recording" | "example"): Promise<EmbeddedRecording[]> {
  const elements = [...document.querySelectorAll<HTMLScriptElement>(`script[data-${kind}]`)];
  return Promise.all(
    elements.map(async ({ dataset, textContent }) => {
      const name = dataset[kind]!;
      if (dataset.url !== undefined) {
        const url = new URL(dataset.url, location.href).href;
        return { name, bytes: { url, lengthBytes: Number(dataset.bytes) } };
      }
      return { name, bytes: await inflated(bytesOfBase64(textContent ?? "")) };
    }),
  );
}

export function bytesOfBase64(base64: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64.trim());
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

export async function inflated(bytes: Uint8Array<ArrayBuffer>): Promise<Blob> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).blob();
}
