// User stacks that are taken whole: every word of them that unwinding needs is in the recording, and
// no word that a program computes with, unless that was asked for. A workload knows where its stack
// pointers were and what lay above them; the oracle reads what was recorded.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { recordingSuite } from "../host.js";
import { lz4Decompress } from "../oracle/bytes.js";
import * as format from "../oracle/format.js";
import { DumpFlag, StackRecording, type Dump } from "./dumps.js";
import { endAll, Program, record, runThrough, startRecorder, startWorkload, temporaryDirectory } from "./recorder.js";

const test = recordingSuite("user stacks", ["taskset"]);

const Naps = 40;
/** Words of the workload's array, in its order. */
const Word = { text: 0, stack: 1, below: 2, unmapped: 3, heap: 4, firstSecret: 5, secrets: 6 } as const;

interface Known {
  name: string;
  tid: number;
  sp: bigint;
  wordsAt: bigint;
  words: bigint[];
}

interface Recorded {
  pid: number;
  file: string;
  stacks: StackRecording;
  secrets: bigint[];
  threads: Known[];
  stderr: string;
}

const hex = (text: string) => BigInt(`0x${text}`);

async function recordSecrets(...options: string[]): Promise<Recorded> {
  const file = join(temporaryDirectory(), "secrets.offcut");
  const program = await startWorkload("secrets", [String(Naps)]);
  const recorder = await startRecorder(["-o", file, "-p", String(program.pid), ...options]);
  const said = JSON.parse(await runThrough(program));
  const ended = await recorder.stop();
  assert.is(ended.code, 0, ended.stderr);
  const threads = said.threads.map((thread: Record<string, string & string[]>) => ({
    ...thread,
    sp: hex(thread["sp"]!),
    wordsAt: hex(thread["wordsAt"]!),
    words: thread["words"]!.map(hex),
  }));
  const secrets = [...said.texts, ...said.keys].map(hex);
  return { pid: program.pid, file, stacks: new StackRecording(file), secrets, threads, stderr: ended.stderr };
}

function thread(recorded: Recorded, name: string): Known {
  return recorded.threads.find((known) => known.name === name)!;
}

function dumpsAt(recorded: Recorded, name: string): Dump[] {
  const { sp } = thread(recorded, name);
  return recorded.stacks.dumpsOf(recorded.pid).filter((dump) => dump.sp === sp);
}

/** Secrets that are in any register or word of any dump, as numbers. */
function secretsInDumps({ stacks, secrets }: Recorded): Set<bigint> {
  const values = [...stacks.dumps.values()].flatMap((dump) => [...dump.registers, ...dump.words.values()]);
  return new Set(secrets.filter((secret) => values.includes(secret)));
}

/** Secrets that are anywhere in the file, as the bytes they were in memory or as the format's varints. */
function secretsInFile({ file, stacks, secrets }: Recorded): bigint[] {
  const bytes = readFileSync(file);
  const payloads = stacks.recording.blocks.map((block) => {
    const at = block.offset + format.blockHeaderBytes;
    const stored = bytes.subarray(at, at + block.storedBytes);
    return Buffer.from(block.codec === format.Codec.Lz4 ? lz4Decompress(stored, block.rawBytes) : stored);
  });
  return secrets.filter((secret) => {
    const raw = Buffer.alloc(8);
    raw.writeBigUInt64LE(secret);
    return payloads.some((payload) => payload.includes(raw) || payload.includes(varint(secret << 1n)));
  });
}

/** Secrets among the addresses of stacks by frame pointers. */
function secretsInFrames({ stacks, secrets }: Recorded): bigint[] {
  const { Stack } = format.BlockType;
  const blocks = stacks.recording.blocks.filter(({ type }) => type === Stack);
  const addresses = blocks.flatMap(({ columns }) => columns!.bigints("address"));
  return secrets.filter((secret) => addresses.includes(secret));
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  for (; value >= 0x80n; value >>= 7n) bytes.push(Number(value & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(value)]);
}

