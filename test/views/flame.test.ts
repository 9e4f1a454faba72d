// The tree of a flame graph: the same stacks and sums as folded text, columns that agree with each
// other, every other shape of it against the same lines folded anew, search and layout against a plain
// loop over all boxes.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { analyze } from "../../analyzer/node.js";
import { foldedSums } from "../../analyzer/views/folded.js";
import type { FoldedOptions } from "../../analyzer/views/folded.js";
import { addFoldedLines } from "../../analyzer/views/folded-lines.js";
import { FlameLayout, rowAt, wholeView } from "../../analyzer/views/flame-layout.js";
import type { FlameView } from "../../analyzer/views/flame-layout.js";
import { searchPattern, searchTree } from "../../analyzer/views/flame-search.js";
import * as shapes from "../../analyzer/views/flame-shapes.js";
import { addStacks } from "../../analyzer/views/flame-stacks.js";
import { FlameBuilder, FlameDepthMax, FrameKind } from "../../analyzer/views/flame-tree.js";
import type { FlameTree } from "../../analyzer/views/flame-tree.js";
import { assertWhole, pathOf, randomLines, sortedStacks, stacksOf, sumOfLines, treeOf } from "./flame-trees.js";

const test = suite("views/flame");

const directory = join(import.meta.dirname, "..", "data");
const seeds = [1, 2, 3, 4, 5];

test("the stacks of a recording and their ns are those of folded text", async () => {
  const asked: readonly FoldedOptions[] = [
    {},
    { idle: "hide" },
    { idle: "show", open: true },
    { stacks: "user" },
    { stacks: "kernel" },
    { delimited: true, idle: "only" },
  ];
  for (const file of readdirSync(directory).filter((name) => name.endsWith(".offcut"))) {
    const analysis = await analyze(join(directory, file));
    for (const options of asked) {
      const builder = new FlameBuilder();
      addStacks(builder, analysis, options);
      const tree = builder.tree();
      assertWhole(tree);
      const folded = new Map([...foldedSums([analysis], options)].map(([stack, ns]) => [stack, Number(ns)]));
      assert.equal(sortedStacks(stacksOf(tree)), sortedStacks(folded), `${file} ${JSON.stringify(options)}`);
    }
  }
});

test("siblings stand in order of name, or the widest first", () => {
  const lines = ["b;y 1", "a 2", "b;x 3", "B 4", "a;z 5"];
  const paths = (tree: FlameTree) => Array.from(tree.frame, (_, row) => `${pathOf(tree, row).join(";")} ${tree.start[row]}+${tree.total[row]}`);
  assert.equal(paths(treeOf(lines)), [" 0+15", "B 0+4", "a 4+7", "a;z 4+5", "b 11+4", "b;x 11+3", "b;y 14+1"]);
  assert.equal(paths(treeOf(lines, "weight")), [" 0+15", "a 0+7", "a;z 0+5", "B 7+4", "b 11+4", "b;x 11+3", "b;y 14+1"]);
});

test("leaf first is the same as the reversed lines folded again", () => {
  for (const seed of seeds) {
    const lines = randomLines(seed, 60);
    const tree = shapes.reversed(treeOf(lines));
    assertWhole(tree);
    assert.equal(sortedStacks(stacksOf(tree)), sortedStacks(sumOfLines(lines, (frames) => frames.reverse())));
    assert.equal(sortedStacks(stacksOf(shapes.reversed(tree))), sortedStacks(stacksOf(treeOf(lines))));
  }
});

test("callers and callees of a function that calls itself, each stack counted once", () => {
  for (const seed of seeds) {
    const lines = randomLines(seed, 60, 4);
    const tree = treeOf(lines);
    const frame = tree.frames.names.indexOf("f1");
    const through = lines.filter((line) => line.replace(/ \d+$/, "").split(";").includes("f1"));
    const callers = shapes.callersOf(tree, frame);
    const callees = shapes.calleesOf(tree, frame);
    assertWhole(callers);
    assertWhole(callees);
    assert.is(callers.frames.names[callers.frame[0]!], "f1");
    assert.equal(
      sortedStacks(stacksOf(callers)),
      sortedStacks(sumOfLines(through, (frames) => frames.slice(0, frames.indexOf("f1")).reverse())),
    );
    assert.equal(
      sortedStacks(stacksOf(callees)),
      sortedStacks(sumOfLines(through, (frames) => frames.slice(frames.indexOf("f1") + 1))),
    );
  }
});

