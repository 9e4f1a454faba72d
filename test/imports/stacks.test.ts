// Stacks of other tools, read from their texts: what each line becomes, what is refused, and that no
// text, however odd, takes more than it may.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { formatOf, readStacks } from "../../analyzer/imports/read-stacks.js";
import { FramesMax } from "../../analyzer/imports/weighted-stacks.js";
import { projectRoot } from "../host.js";

const test = suite("imports/stacks");

/** `text` in pieces of `size` characters. */
async function* pieces(text: string, size: number): AsyncGenerator<string, void, undefined> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

const read = (text: string, format: "folded" | "perf script", size = 7) => readStacks(pieces(text, size), format, "x");
const lines = ({ stacks }: Awaited<ReturnType<typeof read>>) =>
  stacks.map(({ frames, weight }) => `${frames.join(";")} ${weight}`);

const perfScript = `# captured on: Mon Nov 23
redis server 13383/13385 [001]  12.345678:     250000 cpu-clock:pppH:
        ffffffff8104f45a native_write_msr+0xa ([kernel.kallsyms])
            7f3b2c0d1e2f [unknown] (/usr/lib/libc.so.6)
            55d0c0ffee00 std::map<int, char (*)(int)>::find+0x1f (/usr/bin/redis-server)

redis server 13383/13385 [000]  12.345700: cpu-clock:pppH:
        ffffffff8104f45a native_write_msr+0x10 ([kernel.kallsyms])
            7f3b2c0d1e2f [unknown] (/usr/lib/libc.so.6)
            55d0c0ffee00 std::map<int, char (*)(int)>::find+0x1f (/usr/bin/redis-server)

what is this
swapper     0 [000] 12.4: cpu-clock:
        ffffffff81000000 [unknown] ([unknown])
`;

test("folded lines are as flamegraph.pl reads them", async () => {
  const text = "a;b c;d 10\n# comment\n\na;b c;d 5\r\ne 2.5\nold;new 7 9\nnonsense\n;; \n";
  const read1 = await read(text, "folded");
  assert.equal(lines(read1), ["a;b c;d 15", "old;new 9", "e 2.5"]);
  assert.equal([read1.totalWeight, read1.unreadLines, read1.firstUnreadLine, read1.unit], [26.5, 2, 7, ""]);
});

test("samples of perf script are folded by thread and function", async () => {
  for (const size of [1, 7, 10_000]) {
    const found = await read(perfScript, "perf script", size);
    assert.equal(lines(found), [
      "redis_server;std::map<int, char (*)(int)>::find;[libc.so.6];native_write_msr 2",
      "swapper;[unknown] 1",
    ]);
    assert.equal([found.unit, found.unreadLines, found.firstUnreadLine], ["samples", 1, 12]);
  }
});

test("our own folded stacks come back with their weights", async () => {
  const text = readFileSync(join(projectRoot, "test/data/redis.folded"), "utf8");
  assert.is(formatOf(text), "folded");
  assert.is(`${lines(await read(text, "folded", 1000)).join("\n")}\n`, text);
});

test("a text's beginning tells what it is, and what is neither is neither", () => {
  assert.is(formatOf(perfScript), "perf script");
  assert.is(formatOf("main;read 12\nmain;wri"), "folded");
  assert.is(formatOf("main 12"), "folded");
  for (const text of [
    "",
    "\n\n",
    "Dear colleague,\nplease look at 12\n",
    "{}",
    "a;b\nc;d 1\n",
    "total 12\n-rw-r--r-- root x\nlast",
  ]) {
    assert.is(formatOf(text), undefined, text);
  }
});

test("stacks that are too deep are cut and counted, lines that are too long refused", async () => {
  const deep = `${Array.from({ length: FramesMax + 2000 }, (_, at) => `f${at}`).join(";")} 3\nshallow 1\n`;
  assert.is(formatOf(deep), "folded");
  const found = await read(deep, "folded", 4096);
  assert.equal([found.stacks[0]!.frames.length, found.stacks[0]!.weight, found.cutStacks], [FramesMax, 3, 1]);
  const message = async (text: string) => {
    try {
      await read(text, "folded", 1024 * 1024);
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };
  assert.is(
    await message("x".repeat(5 * 1024 * 1024)),
    "x has a line that is longer than a stack can be (byte 0, found line 1)",
  );
  assert.is(await message("nothing here\n"), "x holds no stack (byte 0)");
});

test("no line takes longer than its length", async () => {
  // Patterns that back up would take hours for these.
  const hostile = [
    " ".repeat(200_000),
    "1 ".repeat(100_000),
    `${"a;".repeat(100_000)}`,
    `x ${"9".repeat(100_000)}`,
    `${"\t ".repeat(100_000)}x`,
  ];
  const begun = performance.now();
  for (const line of hostile) {
    formatOf(`${line}\n${line}\n`);
    await read(`ok 1\n${line}\n`, "folded", 65_536);
    await read(`${perfScript}${line}\n`, "perf script", 65_536);
  }
  assert.ok(performance.now() - begun < 5000);
});

test.run();
