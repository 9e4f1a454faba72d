// `offcut flame`: every option changes the picture in the way that it says, folded text is drawn too, two
// operands are compared, and what cannot be asked is refused.

import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readArguments } from "../../analyzer/cli/arguments.js";
import { flame } from "../../analyzer/cli/flame.js";
import { UsageError } from "../../analyzer/errors.js";
import { smallRecording } from "../recordings/small.js";
import { runCli, TemporaryFiles } from "./run-cli.js";

const test = suite("cli/flame");
const files = new TemporaryFiles();
test.after(() => files.remove());

const small = files.write("small.offcut", smallRecording());
const folded = files.write("a.folded", Buffer.from("sh;main;read_[k] 30\nsh;main;write 10\nsh;other 60\nnonsense\n"));
const later = files.write("b.folded", Buffer.from("sh;main;read_[k] 80\nsh;main;write 10\nsh;new 10\n"));

async function picture(...words: string[]): Promise<{ svg: string; said: string }> {
  const { status, stdout, stderr } = await runCli(["flame", ...words]);
  assert.is(status, 0, stderr);
  return { svg: stdout, said: stderr };
}

/** `name width level`, in order of drawing; levels from the root. */
function boxes(svg: string): string[] {
  const found = [...svg.matchAll(/<g><title>([^<]*) \([^(]*\)<\/title><rect x="[\d.]+" y="([\d.]+)" width="([\d.]+)"/g)];
  const first = Number(found[0]?.[2]);
  return found.map(([, name, y, width]) => `${name} ${width} ${Math.abs(Number(y) - first) / 16}`);
}

test("a recording's off-CPU time", async () => {
  const { svg, said } = await picture(small);
  assert.equal(boxes(svg), ["all", "small", "small+0x2345", "small+0x1234", "pipe_write", "schedule"].map((name, level) => `${name} 1180 ${level}`));
  assert.match(svg, "schedule (1.00 ms, 100.0 %; kernel, mostly asleep)");
  assert.match(svg, />Off-CPU time<\/text>/);
  assert.match(said, /^offcut: stacks: /m);
});

test("each weight", async () => {
  const titleOf = async (weight: string) => {
    const { svg } = await picture("--weight", weight, small);
    return [/id="title"[^>]*>([^<]*)</.exec(svg)![1], ...boxes(svg).map((box) => box.split(" ")[0]), />all \(([^)]*)\)/.exec(svg)?.[1]];
  };
  const stack = ["all", "small", "small+0x2345", "small+0x1234"];
  assert.equal(await titleOf("blocked"), ["Blocked time", ...stack, "pipe_write", "schedule", "900 us, 100.0 %; mostly asleep"]);
  assert.equal(await titleOf("runqueue"), ["Time waiting for a CPU", ...stack, "pipe_write", "schedule", "100 us, 100.0 %; mostly waiting for a CPU"]);
  assert.equal(await titleOf("periods"), ["Off-CPU periods", ...stack, "pipe_write", "schedule", "1, 100.0 %; mostly asleep"]);
  assert.equal(await titleOf("calls"), ["System calls", ...stack, "write", "pipe_write", "schedule", "1, 100.0 %"]);
  assert.equal(await titleOf("syscalls"), ["Time in system calls", ...stack, "write", "[on", "pipe_write", "schedule", "1.40 ms, 100.0 %; mostly asleep"]);
  assert.equal((await titleOf("wakers")).slice(0, 8), ["Blocked time, and who ended it", ...stack, "pipe_write", "schedule", "--"]);
  assert.is((await titleOf("wakeups")).at(-1), "1, 100.0 %; mostly asleep");
});

test("filters leave out, and an empty graph is said", async () => {
  const { svg, said } = await picture("--comm", "nginx", small);
  assert.equal(boxes(svg), []);
  assert.match(said, "offcut: nothing is selected: the graph is empty\n");
  assert.is(boxes((await picture("--stack", "pipe_*", "-p", "101", small)).svg).length, boxes((await picture(small)).svg).length);
  assert.equal(boxes((await picture("-K", small)).svg), ["all 1180 0", "small 1180 1", "pipe_write 1180 2", "schedule 1180 3"]);
  assert.is(boxes((await picture("-U", small)).svg).length, 4);
  assert.match((await picture("-d", small)).svg, "<title>- (");
});

