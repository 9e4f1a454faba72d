// Names of user frames from a recording alone, where the files they came from are gone: deleted,
// in a mount namespace of their own, of processes that lived for a millisecond, or never files at
// all. And the choice of what is sealed, and what a recording has that was killed.

import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import { recordingSuite, workload } from "../host.js";
import { sectionBytes } from "./elf-peer.js";
import { endAll, Program, record, runThrough, startRecorder, temporaryDirectory } from "./recorder.js";
import { assemble, Kind } from "./seal-driver.js";
import { SealedRecording, type NamedFrame } from "./sealed-recording.js";

const test = recordingSuite("sealing", ["unshare", "chroot", "readelf", "taskset"]);

/** A copy of the workload `deep` that waits at its gate. */
async function startDeep(path: string, ...args: string[]): Promise<Program> {
  copyFileSync(workload("deep"), path);
  const program = new Program([path, ...args]);
  return program.waitUntil(() => program.stdout.startsWith("ready"), "its gate");
}

/** Of the stacks that sleep in `deep`, the frames of the object whose path ends so. */
function napNames(recording: SealedRecording, pid: number, path: string): string[][] {
  return recording
    .userStacks()
    .filter((stack) => stack.pid === pid)
    .map((stack) => recording.frames(stack).filter(({ object }) => object.replace(/ \(deleted\)$/, "").endsWith(path)))
    .filter((frames) => frames.length > 1)
    .map((frames) => frames.map(({ name }) => name));
}

/** Frames by frame pointers: what unwinding makes of dumps is not sealing's business. */
const frames = ["--stack-bytes", "0"];

const expected = ["nap", "descend", "descend", "middle", "outer", "main"];

test("a program that was deleted before anything was recorded has its names", async () => {
  const [path, file] = ["deleted", "deleted.offcut"].map((name) => join(temporaryDirectory(), name));
  const program = await startDeep(path!, "2", "40");
  rmSync(path!);
  const recorder = await startRecorder([...frames, "-o", file!, "-p", String(program.pid)]);
  await runThrough(program);
  assert.is((await recorder.stop()).code, 0);
  assert.equal(napNames(new SealedRecording(file!), program.pid, path!), [expected]);
});

test("a program that is replaced while it runs is not taken for its successor", async () => {
  const [path, file] = ["replaced", "replaced.offcut"].map((name) => join(temporaryDirectory(), name));
  const program = await startDeep(path!, "2", "40");
  rmSync(path!);
  copyFileSync(workload("waits"), path!);
  const recorder = await startRecorder([...frames, "-o", file!, "-p", String(program.pid)]);
  await runThrough(program);
  assert.is((await recorder.stop()).code, 0);
  assert.equal(napNames(new SealedRecording(file!), program.pid, path!), [expected]);
});

