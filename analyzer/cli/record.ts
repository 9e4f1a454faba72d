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
  options: [
    { flags: "-o, --output <FILE>", description: "Where to; - is standard output" },
    { flags: "-d, --duration <SECONDS>", description: "For how long; until Ctrl-C without it" },
    { flags: "-p, --pid <PID,...>", description: "Only these processes" },
    { flags: "-t, --tid <TID,...>", description: "Only these threads" },
    { flags: "-u, --user", description: "Only threads of programs" },
    { flags: "-k, --kernel", description: "Only threads of the kernel" },
    { flags: "--follow", description: "With -p or -t, also what they start" },
    { flags: "-a, --all", description: "With a command: the whole host while it runs" },
    { flags: "--no-offcpu", description: "No context switches" },
    { flags: "--no-syscalls", description: "No system calls" },
    { flags: "--syscalls <LIST>", description: "Only these system calls, by name" },
    { flags: "--no-wakeups", description: "Not who woke whom" },
    { flags: "--no-stacks", description: "No stacks" },
    { flags: "--stack-min-us <US>", description: "Stacks of waits from this length on" },
    { flags: "--ring-size <BYTES>", description: "Buffer between kernel and recorder" },
    { flags: "--max-size <BYTES>", description: "End when the recording has this size" },
    { flags: "--force", description: "Replace an existing file" },
    { flags: "-q, --quiet", description: "Say nothing but errors" },
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
