// Arguments of calls as the engine's table has them, spread over the events of a batch.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RecordedArguments } from "../../analyzer/event-arguments.js";
import { eventArgumentsSpec } from "../../analyzer/tables.js";
import type { EventArgumentsTable } from "../../analyzer/tables.js";
import { buildAnalysis } from "../views/build-analysis.js";

const test = suite("library/event-arguments");

/** Two of four events have arguments; the second of the two points to text. */
function twoOfFour(): RecordedArguments {
  const names = buildAnalysis({ meta: { path: "/etc/hosts" } });
  const path = [0, 1, 2, 3].find((row) => names.string(row) === "/etc/hosts")!;
  const columns = Object.entries(eventArgumentsSpec).map(([name, { elements }]) => [name, new elements(new ArrayBuffer(16))]);
  const table = { ...Object.fromEntries(columns), length: 2 } as EventArgumentsTable;
  table.event.set([1, 3]);
  table.value0.set([3, -100]);
  table.value5.set([9, 8]);
  table.text1.set([0, path + 1]);
  return new RecordedArguments({ ...table, event: table.event.subarray(0, 2) }, 4, names);
}

test("values stand beside their events, NaN beside the others", () => {
  const recorded = twoOfFour();
  assert.equal([...recorded.argument(0)!], [NaN, 3, NaN, -100]);
  assert.equal([...recorded.argument(5)!], [NaN, 9, NaN, 8]);
  assert.is(recorded.argument(0), recorded.argument(0));
  assert.is(recorded.argument(6), undefined);
});

test("text where an argument points to some", () => {
  const recorded = twoOfFour();
  assert.equal([0, 1, 2, 3].map((event) => recorded.string(1, event)), [undefined, undefined, undefined, "/etc/hosts"]);
  assert.is(recorded.string(0, 3), undefined);
  assert.is(recorded.string(6, 3), undefined);
});

test.run();