test("no secret of a stack or a register reaches the recording", async () => {
  const recorded = await recordSecrets();
  assert.ok(dumpsAt(recorded, "napper").length > 0 && dumpsAt(recorded, "deep").length > 0);
  assert.equal([...secretsInDumps(recorded)], []);
  assert.equal(secretsInFile(recorded), []);
  assert.is(recorded.stacks.meta("stackBytes"), "8192");
  assert.is(recorded.stacks.meta("stackBytesKept"), undefined);
  assert.not.match(recorded.stderr, "keep-stack-bytes");
});

test("with --keep-stack-bytes they are all there, and the recorder and the recording say so", async () => {
  const recorded = await recordSecrets("--keep-stack-bytes");
  assert.equal([...secretsInDumps(recorded)], recorded.secrets);
  assert.equal(secretsInFile(recorded), recorded.secrets);
  assert.is(recorded.stacks.meta("stackBytesKept"), "all");
  assert.match(
    recorded.stderr,
    "--keep-stack-bytes: what programs had on their stacks, passwords and keys too, is in the recording.\n",
  );
});

test("addresses of code and of the stack above its pointer are kept, word by word, and nothing else", async () => {
  const recorded = await recordSecrets();
  const { words, wordsAt } = thread(recorded, "napper");
  for (const dump of dumpsAt(recorded, "napper")) {
    const word = (at: number) => dump.words.get(wordsAt + BigInt(at) * 8n);
    assert.is(word(Word.text), words[Word.text]);
    assert.is(word(Word.stack), words[Word.stack]);
    for (let at = Word.below; at < Word.firstSecret + Word.secrets; at++) assert.is(word(at), undefined, `word ${at}`);
    assert.is(dump.flags, 0);
    const ip = dump.registers.at(-1)!;
    assert.ok(ip > words[Word.text]! && ip < words[Word.text]! + 256n, `the pointer to the instruction, ${ip.toString(16)}`);
    assert.ok([...dump.words.values()].some((value) => value === dump.sp || value > dump.sp));
  }
});

test("with --keep-stack-bytes every word is what it was", async () => {
  const recorded = await recordSecrets("--keep-stack-bytes");
  const { words, wordsAt } = thread(recorded, "napper");
  const [dump] = dumpsAt(recorded, "napper");
  words.forEach((expected, at) => assert.is(dump!.words.get(wordsAt + BigInt(at) * 8n) ?? 0n, expected, `word ${at}`));
});

test("a stack that goes on above the bytes taken says so; more bytes, and it does not", async () => {
  const some = dumpsAt(await recordSecrets(), "deep");
  assert.ok(some.length > 0);
  for (const dump of some) assert.equal([dump.flags, dump.lengthBytes], [DumpFlag.Truncated, 8192]);
  const all = dumpsAt(await recordSecrets("--stack-bytes", "64K"), "deep");
  assert.ok(all.length > 0);
  for (const dump of all) {
    assert.is(dump.flags, 0);
    assert.ok(dump.lengthBytes > 20480 && dump.lengthBytes < 65536, `${dump.lengthBytes} bytes`);
  }
});

/** Of the naps of the two threads: how many have a whole stack, how many one of frames. */
function napStacks({ stacks, threads }: Recorded): { whole: number; frames: number } {
  const tids = threads.map(({ tid }) => tid);
  const count = { whole: 0, frames: 0 };
  for (const { type, columns } of stacks.recording.blocks) {
    if (type !== format.BlockType.Syscall) continue;
    const [dictionary, of] = [columns!.numbers("threads"), columns!.numbers("thread")];
    columns!.numbers("userStack").forEach((id, row) => {
      if (id === 0 || !tids.includes(dictionary[of[row]!]!)) return;
      if (stacks.dumps.has(id)) count.whole++;
      if (stacks.frames.has(id)) count.frames++;
    });
  }
  return count;
}

test("nor does one that a frame pointer which is none seems to return to", async () => {
  for (const options of [["--stack-bytes", "0"], ["--no-syscalls", "--stacks-per-second", "1"]]) {
    const recorded = await recordSecrets(...options);
    assert.equal(secretsInFile(recorded), []);
    assert.equal(secretsInFrames(recorded), []);
  }
  if (process.arch !== "x64") return; // the workload misleads there only
  const kept = await recordSecrets("--exact-stacks", "--stacks-per-second", "1", "--keep-stack-bytes");
  assert.equal(secretsInFrames(kept), [kept.secrets[5]]);
});

