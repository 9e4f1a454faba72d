// The house rules that a machine can check: who imports whom, no cycles, generated files fresh,
// every file says its job, nothing collects the unrelated, no build machine shows through, and
// files and functions stay short enough to read.

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { functionLengths } from "./tidy/functions.js";
import { findCycle, importsOf } from "./tidy/imports.js";
import { complaintAbout } from "./tidy/rooms.js";
import { allPaths, c, code, generatedFiles, root, sources, typescript } from "./tidy/sources.js";

const FileLinesMax = 500;
const FunctionLinesMax = 70;
const JobCharactersMin = 40;

const written = sources(code).filter((file) => !generatedFiles.has(file.path));

function assertNone(complaints: readonly string[]): void {
  assert.ok(complaints.length === 0, `\n${complaints.join("\n")}`);
}

test("rooms use only what they may", () => {
  const imports = sources([...typescript, ...c, ".cc"]).flatMap(importsOf);
  assert.ok(imports.length > 100, "the imports were not found");
  assertNone(imports.flatMap((use) => complaintAbout(use) ?? []));
});

test("nothing imports in a circle", () => {
  const cycle = findCycle(sources([...typescript, ...c]).flatMap(importsOf));
  assert.is(cycle, undefined, cycle?.join(" -> "));
});

test("only what drives engine, symbolizer and demangler touches WebAssembly", () => {
  const touching = sources(typescript, "analyzer/").filter(({ text }) => /\bWebAssembly\./.test(text));
  assert.equal(
    touching.map(({ path }) => path),
    ["analyzer/demangle.ts", "analyzer/engine.ts", "analyzer/symbolizer.ts"],
  );
});

test("generated files are what FORMAT.md generates", () => {
  // Locally a stale file is written anew, and git shows it; where CI=true it is an error.
  const check = process.env["CI"] === "true" ? ["--check"] : [];
  const generator = join(root, "capture/generate-format.ts");
  execFileSync(process.execPath, ["--import", "tsx", generator, ...check], { cwd: root, stdio: "inherit" });
});

test("every source file begins with its job", () => {
  assertNone(
    written.flatMap(({ path, text }) => {
      const job = text.replace(/^#!.*\n/, "").replace(/^(?:\/\*|\/\/|#) SPDX-License-Identifier.*\n/, "");
      const comment = /^(?:\/\*[\s\S]*?\*\/|(?:(?:\/\/|#).*\n)+)/.exec(job)?.[0] ?? "";
      return comment.length < JobCharactersMin ? [`${path} does not say what it is for`] : [];
    }),
  );
});

test("no file is named for nothing", () => {
  const nothing = /(?:^|[/_.-])(?:utils?|helpers?|common|misc|stuff)(?:[/_.-]|$)/;
  assertNone(allPaths().filter((path) => nothing.test(path)));
});

test("no path of a build machine shows", () => {
  const foreign = /(?:^|[\s"'`(=:])(?:\/home\/|\/Users\/|\/root\/)\w/m;
  const texts = sources([...code, ".md", ".json", ".yml"]);
  assertNone(
    texts.filter(({ text }) => text.includes(`${root}/`) || foreign.test(text)).map(({ path }) => path),
  );
});

test("what is loaded into the kernel names its licences", () => {
  const kernel = sources(c, "bpf/");
  assert.ok(kernel.length > 0);
  assertNone(
    kernel
      .filter(({ lines }) => !/SPDX-License-Identifier: \(GPL-2\.0.*OR BSD/.test(lines[0]!))
      .map(({ path }) => path),
  );
});

test("files are short", () => {
  const long = written.filter(({ lines }) => lines.length - 1 > FileLinesMax);
  assertNone(long.map(({ path, lines }) => `${path}: ${lines.length - 1} lines`));
});

test("functions are short", () => {
  const functions = written.flatMap(functionLengths);
  assert.ok(functions.length > 500, "the functions were not found");
  const long = functions.filter(({ lines }) => lines > FunctionLinesMax);
  assertNone(long.map(({ where, lines }) => `${where}: ${lines} lines`));
});

test.run();
