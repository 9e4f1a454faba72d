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
    from: "argdist -H 'p::__kmalloc(u64 size):u64:size'",
    question: "How much reads ask for",
    command: "hist",
    words: ["read:count"],
    needsArguments: true,
  },
  {
    from: "argdist -p 1005 -C 'p:c:malloc(size_t size):size_t:size:size==16'",
    question: "How often one process writes exactly 16 bytes",
    command: "hist",
    words: ["-p", "1005", "-C", "write:count == 16:count"],
    needsArguments: true,
  },
  {
    from: "argdist -p 1005 -C 'p:c:write(int fd):int:fd' -T 5",
    question: "Its five busiest file descriptors",
    command: "hist",
    words: ["-p", "1005", "-C", "write:fd", "-T", "5"],
    needsArguments: true,
  },
  {
    from: "argdist -p 1005 -H 'r:c:read()'",
    question: "Sizes that read returned to it",
    command: "hist",
    words: ["-p", "1005", "-H", "read:$retval"],
  },
  {
    from: "argdist -C 'r::__vfs_read():u32:$PID:$latency > 100000'",
    question: "Processes whose reads took more than 0.1 ms",
    command: "hist",
    words: ["-C", "read:$latency > 100000:$PID"],
  },
  {
    from: "argdist -H 'r::__vfs_read(void *file, void *buf, size_t count):size_t:$entry(count):$latency > 1000000'",
    question: "Sizes asked for by reads of more than 1 ms",
    command: "hist",
    words: ["-H", "read:$latency > 1ms:count"],
    needsArguments: true,
  },
  {
    from: "argdist -H 'r::__kmalloc(size_t size):u64:$latency/$entry(size)#ns per byte'",
    question: "Nanoseconds a byte, with a title",
    command: "hist",
    words: ["read:ret > 0:$latency / ret#ns per byte"],
  },
  {
    from: "argdist -H 'p:c:write(int fd, const void *buf, size_t count):size_t:count:fd==1'",
    question: "What is written to standard output, by size",
    command: "hist",
    words: ["-H", "write:fd == 1:count"],
    needsArguments: true,
  },
  {
    from: "argdist -C 'p:c:fork()#fork calls'",
    question: "How often processes and threads are made",
    command: "hist",
    words: ["-C", "fork,vfork,clone,clone3:syscall#fork calls"],
  },
  {
    from: "argdist -H 'p:c:sleep(u32 seconds):u32:seconds' -H 'p:c:nanosleep(struct timespec *req):long:req->tv_nsec'",
    question: "Two histograms in one pass: how long sleeps and polls really take",
    command: "hist",
    words: ["-H", "nanosleep,clock_nanosleep:latency", "poll,ppoll,epoll_wait:latency"],
  },
  {
    from: "argdist -i 5 -H 'r::vfs_fsync_range():u64:$latency/1000'",
    question: "Latency of fsync every five seconds, in microseconds",
    command: "hist",
    words: ["-i", "5", "fsync,fdatasync:$latency / 1us"],
  },
  {
    from: "trace 'do_sys_open \"%s\", arg2@user'",
    question: "Which files are opened",
    command: "events",
    words: ["--syscall", "openat", "--columns", "time,pid,tid,comm,filename"],
    needsArguments: true,
  },
  {
    from: "trace 'do_sys_open \"%s\", arg2@user' -n main",
    question: "By threads called main",
    command: "events",
    words: ["--syscall", "openat", "--comm", "main", "--columns", "time,pid,tid,comm,filename"],
    needsArguments: true,
  },
  {
    from: "trace 'sys_read (arg3 > 20000) \"read %d bytes\", arg3'",
    question: "Reads of more than 20,000 bytes",
    command: "events",
    words: ["--where", 'syscall == "read" && arg2 > 20000', "--columns", "time,pid,tid,comm,arg2"],
    needsArguments: true,
  },
  {
    from: "trace 'r::do_sys_open \"%llx\", retval'",
    question: "What opening returned",
    command: "events",
    words: ["--syscall", "open,openat", "--columns", "time,pid,tid,comm,retval"],
  },
  {
    from: "trace 'p:c:write (arg1 == 1) \"writing %d bytes to STDOUT\", arg3'",
    question: "What is written to standard output",
    command: "events",
    words: ["--where", 'syscall == "write" && fd == 1', "--columns", "time,pid,tid,comm,count"],
    needsArguments: true,
  },
  {
    from: "trace 'r::__kmalloc (retval == 0) \"kmalloc failed!\"'",
    question: "Mappings that failed for want of memory",
    command: "events",
    words: ["--where", 'syscall == "mmap" && errno == ENOMEM'],
  },
  {
    from: "trace -K -U 'r:c:malloc (retval) \"allocated = %x\", retval'",
    question: "Waits on futexes of 10 ms and over, with their stacks",
    command: "events",
    words: ["--kinds", "period", "--where", 'syscall == "futex" && duration >= 10ms', "--stacks"],
  },
  {
    from: "bpftrace -e 'tracepoint:syscalls:sys_enter_openat { printf(\"%s %s\\n\", comm, str(args.filename)); }'",
    question: "Files opened, by program",
    command: "hist",
    words: ["-C", "openat:comm,args.filename"],
    needsArguments: true,
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
    from: "bpftrace -e 'tracepoint:raw_syscalls:sys_enter { @ = count(); } interval:s:1 { print(@); clear(@); }'",
    question: "System calls a second",
    command: "hist",
    words: ["-i", "1", "-C", "kind"],
  },
  {
    from: "bpftrace -e 'tracepoint:syscalls:sys_exit_read /args.ret/ { @[comm] = sum(args.ret); }'",
    question: "Bytes read, by program",
    command: "hist",
    words: ["-S", "read:ret > 0:comm,ret"],
  },
  {
    from: "bpftrace -e 'tracepoint:syscalls:sys_exit_read { @[comm] = hist(args.ret); }'",
    question: "Sizes of reads, by program",
    command: "hist",
    words: ["--by", "comm", "read:ret"],
  },
  {
    from: "bpftrace -e 'tracepoint:syscalls:sys_exit_read /pid == 18644/ { @bytes = hist(args.ret); }'",
    question: "Of one process",
    command: "hist",
    words: ["read:pid == 18644:ret"],
  },
  {
    from: "bpftrace -e 'kretprobe:vfs_read { @bytes = lhist(retval, 0, 2000, 200); }'",
    question: "In equal steps",
    command: "hist",
    words: ["--linear", "0,2000,200", "read:ret"],
  },
  {
    from: "bpftrace -e 'kprobe:vfs_read { @start[tid] = nsecs; } kretprobe:vfs_read /@start[tid]/ { @ns[comm] = hist(nsecs - @start[tid]); delete(@start, tid); }'",
    question: "How long reads take, by program",
    command: "hist",
    words: ["--by", "comm", "read:latency"],
  },
  {
    from: "bpftrace -e 'tracepoint:syscalls:sys_exit_* /args.ret < 0/ { @[probe, -args.ret] = count(); }'",
    question: "Errors by call",
    command: "hist",
    words: ["-C", "errno != 0:syscall,errno"],
  },
  {
    from: "bpftrace -e 'tracepoint:syscalls:sys_enter_kill { printf(\"%s %d %d\\n\", comm, args.pid, args.sig); }'",
    question: "Who sends which signal to whom",
    command: "hist",
    words: ["-C", "kill:comm,args.pid,sig"],
    needsArguments: true,
  },
  {
    from: "runqlat",
    question: "From wakeup until the thread runs",
    command: "hist",
    words: ["wakeup:latency"],
  },
  {
    from: "cpudist -O",
    question: "How long threads are off the CPU",
    command: "hist",
    words: ["offcpu:duration"],
  },
];

const language = `A probe says which events, on what condition, and what of them:

  CALL[,CALL]:[FILTER:]EXPRESSION[,EXPRESSION...][#TITLE]

  CALL        read   read,write   *at   *   a number; or one of
              offcpu   periods in which a thread was off the CPU
              wakeup   those of them that a wakeup ended, at the moment the thread ran
  FILTER      counts only events for which it holds (is not 0)
  EXPRESSION  one number: a histogram of powers of two, or with --linear of equal steps;
              text, several of them, or with -C: how often each value or tuple came;
              with -S: the sum of the last one for each tuple of the others

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
where a name above means something else, and by position, arg0 to arg5, as the registers held
them. A call that lacks its arguments, for it began before the recording or their record was
lost, has no value.
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
