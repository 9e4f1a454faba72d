// Two thousand addresses of each of the libraries that Debian has debug information of, and of node: the
// functions, those inlined there, and their lines are what llvm-symbolizer and eu-addr2line say. Where the
// two peers differ from each other either one will do; what neither says is a difference, and there is
// none but the kinds that are named and counted here.

import { existsSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { openSymbols } from "../../analyzer/symbolizer.js";
import { compareNames } from "./compare-names.js";
import { debugFileOf } from "./oracles.js";
import { localSymbolizerModule } from "./programs.js";

const test = suite("symbols/names");

const subjects: readonly (readonly [name: string, file: string | undefined])[] = [
  ["libc", debugFileOf("/lib/x86_64-linux-gnu/libc.so.6")],
  ["libstdc++", "/usr/lib/x86_64-linux-gnu/debug/libstdc++.so.6.0.30"],
  ["node", process.execPath],
];

for (const [name, file] of subjects) {
  test(`2,000 addresses of ${name}`, async () => {
    if (file === undefined || !existsSync(file)) {
      console.log(`SKIP ${name}: its debug information is not installed`);
      assert.is.not(process.env["CI"], "true", `debug information of ${name} is missing`);
      return;
    }
    const symbols = openSymbols(await localSymbolizerModule(), new Uint8Array(readFileSync(file)), { name: file });
    const { compared, inlined, kinds, unexplained } = compareNames(symbols, file, 2000);
    console.log(`${name}: ${compared} addresses, ${inlined} of them in inlined functions; ${JSON.stringify(kinds)}`);
    assert.is(compared, 2000);
    assert.equal(unexplained.slice(0, 5), []);
  });
}

test.run();
