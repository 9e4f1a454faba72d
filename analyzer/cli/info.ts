// `offcut info`: what a recording is and how complete it is; a page for each.

import { ExitCode } from "../errors.js";
import { infoText } from "../exports/info-text.js";
import { jsonText } from "../exports/json-text.js";
import { infoView } from "../views/info.js";
import type { Arguments } from "./arguments.js";
import type { Command } from "./command.js";
import { jobsOption, readJobs } from "./on-cpus.js";
import { outputStyle, print } from "./output.js";
import { analyzeAll, exitCodeFor } from "./recordings.js";

export const info: Command = {
  name: "info",
  operands: "FILE...",
  summary: "What was recorded, where, when, for how long and how completely",
  options: [jobsOption, { flags: "--json", description: "Everything, as a JSON array with one entry per file" }],
  examples: ["offcut info web1.offcut", "offcut info --json *.offcut | jq '.[].durationNs'"],
  run,
};

async function run(args: Arguments): Promise<ExitCode> {
  const analyses = await analyzeAll(args.files(), readJobs(args));
  const infos = analyses.map(infoView);
  const style = outputStyle();
  await print(
    args.has("json") ? jsonText(infos) : infos.map((one) => infoText(one, style)).join("\n"),
  );
  return exitCodeFor(analyses);
}
