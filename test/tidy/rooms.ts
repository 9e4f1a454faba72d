// The rooms of the house and who may use whom, as one table. A file belongs to the first room whose
// pattern it matches; an import is fine if the room's rule says so. What no room covers is not
// checked here.

import type { Import } from "./imports.js";

interface Room {
  name: string;
  pattern: RegExp;
  /** Why an import is not allowed; undefined if it is. */
  complaint: (use: Import) => string | undefined;
}

function only(...allowed: readonly RegExp[]): (use: Import) => string | undefined {
  return ({ to }) => (allowed.some((pattern) => pattern.test(to)) ? undefined : `may not use ${to}`);
}

const engineAbi = /^assembly\/(format|tables|time-columns|symbols\/tables)\.ts$/;
const node = /^node:/;
const core = /^analyzer\/[^/]+\.ts$/;
const syscallTables = /^analyzer\/syscalls\//;
/** What an answer is made of, without what makes it. */
const analysis = /^analyzer\/(analysis|event-batch|tables|errors|errno)\.ts$/;
const expressions = /^analyzer\/expressions\//;
const views = /^analyzer\/views\//;
/** How names are matched and classes called, which know no view. */
const words = /^analyzer\/views\/(classes|text-match)\.ts$/;
const exporters = /^analyzer\/exports\//;
const imports = /^analyzer\/imports\//;
const filters = /^analyzer\/filters\//;
const rewriting = /^analyzer\/rewriting\//;

const symbolSources = /^analyzer\/symbol-sources\//;

const rooms: readonly Room[] = [
  { name: "bpf", pattern: /^bpf\//, complaint: only(/^bpf\//, /\.bpf\.h$/) },
  {
    name: "capture",
    pattern: /^capture\/.*\.[ch]c?$/,
    complaint: only(/^capture\//, /^bpf\/(events|cpu)\.h$/, /\.lskel\.h$/),
  },
  { name: "assembly", pattern: /^assembly\//, complaint: only(/^assembly\//) },
  { name: "analyzer/on-node", pattern: /^analyzer\/(on-)?node\.ts$/, complaint: only(core, engineAbi, node) },
  {
    name: "analyzer/index",
    pattern: /^analyzer\/index\.ts$/,
    complaint: only(core, engineAbi, expressions, views, exporters, filters, imports, rewriting, symbolSources, syscallTables),
  },
  {
    name: "analyzer/filters",
    pattern: filters,
    complaint: only(filters, analysis, /^analyzer\/pass-options\.ts$/, views, syscallTables),
  },
  {
    name: "analyzer/rewriting",
    pattern: rewriting,
    complaint: only(rewriting, engineAbi, /^analyzer\/(errors|source)\.ts$/),
  },
  {
    name: "analyzer/symbol-sources",
    pattern: symbolSources,
    complaint: only(symbolSources, analysis, engineAbi, /^analyzer\/(added-strings|build-id|joined-columns|source|symbolizer|symbol-frames)\.ts$/, /^analyzer\/rewriting\/embed\.ts$/),
  },
  { name: "analyzer/imports", pattern: imports, complaint: only(imports, /^analyzer\/errors\.ts$/, /^analyzer\/views\/folded-lines\.ts$/) },
  {
    name: "analyzer/expressions",
    pattern: expressions,
    complaint: only(expressions, analysis, engineAbi, syscallTables, words),
  },
  { name: "analyzer/views", pattern: views, complaint: only(analysis, engineAbi, expressions, views, syscallTables) },
  {
    name: "analyzer/exports",
    pattern: exporters,
    complaint: only(analysis, engineAbi, expressions, views, exporters, syscallTables),
  },
  { name: "analyzer/syscalls", pattern: syscallTables, complaint: only(syscallTables, engineAbi) },
  { name: "analyzer/cli", pattern: /^analyzer\/cli\//, complaint: commandLine },
  // Runs when the page is built, never in it.
  { name: "analyzer/web/build-page", pattern: /^analyzer\/web\/build-page\.ts$/, complaint: only(node, /^esbuild$/) },
  {
    name: "analyzer/web",
    pattern: /^analyzer\/web\//,
    complaint: only(/^analyzer\/web\//, /^analyzer\/index\.ts$/, views, exporters, /^preact(\/hooks)?$/),
  },
  {
    name: "analyzer/debug-data",
    pattern: /^analyzer\/debug-data\.ts$/,
    complaint: only(/^analyzer\/errors\.ts$/, /^xz-decompress$/),
  },
  { name: "analyzer core", pattern: core, complaint: only(core, engineAbi, syscallTables) },
  { name: "test/oracle", pattern: /^test\/oracle\//, complaint: only(/^test\/oracle\//, node) },
];

/** Everything of the analyzer and of Node but the page; the addon only by dynamic import, to record. */
function commandLine(use: Import): string | undefined {
  if (/^analyzer\/web\//.test(use.to)) return `may not use ${use.to}`;
  const isAddon = /addon|\.node$/.test(use.to);
  if (!isAddon) return only(/^analyzer\//, engineAbi, node, /^(cac|picocolors)$/)(use);
  if (!use.isDynamic) return `may load ${use.to} by dynamic import only`;
  return /record/.test(use.from) ? undefined : `may not load ${use.to}: only recording needs it`;
}

export function complaintAbout(use: Import): string | undefined {
  if (/^test\//.test(use.to) && !/^test\//.test(use.from))
    return `${use.from} may not use ${use.to}: nothing imports test`;
  const room = rooms.find(({ pattern }) => pattern.test(use.from));
  const complaint = room?.complaint(use);
  return complaint === undefined ? undefined : `${use.from} (${room!.name}) ${complaint}`;
}
