// The symbolizer as a process of its own, for the bench: reads an object (and, if given, its debug file),
// looks up the hexadecimal addresses of standard input, and prints functions and lines as eu-addr2line
// does. Of the built library it loads what names addresses and nothing else, as the peers do.
//
// usage: node symbolize.mjs BUILD OBJECT [DEBUG]

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [build, object, debug] = process.argv.slice(2);
const { compileSymbolizer, openSymbols } = await import(pathToFileURL(join(build, "analyzer/symbolizer.js")).href);
const compiled = await compileSymbolizer(readFileSync(join(build, "symbols.wasm")));
const { readNeeded } = await import(pathToFileURL(join(build, "analyzer/symbol-sources/needed-parts.js")).href);
const { withFileSource } = await import(pathToFileURL(join(build, "analyzer/cli/file-source.js")).href);
const read = (path) => withFileSource(path, readNeeded);
const files = { object: await read(object), ...(debug === undefined ? {} : { debug: await read(debug) }) };
const addresses = readFileSync(0, "utf8").trim().split("\n").map(BigInt);
const answers = openSymbols(compiled, files).lookup(addresses);
let text = "";
for (let at = 0; at < addresses.length; at++) {
  text += `0x${addresses[at].toString(16)}\n`;
  for (const { name, file, line } of answers.framesOf(at)) text += `${name || "??"}\n${file || "??"}:${line}\n`;
}
process.stdout.write(text);