test("beyond the budget frame pointers are followed, and each time is counted", async () => {
  const { UserDump } = format.BlockType;
  const free = await recordSecrets();
  assert.is(free.stacks.lost(UserDump, format.LostReason.StackBudget), 0);
  assert.is(napStacks(free).frames, 0);
  const bound = await recordSecrets("--exact-stacks", "--stacks-per-second", "1", "--no-snapshots");
  const { whole, frames } = napStacks(bound);
  assert.ok(whole >= 1 && frames > 0, JSON.stringify({ whole, frames }));
  const others = bound.stacks.numbers(format.BlockType.Syscall, "userStack").filter((id) => bound.stacks.frames.has(id));
  assert.is(bound.stacks.lost(UserDump, format.LostReason.StackBudget), others.length);
});

test("--stack-bytes 0 and --no-user-stacks take none", async () => {
  const frames = await recordSecrets("--stack-bytes", "0");
  assert.is(frames.stacks.dumps.size, 0);
  assert.ok(napStacks(frames).frames >= Naps);
  assert.is(frames.stacks.meta("stackBytes"), "off");
  const none = await recordSecrets("--no-user-stacks");
  assert.is(none.stacks.dumps.size, 0);
  assert.equal(napStacks(none), { whole: 0, frames: 0 });
});

test("without system calls they are taken when the thread leaves the cpu", async () => {
  const recorded = await recordSecrets("--no-syscalls");
  const { words, wordsAt } = thread(recorded, "napper");
  const dumps = dumpsAt(recorded, "napper");
  assert.ok(dumps.length > 0);
  assert.is(dumps[0]!.words.get(wordsAt), words[Word.text]);
  assert.equal(secretsInFile(recorded), []);
});

/** Flags of the user stacks, of frames and whole, of two programs that take the CPU from each other. */
async function recordPreempted(...options: string[]): Promise<{ frames: number[]; whole: number[] }> {
  const file = join(temporaryDirectory(), "preempted.offcut");
  const hogs = [1, 2].map(() => new Program(["taskset", "-c", "0", "sh", "-c", "while :; do :; done"]));
  const pids = hogs.map(({ pid }) => pid).join();
  assert.is((await record(["-o", file, "-d", "1", "-p", pids, "--no-snapshots", ...options])).code, 0);
  for (const hog of hogs) await hog.stop("SIGKILL");
  const stacks = new StackRecording(file);
  const kinds = stacks.numbers(format.BlockType.Stack, "kind");
  const flags = stacks.numbers(format.BlockType.Stack, "flags");
  const whole = [...stacks.dumps.values()].map((dump) => dump.flags);
  return { frames: flags.filter((_, row) => kinds[row] === format.StackKind.User), whole };
}

test("who is preempted has a stack by frame pointers, or a whole one if asked, of the instruction it was at", async () => {
  const isExact = (flags: number) => (flags & DumpFlag.ExactIp) !== 0;
  const usual = await recordPreempted();
  assert.ok(usual.frames.length > 0 && usual.frames.every(isExact), usual.frames.join());
  assert.equal(usual.whole, []);
  const asked = await recordPreempted("--preempted-stacks");
  assert.equal(asked.frames, []);
  assert.ok(asked.whole.length > 0 && asked.whole.every(isExact), asked.whole.join());
});

test("what makes no sense is refused in a sentence", async () => {
  const refused = async (...options: string[]) => (await record(["-o", "/dev/null", ...options])).stderr;
  assert.is(
    await refused("--stack-bytes", "100"),
    'offcut-capture: --stack-bytes does not take "100"; try --stack-bytes 16K.\n',
  );
  assert.is(
    await refused("--stacks-per-second", "0"),
    'offcut-capture: --stacks-per-second does not take "0"; try --stacks-per-second 500.\n',
  );
  assert.is(
    await refused("--keep-stack-bytes", "--stack-bytes", "0"),
    "offcut-capture: --keep-stack-bytes keeps what is in user stacks, which are not taken whole.\n",
  );
});

test.after.each(endAll);
test.run();
