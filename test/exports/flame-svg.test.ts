// The picture of a flame graph: boxes where the rule puts them, well-formed whatever names hold, text
// that fits, what is too narrow said; colours that depend on names alone; a page whose policy runs the
// picture's own program and nothing else.

import { createHash } from "node:crypto";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { boxColor, colorLegend, flamePalettes, maxDelta } from "../../analyzer/exports/flame-colors.js";
import type { FlameColors } from "../../analyzer/exports/flame-colors.js";
import { flameHtml } from "../../analyzer/exports/flame-html.js";
import { droppedText, flameSvg } from "../../analyzer/exports/flame-svg.js";
import type { FlameSvgOptions } from "../../analyzer/exports/flame-svg.js";
import { boxText, fittingText, shownName } from "../../analyzer/exports/flame-words.js";
import { addFoldedLines } from "../../analyzer/views/folded-lines.js";
import { FlameBuilder, FrameKind, WaitReason } from "../../analyzer/views/flame-tree.js";
import { randomLines, treeOf } from "../views/flame-trees.js";

const test = suite("exports/flame-svg");

const plain: FlameSvgOptions = { title: "T", unit: "count", palette: "kind" };

interface Drawn {
  readonly title: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly text: string;
}

function drawnBoxes(svg: string): Drawn[] {
  const pattern =
    /<g><title>([^<]*)<\/title><rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="\d+" fill="rgb\(\d+,\d+,\d+\)" rx="2"\/><text x="[\d.]+" y="[\d.]+">([^<]*)<\/text><\/g>/g;
  return [...svg.matchAll(pattern)].map(([, title, x, y, width, text]) => ({
    ...{ title: title!, text: text! },
    ...{ x: Number(x), y: Number(y), width: Number(width) },
  }));
}