test("folded text, by any other tool", async () => {
  const { svg, said } = await picture("--unit", "us", folded);
  assert.equal(boxes(svg), ["all 1180 0", "sh 1180 1", "main 472 2", "read 354 3", "write 118 3", "other 708 2"]);
  assert.match(svg, "read (30.0 us, 30.0 %; kernel)");
  assert.match(said, "offcut: warning: 1 line ignored: not a stack with a weight at its end\n");
  const { status, stdout } = await runCli(["flame", "-"], { input: [readFileSync(folded)] });
  assert.is(status, 0);
  assert.equal(boxes(stdout), boxes(svg));
  assert.equal(boxes((await picture("--not-stack", "main", folded)).svg), ["all 1180 0", "sh 1180 1", "other 1180 2"]);
});

test("a recording on standard input", async () => {
  const { status, stdout, stderr } = await runCli(["flame", "-"], { input: [readFileSync(small)] });
  assert.is(status, 0, stderr);
  assert.is(boxes(stdout).length, 6);
});

test("leaf first, callers, callees, hidden frames, order", async () => {
  const shape = async (...words: string[]) => boxes((await picture(...words, folded)).svg);
  assert.equal(await shape("--reverse"), ["all 1180 0", "other 708 1", "sh 708 2", "read 354 1", "main 354 2", "sh 354 3", "write 118 1", "main 118 2", "sh 118 3"]);
  assert.equal(await shape("--callers", "read"), ["read 1180 0", "main 1180 1", "sh 1180 2"]);
  assert.equal(await shape("--callees", "main"), ["main 1180 0", "read 885 1", "write 295 1"]);
  assert.equal(await shape("--hide", "main"), ["all 1180 0", "sh 1180 1", "other 708 2", "read 354 2", "write 118 2"]);
  assert.equal(await shape("--sort", "weight"), ["all 1180 0", "sh 1180 1", "other 708 2", "main 472 2", "read 354 3", "write 118 3"]);
});

