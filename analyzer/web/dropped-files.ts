// What files from outside are, told by their first bytes and not by their names: recordings, or
// something else, of which a sentence says what it is not.

/** As capture/FORMAT.md has it. */
const Magic = [0x89, 0x4f, 0x46, 0x46, 0x43, 0x55, 0x54, 0x0a];
const ElfMagic = [0x7f, 0x45, 0x4c, 0x46];
const GzipMagic = [0x1f, 0x8b];

export interface Found {
  readonly recordings: readonly File[];
  /** Sentences about the others. */
  readonly problems: readonly string[];
}

export async function filesFrom(files: Iterable<File>): Promise<Found> {
  const recordings: File[] = [];
  const problems: string[] = [];
  for (const file of files) {
    const head = await headOf(file);
    if (head instanceof Error) problems.push(`${file.name} cannot be read: ${head.message}`);
    else if (begins(head, Magic)) recordings.push(file);
    else problems.push(`${file.name} ${whatItIs(head)}`);
  }
  return { recordings, problems };
}

async function headOf(file: File): Promise<Uint8Array | Error> {
  try {
    return new Uint8Array(await file.slice(0, 512).arrayBuffer());
  } catch (error) {
    return error as Error; // a folder, or a file that is gone
  }
}

function begins(head: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, at) => head[at] === byte);
}

function whatItIs(head: Uint8Array): string {
  if (head.length === 0) return "is empty: an offcut recording was expected";
  if (begins(head, ElfMagic)) return "is a program or library (ELF), not an offcut recording";
  if (begins(head, GzipMagic)) return "is compressed (gzip); unpack it first";
  return "is not an offcut recording";
}
