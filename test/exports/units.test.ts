// Numbers for eyes, at the edges where a unit or a digit changes.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { bytesText, countOf, countText, durationText, shareText } from "../../analyzer/exports/units.js";

const test = suite("exports/units");

test("durations have three digits and the largest unit that fits", () => {
  const texts: readonly [number, string][] = [
    [0, "0 s"],
    [1, "1 ns"],
    [999, "999 ns"],
    [999.4, "999 ns"],
    [1_000, "1.00 us"],
    [9_994, "9.99 us"],
    [9_996, "10.0 us"],
    [99_960, "100 us"],
    [999_400, "999 us"],
    [999_600, "1.00 ms"],
    [1_234_567, "1.23 ms"],
    [5e9, "5.00 s"],
    [12_345e9, "12,345 s"],
  ];
  for (const [ns, text] of texts) assert.is(durationText(ns), text);
});

test("bytes", () => {
  assert.is(bytesText(0), "0 B");
  assert.is(bytesText(1023), "1023 B");
  assert.is(bytesText(1536), "1.50 KiB");
  assert.is(bytesText(5 * 2 ** 30), "5.00 GiB");
});

test("counts", () => {
  assert.is(countText(0), "0");
  assert.is(countText(999), "999");
  assert.is(countText(1000), "1,000");
  assert.is(countText(1234567), "1,234,567");
  assert.is(countOf(1, "period"), "1 period");
  assert.is(countOf(0, "period"), "0 periods");
});

test("almost all is not all and almost nothing is not nothing", () => {
  assert.is(shareText(1, 0), "-");
  assert.is(shareText(0, 10), "0.0 %");
  assert.is(shareText(1, 100_000), "<0.1 %");
  assert.is(shareText(1, 3), "33.3 %");
  assert.is(shareText(99_999, 100_000), ">99.9 %");
  assert.is(shareText(10, 10), "100.0 %");
});

test.run();
