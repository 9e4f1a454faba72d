// Builds build/offcut.html: page.html with styles, engine, workers and code put into it, and a
// Content-Security-Policy that allows exactly these by their hashes and forbids every connection; and
// build/offcut-web.js, the same as a library. Needs build/offcut.wasm and build/symbols.wasm. Runs under tsx; nothing of the
// analyzer imports it.

import { build } from "esbuild";
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";

const root = resolve(import.meta.dirname, "../..");
const web = import.meta.dirname;

/** A recording that shows every panel something, for those who have none yet. */
const Example = { path: "test/data/redis.offcut", name: "redis.offcut" };

async function bundled(
  entry: string,
  format: "iife" | "esm" = "iife",
  more: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(web, entry)],
    bundle: true,
    minify: true,
    format,
    target: "es2022",
    legalComments: "none",
    write: false,
    // Where the engine lies beside the library: the page never asks for it.
    define: { "import.meta.url": '"file:///"', ...more },
    logLevel: "warning",
  });
  return outputFiles[0]!.text;
}

async function styles(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(web, "styles.css")],
    bundle: true,
    minify: true,
    write: false,
  });
  return outputFiles[0]!.text.trim();
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

function policyOf(main: string, style: string): string {
  return [
    "default-src 'none'",
    `script-src ${hashOf(main)} 'wasm-unsafe-eval'`,
    `style-src ${hashOf(style)}`,
    "worker-src blob:",
    "img-src data:",
    "connect-src 'none'",
    "form-action 'none'",
    "base-uri 'none'",
    // No text of a recording can become markup or code, whatever the code here does with it.
    "require-trusted-types-for 'script'",
    "trusted-types offcut",
  ].join("; ");
}

/** Text inside a script element ends at neither of these. */
function scriptText(text: string, what: string): string {
  if (/<\/script|<!--/i.test(text)) throw new Error(`${what} cannot stand in an HTML script element`);
  return text;
}

function filled(template: string, parts: Readonly<Record<string, string>>): string {
  return template.replace(/@([A-Z]+)@/g, (_, name: string) => parts[name]!);
}

/** Compressed, since few who open the page need it. */
function packed(path: string): string {
  return gzipSync(readFileSync(path), { level: 9 }).toString("base64");
}

function exampleElement(): string {
  const base64 = packed(join(root, Example.path));
  return `<script type="application/octet-stream" data-example="${Example.name}">${base64}</script>`;
}

const [main, worker, style] = await Promise.all([bundled("main.ts"), bundled("worker.ts"), styles()]);
const page = filled(readFileSync(join(web, "page.html"), "utf8"), {
  CSP: policyOf(main, style),
  STYLES: style,
  ENGINE: readFileSync(join(root, "build/offcut.wasm")).toString("base64"),
  SYMBOLIZER: packed(join(root, "build/symbols.wasm")),
  DEMANGLER: packed(createRequire(import.meta.url).resolve("gecko-profiler-demangle/index_bg.wasm")),
  WORKER: scriptText(worker, "worker.ts"),
  MAIN: scriptText(main, "main.ts"),
});
mkdirSync(join(root, "build"), { recursive: true });
writeFileSync(
  join(root, "build/offcut.html"),
  page.replace("<!-- recordings -->", `${exampleElement()}\n<!-- recordings -->`),
);
writeFileSync(
  join(root, "build/offcut-web.js"),
  await bundled("mount.ts", "esm", { OFFCUT_STYLES: JSON.stringify(style) }),
);
console.log(`build/offcut.html: ${gzipSync(page).length} bytes compressed, without the example`);
