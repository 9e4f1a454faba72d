// `offcut record`: runs the recorder with the words that were typed. Its options are its own; they
// are listed here for help, and neither checked nor changed.

import type { ExitCode } from "../errors.js";
import type { Arguments } from "./arguments.js";
import { runCaptureProgram } from "./capture-program.js";
import type { Command } from "./command.js";

export const record: Command = {
  name: "record",
  operands: "[-- COMMAND...]",
  summary: "Record this host, some of its processes, or a command (Linux, as root)",
  isForwarded: true,
  options: [
    { flags: "-o <FILE>", description: "Where to, - for standard output (recording.offcut)" },
    { flags: "--force", description: "Overwrite FILE if it exists" },
    { flags: "-d <SECONDS>", description: "Stop after that long (at Ctrl-C)" },
    { flags: "--max-size <SIZE>", description: "Stop before FILE is larger: 500M, 4G, 0 for no limit (4G)" },
    { flags: "-a", description: "With a command: the whole host while it runs" },
    { flags: "-p <PID,...>", description: "Only these processes" },
    { flags: "-t <TID,...>", description: "Only these threads" },
    { flags: "--follow", description: "With -p, -t: their descendants too" },
    { flags: "-u", description: "User threads only" },
    { flags: "-k", description: "Kernel threads only" },
    { flags: "--no-offcpu", description: "No context switches, wakeups and stacks" },
    { flags: "--no-wakeups", description: "No wakeups" },
    { flags: "--no-syscalls", description: "No system calls: they cost the host nothing then" },
    { flags: "--syscalls <LIST>", description: "Only these, by name or number: futex,read,230" },
    { flags: "--no-stacks", description: "No stacks" },
    { flags: "--stack-min-us <N>", description: "Stacks of waits this long and over (100)" },
    { flags: "--ring-size <SIZE>", description: "Memory between kernel and recorder (16M)" },
    { flags: "-q", description: "Say nothing unless it fails" },
  ],
  examples: [
    "sudo offcut record -d 10 -o web1.offcut",
    "sudo offcut record -o build.offcut -- make -j8",
  ],
  run,
};

function run(args: Arguments): Promise<ExitCode> {
  return runCaptureProgram(args.raw);
}
