// Writes the generated recording of a seed to a file, to look into it with test/oracle/dump.ts:
//   npx tsx test/recordings/generate-file.ts SEED FILE

import { writeFileSync } from "node:fs";
import { generateRecording } from "./generate.js";

const [seed, file] = process.argv.slice(2);
if (seed === undefined || file === undefined) {
  console.error("usage: generate-file.ts SEED FILE");
  process.exitCode = 2;
} else {
  writeFileSync(file, generateRecording(Number(seed)));
}