/** A root of its own in a mount namespace of its own: what is in it is nowhere else on the host. */
function ownRoot(directory: string, script: string): string[] {
  const libraries = execFileSync("ldd", [workload("deep")], { encoding: "utf8" }).matchAll(/(\/\S+) \(0x/g);
  const copies = [...libraries].map(([, path]) => `mkdir -p ${directory}${dirname(path!)} && cp -L ${path} ${directory}${path}`);
  const shell = realpathSync("/bin/sh");
  return [
    "unshare",
    "-m",
    "sh",
    "-ec",
    [
      `mount -t tmpfs none ${directory}`,
      ...copies,
      `cp ${workload("deep")} ${directory}/inside`,
      `cp ${shell} ${directory}/sh`,
      `exec chroot ${directory} /sh -c '${script}'`,
    ].join(" && "),
  ];
}

test("a program in a mount namespace and root of its own has its names", async () => {
  const directory = join(temporaryDirectory(), "root");
  const file = join(temporaryDirectory(), "namespace.offcut");
  mkdirSync(directory);
  const program = new Program(ownRoot(directory, "exec /inside 2 40"));
  await program.waitUntil(() => program.stdout.startsWith("ready"), "its gate");
  const recorder = await startRecorder([...frames, "-o", file, "-p", String(program.pid)]);
  await runThrough(program);
  assert.is((await recorder.stop()).code, 0);
  assert.not(existsSync("/inside"));
  assert.equal(napNames(new SealedRecording(file), program.pid, "/inside"), [expected]);
});

test("processes that come and go in such a place have theirs, as long as who started them lives", async () => {
  const directory = join(temporaryDirectory(), "root");
  const file = join(temporaryDirectory(), "short.offcut");
  mkdirSync(directory);
  const script = 'echo ready; read go; for i in 1 2 3 4 5 6 7 8; do echo | /inside 2 1; done; read end';
  const shell = new Program(ownRoot(directory, script));
  await shell.waitUntil(() => shell.stdout.startsWith("ready"), "its gate");
  const recorder = await startRecorder([...frames, "-o", file]);
  shell.process.stdin!.write("\n");
  await sleep(1500);
  assert.is((await recorder.stop()).code, 0);
  shell.process.stdin!.end("\n");
  const recording = new SealedRecording(file);
  const pids = new Set(recording.userStacks().map(({ pid }) => pid));
  const found = [...pids].flatMap((pid) => napNames(recording, pid, "/inside"));
  assert.is(found.length, 8);
  for (const names of found) assert.equal(names, expected);
});

test("Meta says what is sealed; full has whole sections, none has nothing", async () => {
  for (const mode of ["needed", "full", "none"]) {
    const [path, file] = ["moded", "moded.offcut"].map((name) => join(temporaryDirectory(), name));
    const program = await startDeep(path!, "2", "10");
    const recorder = await startRecorder([...frames, "-o", file!, "-p", String(program.pid), "--seal", mode]);
    await runThrough(program);
    assert.is((await recorder.stop()).code, 0);
    const recording = new SealedRecording(file!);
    assert.is(recording.meta.get("sealed"), mode);
    if (mode === "none") {
      assert.is(recording.parts.size + recording.symbols.size, 0);
      continue;
    }
    const [id] = recording.objectsOf(path!);
    const parts = recording.parts.get(id!)!;
    const symtab = assemble(parts, Kind.Symtab);
    assert.is(symtab.bytes.equals(sectionBytes(path!, ".symtab")), mode === "full");
    const { bytes, held } = assemble(parts, Kind.EhFrame);
    const whole = sectionBytes(path!, ".eh_frame");
    assert.is(bytes.length, whole.length);
    assert.is(held.filter((each) => each === 1).length === whole.length - 4, mode === "full");
  }
});

test("--seal takes three words; -v tells of every file what was sealed of it", async () => {
  const refused = await record(["--seal", "some"]);
  assert.is(refused.code, 2);
  assert.is(refused.stderr, 'offcut-capture: --seal does not take "some"; it takes needed, full or none.\n');
  const [path, file] = ["told", "told.offcut"].map((name) => join(temporaryDirectory(), name));
  const program = await startDeep(path!, "2", "10");
  const recorder = await startRecorder([...frames, "-v", "-o", file!, "-p", String(program.pid)]);
  await runThrough(program);
  const { stderr } = await recorder.stop();
  assert.match(stderr, new RegExp(`^offcut-capture: ${path}: [1-9]\\d* bytes, 5 symbols sealed$`, "m"));
  assert.match(stderr, / (\d+) of \1 files sealed, /);
});

test("a recording that is killed has names all the same, of what was met some seconds before", async () => {
  const [path, file] = ["killed", "killed.offcut"].map((name) => join(temporaryDirectory(), name));
  const program = await startDeep(path!, "2", "100000");
  const recorder = await startRecorder([...frames, "-o", file!, "-p", String(program.pid)]);
  program.process.stdin!.end("\n");
  await sleep(4500);
  recorder.kill("SIGKILL");
  await recorder.end();
  assert.equal(napNames(new SealedRecording(file!), program.pid, path!), [expected]);
});

test("the address of _stext, and the build id of the vdso's sections", async () => {
  const file = join(temporaryDirectory(), "kernel.offcut");
  const recorder = await startRecorder([...frames, "-o", file]);
  // Two that ask for the time without end, on one CPU: one is now and then sent off while it asks.
  const script = "const end = Date.now() + 1500; while (Date.now() < end);";
  const busy = [1, 2].map(() => new Program(["taskset", "-c", "0", process.execPath, "-e", script]));
  await Promise.all(busy.map((each) => each.end()));
  assert.is((await recorder.stop()).code, 0);
  const recording = new SealedRecording(file);
  const stext = /^(\w+) T _stext$/m.exec(readFileSync("/proc/kallsyms", "utf8"))![1];
  assert.is(recording.meta.get("kernelStext"), stext!.replace(/^0+/, ""));
  const leaves = recording.userStacks().flatMap((stack) => recording.frames(stack).slice(0, 1));
  const names = leaves.filter(({ object }) => object === "[vdso]").map(({ name }) => name);
  assert.ok(names.some((name) => /clock_gettime|gettimeofday/.test(name)), names.join());
  const [id] = recording.objectsOf("[vdso]");
  assert.is(assemble(recording.parts.get(id!)!, Kind.ProgramHeaders).held.indexOf(0), -1);
});

test("code that node compiled has the names that its map gives it", async () => {
  const directory = temporaryDirectory();
  const [file, script] = ["jit.offcut", "jit.mjs"].map((name) => join(directory, name));
  writeFileSync(
    script!,
    `import { spawnSync } from "node:child_process";
     function waitsInNode() { return spawnSync("sleep", ["0.02"]).status; }
     function callsWaitsInNode() { let sum = 0; for (let i = 0; i < 20; i++) sum += waitsInNode(); return sum; }
     process.stdout.write("ready 1\\n");
     process.stdin.once("data", () => { callsWaitsInNode(); process.exit(); });`,
  );
  const flags = ["--perf-basic-prof", "--interpreted-frames-native-stack"];
  const program = new Program([process.execPath, ...flags, script!], { cwd: directory }); // it leaves a log there
  await program.waitUntil(() => program.stdout.startsWith("ready"), "its gate");
  try {
    const recorder = await startRecorder([...frames, "-o", file!, "-p", String(program.pid)]);
    await runThrough(program);
    assert.is((await recorder.stop()).code, 0);
  } finally {
    rmSync(`/tmp/perf-${program.pid}.map`, { force: true });
  }
  const recording = new SealedRecording(file!);
  const names = recording.userStacks().map((stack) => recording.frames(stack).map(({ name }: NamedFrame) => name));
  const found = names.filter((each) => each.some((name) => /waitsInNode/.test(name)));
  assert.ok(found.length > 0, JSON.stringify(names.slice(0, 3)));
  assert.ok(found.some((each) => each.some((name) => /callsWaitsInNode/.test(name))));
});

test.after.each(endAll);
test.run();
