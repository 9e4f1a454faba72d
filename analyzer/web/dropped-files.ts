// What files and texts from outside are, told by how they begin and not by their names: recordings;
// object files, which may name what is in these; stacks that another tool measured, as text; or something
// else, of which a sentence says what it is not.

import { formatOf, readStacks } from "../index.js";
import type { WeightedStacks } from "../index.js";
import { sentenceOf } from "./recordings.js";

/** As much of a file as tells what it is: a line of folded text may be long. */
const HeadBytes = 4 * 1024 * 1024;
/** Text has no zero there. */
const BinaryToldBytes = 4096;
const SliceBytes = 1024 * 1024;

/** As capture/FORMAT.md has it. */
const Magic = [0x89, 0x4f, 0x46, 0x46, 0x43, 0x55, 0x54, 0x0a];
const ElfMagic = [0x7f, 0x45, 0x4c, 0x46];
const GzipMagic = [0x1f, 0x8b];

export interface Found {
  readonly recordings: readonly File[];
  /** Programs, libraries, files of debug information (ELF). */
  readonly objects: readonly File[];
  /** Of the last file that holds any. */
  readonly stacks: WeightedStacks | undefined;
  /** Sentences about the others. */
  readonly problems: readonly string[];
}

export async function filesFrom(files: Iterable<File>): Promise<Found> {
  const recordings: File[] = [];
  const objects: File[] = [];
  const problems: string[] = [];
  let stacks: WeightedStacks | undefined;
  for (const file of files) {
    try {
      const head = new Uint8Array(await file.slice(0, HeadBytes).arrayBuffer());
      if (begins(head, Magic)) recordings.push(file);
      else if (begins(head, ElfMagic)) objects.push(file);
      else {
        const found = await stacksOf(file, head);
        if (found === undefined) problems.push(`${file.name} ${whatItIs(head)}`);
        else stacks = found;
      }
    } catch (error) {
      problems.push(problemOf(file, error as Error));
    }
  }
  return { recordings, objects, stacks, problems };
}

/** What is pasted as text; a sentence where it is nothing that is known. */
export async function stacksFromText(text: string): Promise<WeightedStacks | string> {
  const name = "the pasted text";
  const blob = new File([text], name);
  try {
    return (
      (await stacksOf(blob, new Uint8Array(await blob.slice(0, HeadBytes).arrayBuffer()))) ??
      `${name} is neither folded stacks nor the text of perf script`
    );
  } catch (error) {
    return sentenceOf(error as Error);
  }
}

/** undefined where it is no text of stacks. Throws where it is, and cannot be shown. */
async function stacksOf(file: File, head: Uint8Array): Promise<WeightedStacks | undefined> {
  if (head.subarray(0, BinaryToldBytes).includes(0)) return undefined;
  const format = formatOf(new TextDecoder().decode(head));
  return format === undefined ? undefined : readStacks(textOf(file), format, file.name);
}

/** A slice at a time, since files may be large. */
async function* textOf(file: File): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  for (let at = 0; at < file.size; at += SliceBytes) {
    yield decoder.decode(await file.slice(at, at + SliceBytes).arrayBuffer(), { stream: true });
  }
}

/** A folder, or a file that is gone, says so by an error of the browser's. */
function problemOf({ name }: File, error: Error): string {
  return error instanceof DOMException ? `${name} cannot be read: ${error.message}` : sentenceOf(error);
}

function begins(head: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, at) => head[at] === byte);
}

function whatItIs(head: Uint8Array): string {
  if (head.length === 0) return "is empty: an offcut recording was expected";
  if (begins(head, GzipMagic)) return "is compressed (gzip); unpack it first";
  return "is not an offcut recording, nor folded stacks or the text of perf script";
}