test("looks", async () => {
  const { svg } = await picture("--title", "<T>", "--subtitle", "S", "--width", "620", "--height", "20", "--font", "Courier", "--font-size", "10", "--inverted", folded);
  assert.match(svg, 'width="620"');
  assert.match(svg, /id="title"[^>]*>&lt;T&gt;</);
  assert.match(svg, /id="subtitle"[^>]*>S</);
  assert.match(svg, "text{font-family:Courier;font-size:10px;");
  const ys = [...svg.matchAll(/<g><title>.*?y="([\d.]+)"/g)].map(([, y]) => Number(y));
  assert.equal(ys.slice(0, 3), [50, 70, 90]);
  const colors = async (name: string) => /<title>other.*?fill="(rgb\([\d,]+\))"/.exec((await picture("--colors", name, folded)).svg)![1]!;
  const [hot, io, mem] = await Promise.all(["hot", "io", "mem"].map(colors));
  assert.match(hot!, /^rgb\(2/);
  assert.match(io!, /^rgb\((\d+),\1,(19|2)\d/);
  assert.match(mem!, /^rgb\(0,/);
  const narrow = await picture("--min-width", "15%", folded);
  assert.is(boxes(narrow.svg).length, 5);
  assert.match(narrow.said, "offcut: 1 frame too narrow to draw, 10.0 % of the width in all; --min-width 0 draws them\n");
});

test("compared: widths are after, colours what changed", async () => {
  const { svg } = await picture(folded, later);
  assert.equal(boxes(svg), ["all 1180 0", "sh 1180 1", "main 1062 2", "read 944 3", "write 118 3", "new 118 2"]);
  const fills = (text: string) => [...text.matchAll(/<title>(\w+) [^<]*<\/title><rect [^>]*fill="rgb\(([\d,]+)\)"/g)].map(([, name, fill]) => `${name} ${fill}`);
  assert.equal(fills(svg), ["all 245,245,245", "sh 245,245,245", "main 245,245,245", "read 255,104,104", "write 245,245,245", "new 255,201,201"]);
  assert.match(svg, "60.0 % of the other side is in stacks that this side does not have; --widths shows either");
  assert.equal(fills((await picture("--negate", folded, later)).svg)[3], "read 104,104,255");
  assert.match((await picture("--delta", "total", folded, later)).svg, "main (90, 90.0 %; +50, +50.0 %; user)");
  assert.equal(boxes((await picture("--widths", "before", folded, later)).svg), ["all 1180 0", "sh 1180 1", "main 472 2", "read 354 3", "write 118 3", "other 708 2"]);
  const twice = files.write("twice.folded", Buffer.from("sh;main;read_[k] 60\nsh;main;write 20\nsh;other 120\n"));
  assert.match((await picture("--per", "total", folded, twice)).svg, "read (60, 30.0 %; no change of its own; kernel)");
  assert.match((await picture("--per", "none", folded, twice)).svg, "read (60, 30.0 %; +30, +15.0 % of its own; kernel)");
  const same = await picture("--per", "total", small, small);
  assert.match(same.svg, "schedule (1.00 ms, 100.0 %; no change of its own; kernel, mostly asleep)");
  assert.match(same.svg, ">Off-CPU time: what changed</text>");
});

test("-o writes a picture or a page", async () => {
  for (const name of ["out.svg", "out.html"]) {
    const { status, stdout, stderr } = await runCli(["flame", "-o", files.path(name), folded]);
    assert.equal([status, stdout], [0, ""]);
    assert.match(stderr, `offcut: ${files.path(name)}: 5 frames, 100 units in all\n`);
  }
  assert.match(readFileSync(files.path("out.svg"), "utf8"), /^<svg /);
  assert.match(readFileSync(files.path("out.html"), "utf8"), /^<!doctype html>\n/);
  assert.match((await picture("--html", folded)).svg, /^<!doctype html>\n/);
});

/** In this process: there are many, and what main.ts makes of an error is tested with every command. */
async function refuses(words: readonly string[], sentence: string): Promise<void> {
  try {
    await flame.run(readArguments(flame, words));
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error));
    assert.is(error.message, sentence);
    return;
  }
  assert.unreachable(`${words.join(" ")} was answered`);
}

test("what cannot be asked", async () => {
  const plain = files.write("c.folded", Buffer.from("a;b 1\n"));
  await refuses([], "no recording given; name a file, or - for standard input");
  await refuses([plain, plain, plain], "flame draws one operand, or compares two; each may be several files separated by commas");
  await refuses([plain, small], "folded text and recordings are in different units; draw one or the other");
  await refuses(["-p", "1", plain], "--pid cannot be asked of folded text: it holds stacks and their weights alone");
  await refuses(["--weight", "calls", plain], "--weight cannot be asked of folded text: it holds stacks and their weights alone");
  await refuses(["--per", "time", plain, plain], "--per time cannot be asked of folded text; it takes total or none");
  await refuses(["--errno", "ENOENT", small], "--errno is about system calls; with it goes --weight syscalls or calls");
  await refuses(["--weight", "calls", "-m", "5", small], "block times and bit masks of states are about off-CPU periods, not --weight calls");
  await refuses(["--weight", "size", small], '--weight takes offcpu, blocked, runqueue, periods, syscalls, calls, wakers, wakeups, not "size"');
  await refuses(["--min-width", "x", plain], '--min-width takes pixels, or a percentage as 0.5%, not "x"');
  await refuses(["--font", "a;}b", plain], '--font takes names of fonts, not "a;}b"');
  await refuses(["--callers", "zzz", plain], '--callers: no frame is called "zzz"');
  await refuses(["--callees", "*", plain], '--callees: 2 frames are called "*": a, b; name one');
  await refuses(["--negate", plain], "--negate is about two recordings compared");
  await refuses(["--unit", "us", small], "--unit is about folded text; recordings count in ns");
  const missing = files.path("missing.offcut");
  const { status, stdout, stderr } = await runCli(["flame", missing]);
  assert.equal([status, stdout, stderr], [1, "", `offcut: cannot open ${missing}: no such file or directory (ENOENT)\n`]);
});

test.run();