test("boxes lie where flamegraph.pl's rule puts them: 10 px at the sides, siblings by name, 16 px a level", () => {
  // 1180 px for a weight of 8 are 147.5 px each; levels count from the bottom.
  const { svg } = flameSvg(treeOf(["b;c 2", "a;d;e 1", "a 3", "a;b 2"]), plain);
  const boxes = drawnBoxes(svg).map(({ title, x, y, width }) => [title.replace(/ \(.*/, ""), x, y, width]);
  const bottom = boxes[0]![2] as number;
  assert.equal(boxes, [
    ["all", 10, bottom, 1180],
    ["a", 10, bottom - 16, 885],
    ["b", 10, bottom - 32, 295],
    ["d", 305, bottom - 32, 147.5],
    ["e", 305, bottom - 48, 147.5],
    ["b", 895, bottom - 16, 295],
    ["c", 895, bottom - 32, 295],
  ]);
});

test("inverted, the root is on top", () => {
  const ys = drawnBoxes(flameSvg(treeOf(["a;b 1"]), { ...plain, inverted: true }).svg).map(({ y }) => y);
  assert.equal(ys, [36, 52, 68]);
});

test("width, height of frames, font size and minimum width are what is asked for", () => {
  const tree = treeOf(["a 1", "b 999"]);
  const { svg, dropped } = flameSvg(tree, { ...plain, widthPx: 520, frameHeightPx: 30, fontSizePx: 20, minWidth: { px: 0.6 } });
  assert.match(svg, /^<svg [^>]* width="520" height="\d+" viewBox="0 0 520 \d+"/);
  assert.match(svg, "font-size:20px");
  const boxes = drawnBoxes(svg);
  assert.equal(boxes.map(({ width }) => width), [500, 499.5]);
  assert.is(boxes[0]!.y - boxes[1]!.y, 30);
  assert.equal(dropped, { frames: 1, weight: 1, share: "0.1 %" });
  assert.match(svg, `>${droppedText(dropped)}<`);
  assert.is(droppedText(dropped), "1 frame too narrow to draw, 0.1 % of the width in all");
  assert.is(flameSvg(tree, { ...plain, minWidth: { percent: 0.1 } }).dropped.frames, 0);
  assert.is(flameSvg(tree, { ...plain, minWidth: { percent: 0.2 } }).dropped.frames, 1);
});

test("what is drawn and what is dropped are all frames", () => {
  for (const seed of [1, 2, 3]) {
    const tree = treeOf(randomLines(seed, 400, 9));
    const { svg, dropped } = flameSvg(tree, { ...plain, minWidth: { px: 5 } });
    assert.is(drawnBoxes(svg).length + dropped.frames, tree.length);
  }
});

test("text is cut with .. and left out where no letter fits", () => {
  assert.equal([fittingText("abcdef", 43, 12), fittingText("abcdef", 42, 12), fittingText("abcdef", 21, 12)], ["abcdef", "abc..", ""]);
  assert.is(fittingText("\u{1f525}\u{1f525}\u{1f525}\u{1f525}\u{1f525}\u{1f525}", 36, 12), "\u{1f525}\u{1f525}\u{1f525}..");
  assert.equal([fittingText("ab", 22, 12), fittingText("abcd", 22, 12)], ["ab", "a.."]);
});

/** Elements opened and closed in order, attributes quoted, text and values without what must be escaped. */
function assertWellFormed(xml: string): void {
  const open: string[] = [];
  const token = /<!\[CDATA\[[\s\S]*?\]\]>|<\/([\w:-]+)>|<([\w:-]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|[^<]+/gy;
  while (token.lastIndex < xml.length) {
    const at = token.lastIndex;
    const found = token.exec(xml);
    assert.ok(found !== null, `not XML: ${JSON.stringify(xml.slice(at, at + 60))}`);
    const [whole, closed, opened, attributes = "", selfClosed] = found;
    if (closed !== undefined) assert.is(open.pop(), closed);
    else if (opened !== undefined && selfClosed === "") open.push(opened);
    if (!whole.startsWith("<![CDATA[")) {
      assert.not.match(opened === undefined ? whole : attributes, /&(?!(?:amp|lt|gt|quot|#39);)/);
      assert.not.match(whole, /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
    }
  }
  assert.equal(open, []);
}

const hostile = [
  "</title><script>alert(1)</script>",
  "\" onload=\"alert(1)",
  "a&amp;b<c>'d'",
  "]]><script>alert(2)</script><![CDATA[",
  "\u0000\u001b[31mred\u0007",
  "\ud800 alone \udc00",
  "\u202egnp.exe",
  "--></style><svg onload=alert(3)>",
];

test("names that would break the picture are text in it", () => {
  const builder = new FlameBuilder();
  for (const name of hostile) builder.add(builder.child(builder.child(0, builder.frame(name, FrameKind.Thread)), builder.frame(name, FrameKind.User)), 10);
  const { svg } = flameSvg(builder.tree(), { ...plain, title: hostile.join(" "), subtitle: hostile.join(" "), notes: hostile });
  assertWellFormed(svg);
  assert.is(svg.match(/<script>/g)!.length, 1);
  assert.is(drawnBoxes(svg).length, 1 + 2 * hostile.length);
  assert.is(shownName("\u0000a\u001b\u202eb\ud800c\ufffe"), "?a??b?c?");
});

test("a picture of nothing is a picture", () => {
  const { svg, dropped } = flameSvg(treeOf([]), plain);
  assertWellFormed(svg);
  assert.equal([drawnBoxes(svg), dropped.frames], [[], 0]);
});

test("what a box is, in words", () => {
  const builder = new FlameBuilder();
  const thread = builder.child(0, builder.frame("sh", FrameKind.Thread));
  builder.add(builder.child(thread, builder.frame("f (x)", FrameKind.Kernel)), 1.5e9, WaitReason.Uninterruptible);
  builder.add(thread, 4.5e9, WaitReason.Asleep);
  const tree = builder.tree();
  assert.equal(
    [0, 1, 2].map((row) => boxText(tree, row, { unit: "ns" })),
    ["all (6.00 s, 100.0 %; mostly asleep)", "sh (6.00 s, 100.0 %; thread, mostly asleep)", "f (x) (1.50 s, 25.0 %; kernel, mostly uninterruptible)"],
  );
  const compared = treeOf(["a 2 10", "b 10 5", "a;c 4 0", "d 5 5"]);
  assert.equal(
    [1, 2, 3, 4].map((row) => boxText(compared, row, { unit: "count", delta: "self" })),
    [
      "a (10, 50.0 %; +8, +40.0 % of its own; thread)",
      "c (0, 0.0 %; -4, -20.0 % of its own; user)",
      "b (5, 25.0 %; -5, -25.0 % of its own; thread)",
      "d (5, 25.0 %; no change of its own; thread)",
    ],
  );
  assert.match(boxText(compared, 1, { unit: "count", delta: "total" }), "; +4, +20.0 %; ");
});

test("the same name has the same colour in every picture, within its palette", () => {
  const one = treeOf(["t;main;read_[k] 1"]);
  const other = treeOf(["a;b 3", "t;main;read_[k] 7"]);
  for (const palette of flamePalettes) {
    const colors: FlameColors = { palette };
    assert.equal(boxColor(one, 3, colors), boxColor(other, 5, colors), palette);
    assert.equal(boxColor(one, 2, colors).map((channel) => channel >= 0 && channel <= 255 && Number.isInteger(channel)), [true, true, true]);
  }
  const hot = Array.from({ length: 200 }, (_, at) => boxColor(treeOf([`x;f${at} 1`]), 2, { palette: "hot" }));
  assert.ok(hot.every(([red, green, blue]) => red >= 205 && red <= 255 && green <= 230 && blue <= 55));
  assert.ok(new Set(hot.map(String)).size > 150, "names differ");
});

test("red grew and blue shrank, the more the stronger; negated the other way", () => {
  const tree = treeOf(["a 0 10", "b 10 5", "c 1 1", "d 1 3"]);
  const max = maxDelta(tree, "self");
  assert.is(max, 10);
  const color = (row: number, negate: boolean) => boxColor(tree, row, { palette: "kind", delta: "self", negate }, max).join(" ");
  assert.equal([1, 2, 3, 4].map((row) => color(row, false)), ["255 80 80", "153 153 255", "245 245 245", "255 196 196"]);
  assert.equal([1, 2, 3, 4].map((row) => color(row, true)), ["80 80 255", "255 153 153", "245 245 245", "196 196 255"]);
  assert.equal(colorLegend(tree, { palette: "kind", delta: "self" }).map(([, words]) => words), ["more than before", "less", "the same"]);
});

test("a legend names the colours that occur", () => {
  const builder = new FlameBuilder();
  addFoldedLines(builder, "sh;main;f_[k] 1");
  const words = (colors: FlameColors) => colorLegend(builder.tree(), colors).map(([, text]) => text);
  assert.equal(words({ palette: "kind" }), ["thread", "user", "kernel"]);
  assert.equal(words({ palette: "reason" }), ["not known"]);
  assert.equal(words({ palette: "hot" }), []);
});

test("the page's policy holds the hashes of the picture's own program and style", async () => {
  const picture = flameSvg(treeOf(hostile.map((name) => `${name.replace(/;|\n/g, "")} 5`)), plain);
  const html = await flameHtml(picture, "</title><script>x");
  const sha = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)![1]!;
  assert.match(policy, /^default-src 'none'; script-src 'sha256-[\w+/=]+'; style-src 'sha256-[\w+/=]+' 'sha256-[\w+/=]+'; base-uri 'none'; form-action 'none'$/);
  assert.ok(policy.includes(sha(picture.script)) && policy.includes(sha(picture.style)));
  assert.match(html, "<title>&#60;/title&#62;&#60;script&#62;x</title>");
  assert.is(html.match(/<script/g)!.length, 1);
  assert.not.match(picture.script, /<\/|<!|\]\]>/);
});

test.run();
