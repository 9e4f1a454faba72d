// `offcut symbols`: what recordings lack names for and where these were found; with --embed, the same
// recording with the names in it, which from then on needs no other file.

import type { Analysis } from "../analysis.js";
import { ExitCode, UsageError } from "../errors.js";
import { csvText } from "../exports/csv-text.js";
import { jsonText } from "../exports/json-text.js";
import { symbolsText } from "../exports/symbols-text.js";
import { bytesText, countOf } from "../exports/units.js";
import { embed } from "../rewriting/embed.js";
import { foundNamesOf } from "../symbol-sources/found-names.js";
import { isUnnamed, symbolNeeds, wantedOffsets } from "../symbol-sources/needs.js";
import { withSymbols } from "../symbol-sources/with-symbols.js";
import { recordingRows } from "../views/info.js";
import { symbolFields, symbolRows } from "../views/symbols.js";
import type { Arguments } from "./arguments.js";
import type { Command } from "./command.js";
import { refuseSame, withFileSource } from "./file-source.js";
import { readFormat } from "./formats.js";
import { readNaming, symbolsOption } from "./naming.js";
import { jobsOption, readJobs } from "./on-cpus.js";
import { note, outputStyle, print } from "./output.js";
import { exitCodeFor, readRecordings } from "./recordings.js";
import { findNames } from "./symbol-answers.js";
import type { FoundSymbols } from "./symbol-answers.js";
import { SymbolFiles } from "./symbol-files.js";
import { writeWholeBytes } from "./whole-file.js";

export const symbols: Command = {
  name: "symbols",
  operands: "FILE...",
  summary: "What is known of the functions in each file, how much blocked time lacks names, what was found",
  options: [
    symbolsOption,
    { flags: "--embed", description: "Write the recording with the names that were found in it; with --out" },
    { flags: "-o, --out <FILE>", description: "Where to write it" },
    jobsOption,
    { flags: "--json", description: "Everything, as JSON" },
    { flags: "--csv", description: "Everything, as comma-separated values" },
  ],
  examples: [
    "offcut symbols web1.offcut",
    "offcut symbols --symbols local,build/debug web1.offcut",
    "offcut symbols --symbols local --embed -o web1-named.offcut web1.offcut",
  ],
  run,
};

async function run(args: Arguments): Promise<ExitCode> {
  const format = readFormat(args, "json", "csv");
  const files = args.files();
  const out = await readOut(args, files);
  const { symbols: places } = readNaming(args);
  const sources = places && new SymbolFiles(places);
  const analyses = await readRecordings(files, readJobs(args));
  const found = sources === undefined ? nothingFound : await findNames(sources, analyses);
  if (out !== undefined) {
    const isWhole = await writeEmbedded(analyses[0]!, files[0]!, out, found);
    return isWhole ? exitCodeFor(analyses) : ExitCode.Failed;
  }
  const needs = analyses.flatMap((analysis) => symbolNeeds(withSymbols(analysis, found.answers)));
  const rows = symbolRows(needs, (buildId) => {
    const { object, debug } = found.paths.get(buildId) ?? {};
    return [object, debug].filter((path) => path !== undefined);
  });
  if (format === "json") await print(jsonText({ recordings: recordingRows(analyses), rows }));
  else if (format === "csv") await print(csvText(symbolFields, rows));
  else await print(symbolsText(rows, outputStyle()));
  return exitCodeFor(analyses);
}

const nothingFound: FoundSymbols = { answers: new Map(), paths: new Map() };

/** Where to write the recording; undefined where it is only to be looked at. */
async function readOut(args: Arguments, files: readonly string[]): Promise<string | undefined> {
  const out = args.value("out");
  if (args.has("embed") !== (out !== undefined)) throw new UsageError("--embed and --out go together: where to write the recording");
  if (out === undefined) return undefined;
  if (!args.has("symbols")) throw new UsageError("--embed needs --symbols: where to look for names");
  if (files.length > 1) throw new UsageError("--embed takes one recording at a time");
  if (files[0] === "-" || out === "-") throw new UsageError("--embed reads its file twice and writes another; - is neither");
  if (args.has("json") || args.has("csv")) throw new UsageError("--embed writes a recording: --json and --csv are about the list");
  await refuseSame(files[0]!, out, "embed");
  return out;
}

/** False where damaged parts were left out. */
async function writeEmbedded(analysis: Analysis, file: string, out: string, { answers }: FoundSymbols): Promise<boolean> {
  const unnamed = wantedOffsets(analysis, isUnnamed);
  const names = new Map(
    [...answers].map(([buildId, answer]) => [buildId, foundNamesOf(answer, new Set(unnamed.get(buildId)))]),
  );
  const done = await withFileSource(file, (source) => writeWholeBytes(out, (put) => embed(source, put, names, file)));
  if (done.skippedBytes > 0) note(`${file}: ${bytesText(done.skippedBytes)} are damaged and left out`);
  note(`${out}: ${countOf(done.symbols, "symbol")} of ${countOf(names.size, "file")} embedded, ${countOf(done.sources, "place")} with source lines`);
  return done.skippedBytes === 0;
}
