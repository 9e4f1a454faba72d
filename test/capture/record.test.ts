// `offcut record`, in its own process by the addon and by running the capture program: the same
// words, the same file, the same exit codes, and one ending for Ctrl-C.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { Ended } from "../../assembly/format.js";
import { cliMain } from "../cli/run-cli.js";
import { captureProgram, recordingSuite } from "../host.js";
import { endAll, Program } from "./recorder.js";
import { analyze } from "./results.js";

const test = recordingSuite("capture/record");
const directory = mkdtempSync(join(tmpdir(), "offcut-record-"));
test.after(() => rmSync(directory, { recursive: true, force: true }));
test.after.each(endAll);

const ways = {
  "by the addon": "",
  "by the capture program": captureProgram,
};

for (const [way, program] of Object.entries(ways)) {
  const name = program === "" ? "addon" : "program";
  const record = (...words: string[]) =>
    new Program([process.execPath, cliMain, "record", ...words], { env: { ...process.env, OFFCUT_CAPTURE: program } });

  test(`${way}: a duration`, async () => {
    const output = join(directory, `${name}-duration.offcut`);
    const { code, stdout, stderr } = await record("-d", "0.2", "-o", output).end();
    assert.equal([code, stdout.toString()], [0, ""]);
    assert.match(stderr, `recording to ${output}`);
    assert.match(stderr, "the time was over");
    assert.is((await analyze(output)).recording.ended[0], Ended.Duration);
  });

  test(`${way}: quiet, and the exit status of the recorded command`, async () => {
    const output = join(directory, `${name}-command.offcut`);
    const { code, stderr } = await record("-q", "-o", output, "--", "sh", "-c", "exit 7").end();
    assert.equal([code, stderr], [7, ""]);
  });

  test(`${way}: Ctrl-C ends the recording well`, async () => {
    const output = join(directory, `${name}-signal.offcut`);
    const recorder = record("-o", output);
    await recorder.waitUntil(() => recorder.stderr.includes("recording to"), "a recording");
    assert.is((await recorder.stop("SIGINT")).code, 0);
    assert.ok([Ended.Signal, Ended.Stopped].includes((await analyze(output)).recording.ended[0]!));
  });

  test(`${way}: misuse and failure`, async () => {
    assert.is((await record("--no-such-option").end()).code, 2);
    assert.is((await record("-o", join(directory, "no/such/directory/x.offcut")).end()).code, 1);
  });
}

test.run();
