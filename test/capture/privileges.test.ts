// What recording needs of the host and what it does not: three capabilities and no more of root,
// each named with its remedy when it is missing; neither tracefs nor debugfs nor bpffs.

import { chmodSync, chownSync, copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { captureProgram, recordingSuite } from "../host.js";
import { endAll, record, startRecorder, temporaryDirectory } from "./recorder.js";
import { analyze, offcpuRows, stackFrames } from "./results.js";

const test = recordingSuite("privileges", ["setpriv"]);

const needed = ["bpf", "perfmon", "syslog"];
const Nobody = 65534;

/** A directory that nobody owns, with the capture program in it: the build may be out of its reach. */
function nobodysDirectory(): { directory: string; program: string } {
  const directory = temporaryDirectory();
  const program = join(directory, "offcut-capture");
  copyFileSync(captureProgram, program);
  chmodSync(program, 0o755);
  chownSync(directory, Nobody, Nobody);
  return { directory, program };
}

/** Runs what follows as user nobody with these capabilities alone. */
function asNobody(capabilities: readonly string[]): string[] {
  const list = ["-all", ...capabilities.map((name) => `+${name}`)].join(",");
  const user = [`--reuid=${Nobody}`, `--regid=${Nobody}`, "--clear-groups"];
  return ["setpriv", ...user, `--inh-caps=${list}`, `--ambient-caps=${list}`, `--bounding-set=${list}`];
}

test("three capabilities are enough", async () => {
  const { directory, program } = nobodysDirectory();
  const file = join(directory, "nobody.offcut");
  const ended = await record(["-o", file, "-d", "1"], { program, through: asNobody(needed), cwd: directory });
  assert.is(ended.code, 0, ended.stderr);
  const analysis = await analyze(file);
  assert.ok(analysis.recording.events[0]! > 0n);
  const named = offcpuRows(analysis).some((row) => stackFrames(analysis, row.kernelStack).some((f) => f.symbol));
  assert.ok(named, "kernel frames have names");
});

for (const missing of needed) {
  test(`without ${missing} it says so, and how to mend it`, async () => {
    const { directory, program } = nobodysDirectory();
    const others = needed.filter((name) => name !== missing);
    const args = ["-o", join(directory, "refused.offcut"), "-d", "0.2"];
    const ended = await record(args, { program, through: asNobody(others), cwd: directory });
    // Without the third, events can be recorded all the same; kernel frames then have no names.
    assert.is(ended.code, missing === "syslog" ? 0 : 1, ended.stderr);
    const [sentence, remedy] = ended.stderr.split("setcap");
    assert.match(remedy ?? "", /^ cap_bpf,cap_perfmon,cap_syslog\S*[+=]ep .*offcut-capture/);
    assert.match(sentence!, new RegExp(`cap_${missing}`, "i"));
    for (const other of others) assert.not.match(sentence!, new RegExp(`cap_${other}`, "i"));
  });
}

test("--doctor shows kernel, BTF and capabilities, and fails where it could not record", async () => {
  const able = await record(["--doctor"]);
  assert.is(able.code, 0, able.stderr);
  assert.match(able.stdout.toString(), new RegExp(readFileSync("/proc/sys/kernel/osrelease", "utf8").trim()));
  assert.match(able.stdout.toString(), /btf/i);
  assert.match(able.stdout.toString(), /cap_bpf/i);
  const { directory, program } = nobodysDirectory();
  const unable = await record(["--doctor"], { program, through: asNobody([]), cwd: directory });
  assert.is(unable.code, 1);
  assert.match(unable.stdout.toString(), /setcap/);
});

test("tracefs, debugfs and bpffs need not be mounted", async () => {
  const file = join(temporaryDirectory(), "bare.offcut");
  // A mount namespace of its own, so that the host keeps what it has.
  const script = `for at in $(awk '$3 ~ /^(tracefs|debugfs|bpf)$/ { print $2 }' /proc/self/mounts | sort -r); do
    umount -l "$at"; done; exec "$@"`;
  const through = ["unshare", "--mount", "sh", "-c", script, "sh"];
  const recorder = await startRecorder(["-o", file], { through });
  const mounts = readFileSync(`/proc/${recorder.pid}/mounts`, "utf8");
  assert.not.match(mounts, / (tracefs|debugfs|bpf) /);
  assert.is((await recorder.stop()).code, 0);
  assert.ok((await analyze(file)).recording.events[0]! > 0n);
});

test.after.each(endAll);
test.run();
