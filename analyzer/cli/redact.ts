// `offcut redact`: a recording that can leave the company. Names become others, the same ones for the
// same, by a key that is drawn anew each time unless one is given.

import { createHmac, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { ExitCode, UsageError } from "../errors.js";
import { bytesText, countOf } from "../exports/units.js";
import { redact as redactRecording, redactedKinds } from "../rewriting/redact.js";
import type { RedactedKind } from "../rewriting/redact.js";
import type { Arguments } from "./arguments.js";
import type { Command } from "./command.js";
import { refuseSame, withFileSource } from "./file-source.js";
import { note } from "./output.js";
import { writeWholeBytes } from "./whole-file.js";

export const redact: Command = {
  name: "redact",
  operands: "FILE",
  summary: "The same recording under other names, to be shown to strangers",
  options: [
    { flags: "-o, --out <FILE>", description: "Write the redacted recording there" },
    { flags: "--keep <LIST>", description: `Leave these as they are: ${redactedKinds.join(", ")}` },
    { flags: "--key-file <FILE>", description: "Names by the key in this file: the same in every recording redacted with it" },
  ],
  examples: [
    "offcut redact web1.offcut -o for-the-vendor.offcut",
    "offcut redact --keep comms,symbols --key-file team.key web1.offcut -o web1-redacted.offcut",
  ],
  run,
};

const prefixes: Readonly<Record<RedactedKind, string>> = {
  arguments: "arg",
  paths: "p",
  comms: "comm",
  symbols: "fn",
  hosts: "host",
};

/** Hexadecimal digits of a name: 15 bytes are all that a thread's name may have. */
const Digits = 10;
const KeyBytes = 32;

async function run(args: Arguments): Promise<ExitCode> {
  const [file, ...others] = args.files();
  const out = args.value("out");
  if (others.length > 0) throw new UsageError("redact takes one recording at a time");
  if (out === undefined) throw new UsageError("redact needs --out FILE: it writes a recording, not text");
  if (file === "-" || out === "-") throw new UsageError("redact reads its file twice and writes another; - is neither");
  await refuseSame(file!, out, "redact");
  const keyFile = args.value("key-file");
  const key = keyFile === undefined ? randomBytes(KeyBytes) : await readFile(keyFile);
  if (key.length === 0) throw new UsageError(`--key-file ${keyFile} is empty`);
  const rename = (kind: RedactedKind, text: string) =>
    `${prefixes[kind]}-${createHmac("sha256", key).update(`${kind}\0${text}`).digest("hex").slice(0, Digits)}`;
  const done = await withFileSource(file!, (source) =>
    writeWholeBytes(out, (put) => redactRecording(source, put, { name: file!, kinds: kindsBut(args.value("keep")), rename })),
  );
  if (done.skippedBytes > 0) note(`${file}: ${bytesText(done.skippedBytes)} are damaged and left out`);
  if (done.blocksLeftOut > 0) {
    note(`${countOf(done.blocksLeftOut, "block")} left out, because names may be in them: tables of symbols, or stacks with all their bytes`);
  }
  note(`${out}: ${countOf(done.stringsReplaced, "name")} replaced${keyFile === undefined ? ", by a key that is now forgotten" : ""}`);
  return done.skippedBytes > 0 ? ExitCode.Failed : ExitCode.Answered;
}

function kindsBut(keep: string | undefined): ReadonlySet<RedactedKind> {
  const kept = keep?.split(",").map((word) => word.trim()) ?? [];
  const unknown = kept.find((word) => !redactedKinds.some((kind) => kind === word));
  if (unknown !== undefined) throw new UsageError(`--keep takes ${redactedKinds.join(", ")}, not "${unknown}"`);
  return new Set(redactedKinds.filter((kind) => !kept.includes(kind)));
}
