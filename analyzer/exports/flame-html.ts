// A flame graph's picture in a page: the same SVG, with a policy under which the page runs that picture's
// own program and style and nothing else, and loads nothing, whatever the recording's names hold.

import type { FlameSvg } from "./flame-svg.js";

/** The page, as text. `title` is its own. */
export async function flameHtml({ svg, script, style }: FlameSvg, title: string): Promise<string> {
  const page = "html{background:#f8f8f4}body{margin:0}svg{display:block;margin:0 auto}@media(prefers-color-scheme:dark){html{background:#1c1c20}}";
  const styles = await Promise.all([page, style].map(hashOf));
  const policy = [
    "default-src 'none'",
    `script-src '${await hashOf(script)}'`,
    `style-src ${styles.map((hash) => `'${hash}'`).join(" ")}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const safeTitle = title.replace(/[&<>]/g, (letter) => `&#${letter.charCodeAt(0)};`).replace(/[\u0000-\u001f]/g, " ");
  return [
    "<!doctype html>",
    '<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width">',
    `<title>${safeTitle}</title>`,
    `<style>${page}</style></head><body>`,
    `${svg}</body></html>`,
    "",
  ].join("\n");
}

async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}`;
}