test("a function called by nobody ends where it begins", () => {
  const tree = treeOf(["f1 5", "t;f1 2"]);
  const callers = shapes.callersOf(tree, tree.frames.names.indexOf("f1", 1));
  assert.equal([callers.self[0], callers.total[0]], [5, 5]);
});

test("frames spliced out, stacks left out, only stacks through, a subtree", () => {
  for (const seed of seeds) {
    const lines = randomLines(seed, 60, 4);
    const tree = treeOf(lines);
    const marked = Uint8Array.from(tree.frames.names, (name) => (name === "f1" || name === "f2" ? 1 : 0));
    const isMarked = (frame: string) => frame === "f1" || frame === "f2";
    const holds = (line: string) => line.replace(/ \d+$/, "").split(";").some(isMarked);
    const check = (found: FlameTree, expected: Map<string, number>) => {
      assertWhole(found);
      assert.equal(sortedStacks(stacksOf(found)), sortedStacks(expected));
      assert.not.ok(found.total.subarray(1).includes(0), "nothing without weight stays");
    };
    check(shapes.withoutFrames(tree, marked), sumOfLines(lines, (frames) => frames.filter((frame) => !isMarked(frame))));
    check(shapes.onlyThrough(tree, marked), sumOfLines(lines.filter(holds), (frames) => frames));
    const without = shapes.withoutStacks(tree, marked);
    assertWhole(without);
    assert.equal(
      sortedStacks(stacksOf(without)),
      sortedStacks(sumOfLines(lines.filter((line) => !holds(line)), (frames) => frames)),
    );
    const row = tree.parent.lastIndexOf(1);
    const subtree = shapes.subtreeOf(tree, row);
    assert.equal([subtree.total[0], subtree.length], [tree.total[row], tree.end[row]! - row]);
  }
});

test("search counts what is found inside something found once", () => {
  for (const seed of seeds) {
    const lines = randomLines(seed, 80, 5);
    const tree = treeOf(lines);
    for (const text of ["f1", "f[12]", "f", "t", "zzz"]) {
      const pattern = searchPattern(text);
      const { weight, rows } = searchTree(tree, pattern);
      const naive = lines
        .filter((line) => line.replace(/ \d+$/, "").split(";").some((frame) => pattern.test(frame)))
        .reduce((sum, line) => sum + Number(line.split(" ")[1]), 0);
      assert.is(weight, naive, `${text} of seed ${seed}`);
      assert.is(rows, Array.from(tree.frame).filter((frame, row) => row > 0 && pattern.test(tree.frames.names[frame]!)).length);
    }
  }
});

test("a search for what is no regular expression is for the text", () => {
  assert.is(searchPattern("a(b").test("xa(bx"), true);
  assert.is(searchPattern("a(b").test("ab"), false);
  assert.is(searchPattern("READ", true).test("__read"), true);
  assert.is(searchPattern("READ").test("__read"), false);
});

/** The same, from every row. */
function naiveBoxes(tree: FlameTree, { from, to, widthPx, minPx }: FlameView): string[] {
  const scale = widthPx / (to - from);
  const boxes: string[] = [];
  for (let row = 0; row < tree.length; row++) {
    const [left, width] = [(tree.start[row]! - from) * scale, tree.total[row]! * scale];
    let isWide = width >= minPx;
    for (let up = row; up !== 0; up = tree.parent[up]!) if (tree.total[tree.parent[up]!]! * scale < minPx) isWide = false;
    if (isWide && left < widthPx && left + width > 0) boxes.push(`${row} ${left.toFixed(6)} ${width.toFixed(6)} ${tree.depth[row]}`);
  }
  return boxes;
}

test("a layout has every box that is wide enough, where a plain loop puts it", () => {
  const layout = new FlameLayout();
  for (const seed of seeds) {
    const tree = treeOf(randomLines(seed, 300, 8));
    const whole = wholeView(tree, 700, 2);
    const total = tree.total[0]!;
    for (const view of [whole, { ...whole, from: total / 3, to: total / 2 }, { ...whole, widthPx: 40 }]) {
      const { length, rows, lefts, widths, depths, merged } = layout.boxes(tree, view);
      const found: string[] = [];
      for (let at = 0; at < length; at++) {
        if (merged[at] === 0) found.push(`${rows[at]} ${lefts[at]!.toFixed(6)} ${widths[at]!.toFixed(6)} ${depths[at]}`);
        else assert.ok(widths[at]! >= view.minPx);
      }
      assert.equal(found, naiveBoxes(tree, view));
    }
  }
});

