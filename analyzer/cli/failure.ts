// Errors as the sentences a person reads. Our own errors already are one; the system's say a code and
// a call; anything else is a bug, and then the stack is what helps.

import { getSystemErrorMap } from "node:util";
import { CaptureError, FormatError, UsageError } from "../errors.js";

export function failureText(error: unknown): string {
  if (error instanceof FormatError || error instanceof CaptureError || error instanceof UsageError) {
    return error.message;
  }
  if (error instanceof Error && isSystemError(error)) return systemErrorText(error);
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function isSystemError(error: Error): error is NodeJS.ErrnoException {
  return "code" in error && "syscall" in error;
}

function systemErrorText(error: NodeJS.ErrnoException): string {
  const reason = getSystemErrorMap().get(error.errno ?? 0)?.[1] ?? error.message;
  const what = error.path ?? "the recording";
  return `cannot ${error.syscall ?? "use"} ${what}: ${reason} (${error.code})`;
}
