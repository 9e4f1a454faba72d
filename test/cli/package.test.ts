// What users get: the packed package, installed into an empty project with neither compiler nor
// network, answers on the command line and as a library, with types. The four run-time dependencies
// are taken from this checkout, as npm would take them from the registry.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { projectRoot } from "../host.js";
import { smallRecording } from "../recordings/small.js";
import { TemporaryFiles } from "./run-cli.js";

const test = suite("cli/package");
const files = new TemporaryFiles();
test.after(() => files.remove());

const project = files.path("project");
const folded = "small;small+0x2345;small+0x1234;pipe_write;schedule 1000\n";

test.before(() => {
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "user", private: true, type: "module" }));
  writeFileSync(join(project, "x.offcut"), smallRecording());
  npm(projectRoot, "pack", "--ignore-scripts", "--pack-destination", files.directory);
  const tarball = readdirSync(files.directory).find((name) => name.endsWith(".tgz"));
  const dependencies = ["cac", "gecko-profiler-demangle", "picocolors", "xz-decompress"].map((name) => join(projectRoot, "node_modules", name));
  npm(project, "install", "--offline", "--no-audit", "--no-fund", files.path(tarball!), ...dependencies);
});

test("the package holds what it needs and nothing that must be compiled", () => {
  const directory = join(project, "node_modules", "offcut");
  const names = readdirSync(directory, { recursive: true, encoding: "utf8" });
  for (const name of ["build/offcut.wasm", "build/analyzer/node.js", "build/analyzer/node.d.ts", "LICENSE", "README.md"]) {
    assert.ok(names.includes(name), name);
  }
  assert.equal(names.filter((name) => /binding\.gyp|\.(c|cc|h|node)$|\.test\./.test(name)), []);
  const manifest = JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) as { scripts: object };
  assert.equal(Object.keys(manifest.scripts).filter((name) => /^(pre|post)?install$/.test(name)), []);
});

test("npx offcut fold", () => {
  const result = run("npx", "--no-install", "offcut", "fold", "x.offcut");
  assert.equal([result.status, result.stdout], [0, folded]);
});

test("npx offcut record says what to do where there is no recorder", () => {
  const result = run("npx", "--no-install", "offcut", "record", "-d", "1");
  assert.is(result.status, 1);
  assert.match(result.stderr, process.platform === "linux" ? "npm run build:capture" : "recording needs Linux");
});

test("import { analyze } from 'offcut'", () => {
  writeFileSync(join(project, "use.mjs"), usage);
  const result = run(process.execPath, "use.mjs");
  assert.equal([result.status, result.stderr, result.stdout], [0, "", folded]);
});

test("its types check a user's program, and reject a wrong one", () => {
  writeFileSync(join(project, "use.ts"), usage);
  writeFileSync(join(project, "wrong.ts"), 'import { analyze } from "offcut";\nawait analyze(42);\n');
  const right = typeCheck("use.ts");
  assert.equal([right.status, right.stdout], [0, ""]);
  assert.match(typeCheck("wrong.ts").stdout, "wrong.ts(2,15): error TS2345");
});

test("import { mount } from 'offcut/web', with its types", () => {
  writeFileSync(join(project, "web.ts"), webUsage);
  const result = typeCheck("web.ts");
  assert.equal([result.status, result.stdout], [0, ""]);
  writeFileSync(join(project, "web-wrong.ts"), 'import { mount } from "offcut/web";\nmount(document.body, 42);\n');
  assert.match(typeCheck("web-wrong.ts").stdout, "web-wrong.ts(2,22): error TS2345");
});

const webUsage = `import { analyze } from "offcut";
import { mount } from "offcut/web";
const analysis = await analyze(new Uint8Array(), { latencies: true, calls: true, wakerDepth: 1 });
mount(document.body, analysis, { link: "tab=waits", onChange: (link: string) => console.log(link) }).unmount();
mount(document.body, [{ name: "x", analyze: (options) => analyze(new Uint8Array(), options) }]);
`;

const usage = `import { analyze, foldedRows, foldedSums, foldedText, FormatError } from "offcut";
const analysis = await analyze("x.offcut");
for (const piece of foldedText(foldedRows(foldedSums([analysis])))) process.stdout.write(piece);
const error = await analyze(new Uint8Array([1, 2, 3])).catch((reason) => reason);
if (!(error instanceof FormatError) || error.details.offset !== 0) throw error;
`;

function typeCheck(file: string) {
  const tsc = join(projectRoot, "node_modules", "typescript", "bin", "tsc");
  const types = join(projectRoot, "node_modules", "@types");
  const options = ["--module", "nodenext", "--target", "es2022", "--strict", "--noEmit", "--types", "node", "--typeRoots", types];
  return run(process.execPath, tsc, ...options, file);
}

function npm(directory: string, ...words: readonly string[]): void {
  execFileSync("npm", words, { cwd: directory, stdio: "pipe" });
}

function run(program: string, ...words: readonly string[]) {
  const env = { ...process.env, OFFCUT_CAPTURE: "" };
  return spawnSync(program, words, { cwd: project, encoding: "utf8", env });
}

test.run();
