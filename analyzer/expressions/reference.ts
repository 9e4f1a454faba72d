// The reference page of probes and expressions, as `offcut hist --reference` prints it: the language,
// its values, and the examples of the argdist and trace man pages and of bpftrace's one-liners that
// concern system calls and waiting, each as it is asked here. Examples are data, so that a test can
// read every one of them; values come from the table that the checker uses.

import { fields } from "./fields.js";

export interface ReferenceExample {
  /** The question as the other tool's page asks it. */
  readonly from: string;
  readonly question: string;
  readonly command: "hist" | "events";
  /** What stands after the recording. */
  readonly words: readonly string[];
  /** Whether arguments must have been recorded. */
  readonly needsArguments?: boolean;
}

export const referenceExamples: readonly ReferenceExample[] = [
  {
    from: "argdist -H 'p::sys_read(...):u64:count'",
    question: "Sizes that reads ask for",
    command: "hist",
    words: ["read:count"],
    needsArguments: true,
  },
  {
    from: "argdist -C 'r::__vfs_read():u32:$PID:$latency > 100000'",
    question: "Processes with reads slower than 100 us",
    command: "hist",
    words: ["-C", "read:$latency > 100us:pid"],
  },
  {
    from: "argdist -H 'r::__vfs_read(void *file, void *buf, size_t count):size_t:$entry(count):$latency > 1000000'",
    question: "Sizes of reads slower than 1 ms",
    command: "hist",
    words: ["-H", "read:$latency > 1ms:count"],
    needsArguments: true,
  },
  {
    from: "argdist -H 'p::__kmalloc(size_t size):u64:size/16'",
    question: "Any arithmetic on a value",
    command: "hist",
    words: ["read,pread64:ret / 1K"],
  },
  {
    from: "argdist -C 't:irq:irq_handler_entry():int:args->irq'",
    question: "How often each signal is sent, and by whom",
    command: "hist",
    words: ["-C", "kill,tkill,tgkill:comm,args.sig"],
    needsArguments: true,
  },
  {
    from: "argdist -p 1005 -C 'p::__vfs_write(...):int,size_t:fd,count:fd==1'",
    question: "What one process writes to its standard output",
    command: "hist",
    words: ["-p", "1005", "-C", "write:fd == 1:fd,count"],
    needsArguments: true,
  },
  {
    from: "argdist -C 'r:c:fork():int:$retval#fork return' -T 5",
    question: "The five most frequent results, with a title of one's own",
    command: "hist",
    words: ["-T", "5", "-C", "clone,clone3,fork,vfork:$retval#fork return"],
  },
  {
    from: "argdist -i 10 -H 'r::SyS_fsync():u64:$latency/1000'",
    question: "Latency of fsync every ten seconds, in microseconds",
    command: "hist",
    words: ["-i", "10", "fsync,fdatasync:$latency / 1us"],
  },
  {
    from: "trace 'sys_read (arg3 > 20000) \"read %d bytes\", arg3'",
    question: "Reads of more than 20,000 bytes",
    command: "events",
    words: ["--where", 'syscall == "read" && arg2 > 20000', "--columns", "time,pid,tid,comm,arg2"],
    needsArguments: true,
  },
  {
    from: "trace 'do_sys_open \"%s\", arg2'",
    question: "Which files are opened",
    command: "events",
    words: ["--syscall", "openat", "--columns", "time,comm,filename"],
    needsArguments: true,
  },
  {
    from: "trace 'r::do_sys_open \"%llx\", retval'",
    question: "What opening returned",
    command: "events",
    words: ["--syscall", "open,openat", "--columns", "time,pid,comm,ret"],
  },
  {
    from: "trace 'r:c:read ((int)retval < 0) \"read failed: %d\", retval'",
    question: "Reads that failed",
    command: "events",
    words: ["--where", 'syscall == "read" && ret < 0'],
  },
  {
    from: "trace 'u:pthread:mutex_entry' -K -U",
    question: "Waits on futexes of 10 ms and over, with stacks",
    command: "events",
    words: ["--kinds", "period", "--where", 'syscall == "futex" && duration >= 10ms', "--stacks"],
  },
  {
    from: "trace -n nginx -t 'SyS_write'",
    question: "Writes of threads with a certain name",
    command: "events",
    words: ["--where", 'comm =~ "nginx*" && syscall =~ "/^p?write/"'],
  },
  {
    from: "bpftrace -e 'tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }'",
    question: "System calls by program",
    command: "hist",
    words: ["-C", "comm"],
  },
  {
    from: "bpftrace -e 'tracepoint:syscalls:sys_enter_* { @[probe] = count(); }'",
    question: "System calls by name",
    command: "hist",
    words: ["-C", "syscall"],
  },
  {
    from: "bpftrace -e 'tracepoint:raw_syscalls:sys_enter { @[pid, comm] = count(); }'",
    question: "System calls by process",
    command: "hist",
    words: ["-C", "pid,comm"],
  },
  {
    from: "bpftrace -e 'tracepoint:syscalls:sys_enter_openat { printf(\"%s %s\\n\", comm, str(args.filename)); }'",
    question: "Files opened, by program",
    command: "hist",
    words: ["-C", "openat:comm,args.filename"],
    needsArguments: true,
  },
  {
    from: "bpftrace -e 'tracepoint:syscalls:sys_exit_read /args.ret/ { @[comm] = sum(args.ret); }'",
    question: "Sizes that reads returned, by program",
    command: "hist",
    words: ["-C", "read:ret > 0:comm,ret"],
  },
  {
    from: "bpftrace -e 'tracepoint:syscalls:sys_exit_read { @bytes = hist(args.ret); }'",
    question: "What reads returned, errors too",
    command: "hist",
    words: ["read:ret"],
  },
  {
    from: "bpftrace -e 'kretprobe:vfs_read { @bytes = lhist(retval, 0, 2000, 200); }'",
    question: "The same in equal steps",
    command: "hist",
    words: ["--linear", "0,2000,200", "read:ret"],
  },
  {
    from: "bpftrace -e 'kprobe:vfs_read { @start[tid] = nsecs; } kretprobe:vfs_read /@start[tid]/ { @ns[comm] = hist(nsecs - @start[tid]); }'",
    question: "How long reads take",
    command: "hist",
    words: ["read:latency"],
  },
  {
    from: "bpftrace -e 'tracepoint:syscalls:sys_exit_* /args.ret < 0/ { @[probe, args.ret] = count(); }'",
    question: "Errors by call",
    command: "hist",
    words: ["-C", "errno != 0:syscall,errno"],
  },
  {
    from: "bpftrace -e 'tracepoint:raw_syscalls:sys_exit /pid == 1234/ { @[args.ret] = count(); }'",
    question: "Results of one process",
    command: "hist",
    words: ["-C", "pid == 1234:ret"],
  },
  {
    from: "runqlat",
    question: "From wakeup until a thread runs",
    command: "hist",
    words: ["wakeup:latency"],
  },
  {
    from: "cpudist -O",
    question: "Time off the CPU, without having been preempted",
    command: "hist",
    words: ['offcpu:state != "preempted":duration'],
  },
  {
    from: "wakeuptime",
    question: "Who wakes whom",
    command: "hist",
    words: ["-C", "wakeup:waker,comm"],
  },
  {
    from: "strace -T -e trace=file",
    question: "Calls slower than 1 ms that spent most of it waiting",
    command: "events",
    words: ["--kinds", "syscall", "--where", "latency > 1ms && offcpu * 2 > latency"],
  },
];