test("siblings too thin to be seen are one box where they touch", () => {
  const lines = Array.from({ length: 1000 }, (_, at) => `t;leaf${String(at).padStart(4, "0")} 1`);
  const tree = treeOf(lines);
  const boxes = new FlameLayout().boxes(tree, wholeView(tree, 100, 1));
  assert.equal([boxes.length, boxes.rows[2], boxes.merged[2], boxes.depths[2]], [3, 2, 1, 2]);
  assert.ok(Math.abs(boxes.widths[2]! - 100) < 1e-9);
});

test("what holds the zoomed box is shown over the whole width, and is found there", () => {
  const tree = treeOf(["t;a;b 1", "t;c 3"]);
  const row = 3; // t;a;b
  assert.equal(pathOf(tree, row), ["t", "a", "b"]);
  const view = { ...wholeView(tree, 10, 1), zoom: row, from: tree.start[row]!, to: tree.start[row]! + tree.total[row]! };
  const { length, rows, lefts, widths } = new FlameLayout().boxes(tree, view);
  assert.equal([length, ...rows.subarray(0, 4)], [4, 0, 1, 2, 3]);
  assert.equal([...lefts.subarray(0, 4), ...widths.subarray(0, 4)], [0, 0, 0, 0, 10, 10, 10, 10]);
  assert.equal([-1, 0, 1, 2, 3, 4].map((depth) => rowAt(tree, row, 0.5, depth)), [-1, 0, 1, 2, 3, -1]);
  assert.equal([rowAt(tree, 0, 2, 2), rowAt(tree, 0, 4, 1)], [4, -1]);
});

test("a comparison has both weights, and can be seen from its other side", () => {
  const tree = treeOf(["t;a 1 5", "t;b 7 0", "t;a;c 2 2"]);
  assertWhole(tree);
  assert.equal(sortedStacks(stacksOf(tree)), [["t;a", 5], ["t;a;c", 2]]);
  assert.equal(sortedStacks(stacksOf(tree, tree.other!.self)), [["t;a", 1], ["t;a;c", 2], ["t;b", 7]]);
  assert.equal([tree.total[0], tree.other!.total[0]], [7, 10]);
  const other = shapes.fromOtherSide(tree);
  assertWhole(other);
  assert.equal([other.total[0], other.other!.total[0]], [10, 7]);
  assert.equal(sortedStacks(stacksOf(shapes.reversed(tree), shapes.reversed(tree).other!.self)), [["a;t", 1], ["b;t", 7], ["c;a;t", 2]]);
});

test("folded lines of other tools: decimals, blanks in names, suffixes, what is no line", () => {
  const builder = new FlameBuilder();
  const text = "java;Foo::bar(int, char)_[j];sys_read_[k] 1.5\r\n\nno weight\n 3\na b;c d 2.\nx;y_[i];z_[w]\t4";
  assert.equal(addFoldedLines(builder, text), { ignored: 1, isComparison: false });
  const tree = builder.tree();
  assert.equal(sortedStacks(stacksOf(tree)), [
    ["", 3],
    ["a b;c d", 2],
    ["java;Foo::bar(int, char);sys_read", 1.5],
    ["x;y;z", 4],
  ].sort(([a], [b]) => (a! < b! ? -1 : 1)));
  const kindOf = (name: string) => FrameKind[tree.frames.kinds[tree.frames.names.indexOf(name)]!];
  assert.equal(["java", "Foo::bar(int, char)", "sys_read", "y", "z"].map(kindOf), ["Thread", "Jit", "Kernel", "Inlined", "Waker"]);
});

test("what follows the kernel's entry is the kernel, what follows -- wakers", () => {
  const tree = treeOf(["sh;main;entry_SYSCALL_64_after_hwframe;schedule;[preempted];--;kworker;run 1", "sh;main;-;vfs 1"]);
  const kinds = ["sh", "main", "schedule", "[preempted]", "--", "kworker", "-", "vfs"].map(
    (name) => FrameKind[tree.frames.kinds[tree.frames.names.indexOf(name)]!],
  );
  assert.equal(kinds, ["Thread", "User", "Kernel", "Marker", "Separator", "Waker", "Separator", "Kernel"]);
});

test("hostile lines end", () => {
  const blanks = " ".repeat(1_000_000);
  const builder = new FlameBuilder();
  assert.is(addFoldedLines(builder, `a${blanks}x\n${blanks}\n${"1".repeat(100_000)}x 1`).ignored, 1);
  const deep = treeOf([`${"f;".repeat(100_000)}g 7`, "f 1"]);
  assert.equal([deep.depthMax, deep.total[0], deep.total[FlameDepthMax]], [FlameDepthMax, 8, 7]);
});

test.run();
