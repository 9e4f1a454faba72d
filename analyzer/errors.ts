// The three ways in which something fails, each with what a person needs to mend it, and the one
// place that maps them to exit codes. FormatError: the bytes are not what a recording must be.
// CaptureError: recording did not work. UsageError: the caller asked for something that cannot be.
// Everything else that is thrown is a bug, or the operating system's own error.

/** The bytes are not a recording that this version can read. */
export class FormatError extends Error {
  override readonly name = "FormatError";

  constructor(
    /** What is wrong, in a sentence without its subject: "is not an offcut recording". */
    readonly problem: string,
    readonly details: {
      /** Byte offset in the recording at which reading ended. */
      readonly offset: number;
      /** Ordinal of the block in the recording, where the problem is in one. */
      readonly block?: number;
      readonly expected?: string;
      readonly found?: string;
    },
    /** What the recording is called in messages: usually its path. */
    readonly source: string,
  ) {
    super(formatSentence(source, problem, details));
  }
}

function formatSentence(source: string, problem: string, details: FormatError["details"]): string {
  const where = details.block === undefined ? "" : `, block ${details.block}`;
  const expected = details.expected === undefined ? "" : `: expected ${details.expected}`;
  const found = details.found === undefined ? "" : `, found ${details.found}`;
  return `${source} ${problem} (byte ${details.offset}${where}${expected}${found})`;
}

/** Recording failed, or cannot be done here. */
export class CaptureError extends Error {
  override readonly name = "CaptureError";

  constructor(
    /** What happened. */
    readonly problem: string,
    /** What to do about it, as a sentence; empty where the problem says it already. */
    readonly remedy: string,
    /** Linux errno, where the kernel said no. */
    readonly errno?: number,
  ) {
    super(remedy === "" ? problem : `${problem}. ${remedy}`);
  }
}

/** The caller's mistake: an unknown option, a value that is out of range. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export enum ExitCode {
  Answered = 0,
  /** No answer, or one that lacks what the recording's damage took. */
  Failed = 1,
  Misused = 2,
}

export function exitCodeOf(error: unknown): ExitCode {
  return error instanceof UsageError ? ExitCode.Misused : ExitCode.Failed;
}