const language = `A probe says which events, on what condition, and what of them:

  CALL[,CALL]:[FILTER:]EXPRESSION[,EXPRESSION...][#TITLE]

  CALL        read   read,write   *at   *   a number; or one of
              offcpu   periods in which a thread was off the CPU
              wakeup   those of them that a wakeup ended, at the moment the thread ran
  FILTER      counts only events for which it holds (is not 0)
  EXPRESSION  one number: a histogram of powers of two, or with --linear of equal steps;
              text, several of them, or with -C: how often each value or tuple came

Without "CALL:" a list is about all system calls: -C comm,nr,ret

Expressions are C's, with its precedence:

  numbers     10   0x10   100us   4K       units ns us ms s (times are ns), K M G (1024 each)
  text        "nginx"                      compared with == and !=
  patterns    comm =~ "worker-*"           a glob, which must fit the whole text
              comm =~ "/^worker-\\d/"       a regular expression
  errors      errno == EAGAIN              every errno by its name
  operators   ! ~ -    * / %    + -    << >>    < <= > >=    == != =~
              &    ^    |    &&    ||    ?:       from tight to loose, and ( )

  As in C, & binds looser than ==: write (flags & 0x40) != 0.
  Numbers are whole, exact below 2^53, and do not wrap. An event that lacks a value (a call whose
  beginning was not seen has no latency; x / 0 has none) is not counted, and that is said.
`;

const argumentsPart = `Arguments of system calls, where they were recorded (offcut record --args CALL): by their
names in the kernel (read: fd, buf, count; openat: dfd, filename, flags, mode), as args.NAME
where a name above means something else, and by position, arg0 to arg5.
`;

/** The whole page. */
export function referenceText(): string {
  return [language, `Values:\n\n${fieldLines()}`, argumentsPart, `Examples:\n\n${exampleLines()}`].join("\n");
}

function fieldLines(): string {
  return fields
    .map(({ name, aliases, unit, meaning }) => {
      const names = [name, ...aliases].join(" ");
      return `  ${names.padEnd(26)}${unit === undefined ? "" : `${unit}: `}${meaning}\n`;
    })
    .join("");
}

function exampleLines(): string {
  return referenceExamples
    .map((example) => `  # ${example.question}\n  # ${example.from}\n  ${exampleCommand(example)}\n`)
    .join("\n");
}

function exampleCommand({ command, words, needsArguments }: ReferenceExample): string {
  const note = needsArguments === true ? "   # needs arguments" : "";
  return `offcut ${command} web1.offcut ${words.map(shellWord).join(" ")}${note}`;
}

function shellWord(word: string): string {
  return /^[\w,.:/-]+$/.test(word) ? word : `'${word}'`;
}
