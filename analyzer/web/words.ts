// What the page shows, as words: the filters by their long names on the command line (`pid` -> `12`),
// which panel is open (`tab`), and each panel's own choices (`waits.group-by`). One flat map, so that
// a link, an undo and a command line are three spellings of the same thing. Knows neither panels nor
// the browser; what a word means is filters/filters.ts's and the panels' business.

import type { FilterWords } from "../index.js";

/** Words to set, or, where undefined, to take away. */
export type Changes = Readonly<Record<string, string | undefined>>;

/** More is no link that a person made. */
const LinkCharactersMax = 64 * 1024;
const WordsMax = 256;

export class Words implements FilterWords {
  readonly #values: ReadonlyMap<string, string>;

  constructor(values: Iterable<readonly [string, string]> = []) {
    this.#values = new Map(values);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  value(name: string): string | undefined {
    return this.#values.get(name);
  }

  /** With `changes`; the same words again where they change nothing. */
  with(changes: Changes): Words {
    const names = Object.keys(changes);
    if (names.every((name) => this.#values.get(name) === changes[name])) return this;
    const values = new Map(this.#values);
    for (const name of names) {
      const value = changes[name];
      if (value === undefined) values.delete(name);
      else values.set(name, value);
    }
    return new Words(values);
  }

  /** Those of these names only. */
  only(names: readonly string[]): Words {
    return new Words([...this.#values].filter(([name]) => names.includes(name)));
  }

  names(): readonly string[] {
    return [...this.#values.keys()];
  }

  /** The part of a link after its `#`; words without a value are written without `=`. */
  toLink(): string {
    return [...this.#values]
      .map(([name, value]) => (value === "" ? encode(name) : `${encode(name)}=${encode(value)}`))
      .join("&");
  }
}

/** Reads what toLink wrote; what is no word is left out, for a link may come from anywhere. */
export function wordsOfLink(link: string): Words {
  if (link.length > LinkCharactersMax) return new Words();
  const values = new Map<string, string>();
  for (const pair of link.replace(/^#/, "").split("&").slice(0, WordsMax)) {
    const at = pair.indexOf("=");
    const name = decode(at < 0 ? pair : pair.slice(0, at));
    const value = at < 0 ? "" : decode(pair.slice(at + 1));
    if (name !== undefined && value !== undefined && /^[a-z][a-z.-]*$/.test(name)) values.set(name, value);
  }
  return new Words(values);
}

/** What links show as it is, so that they can be read: `comm=redis*&errno=ENOENT,11`. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/%(2C|2F|3A|2A|40)/g, (escaped) => decodeURIComponent(escaped));
}

/** undefined where it is not well-formed. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replace(/\+/g, " "));
  } catch {
    return undefined;
  }
}
