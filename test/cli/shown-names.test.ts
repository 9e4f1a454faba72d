// How functions are called in answers: C++ and Rust names as they were written, variants that compilers
// made as themselves or as their function. The same in every command that shows stacks, in those that
// answer interval by interval, and in worker threads.

import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FunctionBytes, recordingOf } from "../recordings/of-program.js";
import { runCli, TemporaryFiles } from "./run-cli.js";

const dataFile = (name: string) => join(import.meta.dirname, "../data", name);
const tests = suite("cli/shown-names");
const files = new TemporaryFiles();

const functions = [
  "main",
  "_ZN6Widget4drawEi",
  "_ZN6Widget4drawEi.cold",
  "_RNvCs1234_7mycrate3foo",
  "helper.isra.0",
  "helper.constprop.1.cold",
];
const place = (name: string) => ({ file: 0, offset: functions.indexOf(name) * FunctionBytes + 4 });
let recording: string;

tests.before(() => {
  const stacks = functions.slice(1).map((name) => [place(name), place("main")]);
  recording = files.write("names.offcut", recordingOf([{ path: "/usr/bin/app", buildId: "0badcafe", functions }], stacks));
});
tests.after(() => files.remove());

async function folded(...words: string[]): Promise<string[]> {
  const { stdout, status, stderr } = await runCli(["offcpu", "-f", "-U", recording, ...words]);
  assert.is(status, 0, stderr);
  return stdout.trimEnd().split("\n").sort();
}

tests("names are shown as their source had them", async () => {
  assert.equal(await folded(), [
    "waiter;main;Widget::draw(int) 1000",
    "waiter;main;Widget::draw(int) [clone .cold] 2000",
    "waiter;main;helper.constprop.1.cold 5000",
    "waiter;main;helper.isra.0 4000",
    "waiter;main;mycrate::foo 3000",
  ]);
});

tests("--mangled shows them as the object files have them", async () => {
  assert.equal(await folded("--mangled"), functions.slice(1).map((name, at) => `waiter;main;${name} ${at + 1}000`).sort());
});

tests("--merge-clones adds up what compilers made of one function", async () => {
  assert.equal(await folded("--merge-clones"), [
    "waiter;main;Widget::draw(int) 3000",
    "waiter;main;helper 9000",
    "waiter;main;mycrate::foo 3000",
  ]);
  assert.equal(await folded("--merge-clones", "--mangled"), [
    "waiter;main;_RNvCs1234_7mycrate3foo 3000",
    "waiter;main;_ZN6Widget4drawEi 3000",
    "waiter;main;helper 9000",
  ]);
});

tests("--stack looks for what is shown", async () => {
  assert.equal(await folded("--stack", "/Widget::draw\\(int\\)$/"), ["waiter;main;Widget::draw(int) 1000"]);
  assert.equal(await folded("--stack", "/_ZN6Widget/"), [""]);
});

tests("every command that shows stacks shows them so", async () => {
  const again = files.write("again.offcut", recordingOf([{ path: "/usr/bin/app", buildId: "0badcafe", functions }], [[place(functions[3]!)]]));
  for (const words of [
    ["fold", recording],
    ["fold", "--jobs", "2", recording, again],
    ["flame", recording],
    ["offcpu", "-v", recording],
    ["offcpu", "-i", "1", recording],
    ["offcpu", "--compat=bcc", recording],
    ["offcpu", "--json", recording],
    ["diff", "-f", recording, again],
  ]) {
    const { stdout, stderr } = await runCli(words);
    assert.match(stdout, /mycrate::foo/, `${words.join(" ")}\n${stderr}`);
    assert.not.match(stdout, /_RNvC/, words.join(" "));
  }
});

tests("--annotate says what kind of code frames are", async () => {
  const lines = async (...words: string[]) => (await runCli([...words, "--annotate", dataFile("python.offcut")])).stdout.split("\n");
  for (const words of [["offcpu", "-f"], ["fold"]]) {
    const kernel = (await lines(...words)).filter((line) => /;recv;/.test(line));
    assert.ok(kernel.length > 0, words.join(" "));
    for (const line of kernel) assert.match(line, /;recv;entry_SYSCALL_64_after_hwframe_\[k\];([^;]+_\[k\];)+[^;]+_\[k\] \d+$/);
  }
});

tests("events show frames so, and look for them so", async () => {
  const { stdout } = await runCli(["events", "--stacks", recording]);
  assert.match(stdout, /^ {8}mycrate::foo$/m);
  const found = async (...words: string[]) => (await runCli(["events", recording, ...words])).stdout.split("\n").length - 2;
  assert.is(await found("--stack", "mycrate::foo"), 1);
  assert.is(await found("--stack", "mycrate::foo", "--mangled"), 0);
  const { stdout: counts } = await runCli(["hist", "-C", "offcpu:comm", "--stack", "/^Widget::draw\\(int\\)$/", recording]);
  assert.match(counts, /^\t1\s/m, counts);
});

tests("-v says where names are from", async () => {
  const { stdout } = await runCli(["offcpu", "-v", recording]);
  assert.match(stdout, /^ {4}7f0000000034 +mycrate::foo \[\.symtab\]$/m);
});

tests.run();
