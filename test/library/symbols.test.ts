// Names found later, by programs: what an analysis lacks, what a file says of it, the analysis with names.

import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  analyze,
  foldedRows,
  foldedSums,
  localDemangler,
  localSymbolizer,
  namesOf,
  openSymbols,
  ProgramHeaders,
  symbolNeeds,
  wantedOffsets,
  withShownSymbols,
  withSymbols,
} from "../../analyzer/node.js";
import type { Analysis } from "../../analyzer/node.js";
import { TemporaryFiles } from "../cli/run-cli.js";
import { recordingOf } from "../recordings/of-program.js";
import { compileWaitingProgram, expectedNames, missingForPrograms } from "../recordings/waiting-program.js";

const test = suite("library/symbols");
const files = new TemporaryFiles();
test.after(() => files.remove());
const missing = missingForPrograms();

/** Of the one stack, from outside in. */
function userFramesOf(analysis: Analysis): string[] {
  const [row] = foldedRows(foldedSums([analysis], { stacks: "user" }));
  return row!.stack.split(";").slice(1);
}

test("a file names what an analysis lacks, and the analysis stays as it was", async () => {
  if (missing !== undefined) {
    console.log(`SKIP ${missing} is missing`);
    assert.is.not(process.env["CI"], "true", `${missing} is missing`);
    return;
  }
  const program = compileWaitingProgram(files.directory);
  const { buildId, frames } = program;
  const stack = frames.map(({ offset }) => ({ file: 0, offset }));
  const analysis = await analyze(recordingOf([{ path: "/gone/waits", buildId }], [stack]));
  const [need] = symbolNeeds(analysis);
  assert.equal([need!.buildId, need!.frames, need!.unnamed, need!.blockedNs], [buildId, 3, 3, 1_000_000n]);

  const file = new Uint8Array(readFileSync(program.full));
  const symbols = openSymbols(await localSymbolizer(), file, { name: program.full });
  const names = namesOf(symbols, ProgramHeaders.of(file)!, wantedOffsets(analysis).get(buildId)!);
  const named = withSymbols(analysis, new Map([[buildId, names]]));
  assert.is(symbolNeeds(named)[0]!.unnamed, 0);
  assert.is(symbolNeeds(named)[0]!.withLines, 3);
  assert.equal(userFramesOf(named), expectedNames(program));
  assert.is(symbolNeeds(analysis)[0]!.unnamed, 3);
  assert.equal(wantedOffsets(named).size, 0, "what has lines needs no file");
});

test("names are shown as they were written, by who asks for it", async () => {
  const bytes = recordingOf([{ path: "/bin/a", buildId: "01", functions: ["_ZN1a1bEv"] }], [[{ file: 0, offset: 3 }]]);
  const analysis = await analyze(bytes);
  assert.equal(userFramesOf(analysis), ["_ZN1a1bEv"]);
  assert.equal(userFramesOf(withShownSymbols(analysis, { demangler: await localDemangler() })), ["a::b()"]);
});

test.run();
