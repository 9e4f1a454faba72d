// What was odd about a file, in sentences: each kind, and which of them mean that something is gone.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { BlockType } from "../../assembly/format.js";
import { Warning } from "../../assembly/tables.js";
import { isDamaged, warningRows, warningText } from "../../analyzer/views/warnings.js";
import { buildAnalysis } from "./build-analysis.js";

const test = suite("views/warnings");

const sentences: readonly [Warning, number, number, boolean, string][] = [
  [Warning.Truncated, 40, 0, false, "x is cut off: 40 bytes of its last block are missing; what precedes them is answered (byte 999)"],
  [Warning.DamagedBlock, 7, 300, true, "x is damaged: block 7 (300 bytes) fails its checksum or is malformed and is left out (byte 999)"],
  [Warning.Resynchronized, 0, 300, true, "x is damaged: 300 bytes that are no block were skipped (byte 999)"],
  [Warning.Unfinished, 0, 0, false, "x has no end: its recorder was killed or is still writing; what is there is answered (byte 999)"],
  [Warning.UnknownBlock, 99, 0, false, "x has blocks of type 99, which a newer version of the format defines; they are skipped (byte 999)"],
  [Warning.LostDefinition, BlockType.Stack, 5, false, "x lacks the definition of stack 5; shown as [lost def]"],
  [Warning.WriteError, 0, 0, false, "x is incomplete: its recorder could not write (disk full?), later events were only counted"],
  [Warning.TrailingBytes, 0, 12, false, "x has 12 bytes after its end, which are ignored (byte 999)"],
  [77 as Warning, 0, 0, false, "x has a problem that this version cannot name (77) (byte 999)"],
];

for (const [warning, a, b, damage, sentence] of sentences) {
  test(Warning[warning] ?? "a kind of a newer engine", () => {
    const analysis = buildAnalysis({ source: "x", warnings: [{ warning, offset: 999, a, b }] });
    const rows = warningRows(analysis);
    assert.equal(rows.map(warningText), [sentence]);
    assert.is(rows[0]!.damage, damage);
    assert.is(isDamaged(analysis), damage);
  });
}

test("a sound file has none", () => {
  assert.equal(warningRows(buildAnalysis({})), []);
  assert.not(isDamaged(buildAnalysis({})));
});

test.run();
