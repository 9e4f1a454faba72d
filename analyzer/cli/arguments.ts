// Reads a command's arguments, strictly. cac, which finds the command and prints help, turns values
// that look like numbers into Numbers (so that a build id loses its zeros), drops a lone "-" and
// splits nothing but the first "--": so values are read here, from the raw words, by the command's
// own option definitions, and in no other place.

import { UsageError } from "../errors.js";
import { readCount } from "../filters/filters.js";

export interface OptionDefinition {
  /** As shown in help: `-o, --out <FILE>`; `<…>` means that it takes a value. */
  readonly flags: string;
  readonly description: string;
  /** Whether it chooses what is looked at, not what is said of it: help shows these apart. */
  readonly isFilter?: true;
}

/** Which words a command takes. */
export interface ArgumentsDefinition {
  /** The command's name. */
  readonly name: string;
  readonly options: readonly OptionDefinition[];
  /** Its words are another program's: options are listed for help, and not read. */
  readonly isForwarded?: boolean;
}

interface Option {
  /** Long name without dashes, the one that code asks for. */
  readonly name: string;
  /** All names with their dashes. */
  readonly flags: readonly string[];
  readonly takesValue: boolean;
}

export class Arguments {
  readonly #values: ReadonlyMap<string, readonly string[]>;

  constructor(
    /** Words that are no options, without the command's name. */
    readonly operands: readonly string[],
    /** All words after the command's name, as they were typed. */
    readonly raw: readonly string[],
    values: ReadonlyMap<string, readonly string[]>,
  ) {
    this.#values = values;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** Of an option that was given several times, the last one. */
  value(name: string): string | undefined {
    return this.values(name).at(-1);
  }

  /** All values of an option, in order. */
  values(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  /** A whole number of at least `min`. */
  count(name: string, min: number, byDefault: number): number {
    return readCount(this, name, min, byDefault);
  }

  /** One of these words; undefined where the option is not given. */
  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const text = this.value(name);
    const choice = choices.find((one) => one === text);
    if (text === undefined || choice !== undefined) return choice;
    throw new UsageError(`--${name} takes ${choices.join(", ")}, not "${text}"`);
  }

  /** How many rows are shown: --top, or --all of them. */
  top(byDefault: number): number {
    return this.has("all") ? Infinity : this.count("top", 1, byDefault);
  }

  /** Recordings to read; at least one. "-" is standard input. */
  files(): readonly string[] {
    return recordingsAmong(this.operands);
  }
}

/** The same of `operands` that are only part of a command's. */
export function recordingsAmong(operands: readonly string[]): readonly string[] {
  if (operands.length === 0) {
    throw new UsageError("no recording given; name a file, or - for standard input");
  }
  if (operands.filter((file) => file === "-").length > 1) {
    throw new UsageError("standard input (-) can be read only once");
  }
  return operands;
}

/** Reads `words`, which follow the command's name. */
export function readArguments(command: ArgumentsDefinition, words: readonly string[]): Arguments {
  if (command.isForwarded === true) return new Arguments([], words, new Map());
  const options = command.options.map(readDefinition);
  const operands: string[] = [];
  const values = new Map<string, string[]>();
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (word === "--") {
      operands.push(...words.slice(at + 1));
      break;
    }
    if (word === "-" || !word.startsWith("-")) {
      operands.push(word);
      continue;
    }
    for (const { option, inlineValue } of optionsOf(word, options, command)) {
      const value = option.takesValue ? (inlineValue ?? words[++at]) : "";
      if (value === undefined) throw new UsageError(`--${option.name} needs a value`);
      values.set(option.name, [...(values.get(option.name) ?? []), value]);
    }
  }
  return new Arguments(operands, words, values);
}

function readDefinition({ flags }: OptionDefinition): Option {
  const names = flags.match(/(?<=^|[ ,])--?[\w-]+/g) ?? [];
  const long = names.find((name) => name.startsWith("--"));
  if (long === undefined) throw new Error(`option without a long name: ${flags}`);
  return { name: long.slice(2), flags: names, takesValue: flags.includes("<") };
}

interface FoundOption {
  readonly option: Option;
  readonly inlineValue?: string;
}

/** The options in one word: `--top=5`, `-o`, `-ofile`, or several short ones, `-fd`. */
function optionsOf(word: string, options: readonly Option[], command: ArgumentsDefinition): FoundOption[] {
  if (word.startsWith("--")) {
    const [flag, inlineValue] = splitOnce(word, "=");
    const option = find(flag, options, command);
    if (inlineValue === undefined) return [{ option }];
    if (!option.takesValue) throw new UsageError(`${flag} takes no value`);
    return [{ option, inlineValue }];
  }
  const found: FoundOption[] = [];
  for (let at = 1; at < word.length; at++) {
    const option = find(`-${word[at]!}`, options, command);
    const rest = word.slice(at + 1);
    if (option.takesValue && rest !== "") return [...found, { option, inlineValue: rest }];
    found.push({ option });
  }
  return found;
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function find(flag: string, options: readonly Option[], command: ArgumentsDefinition): Option {
  const option = options.find(({ flags }) => flags.includes(flag));
  if (option !== undefined) return option;
  throw new UsageError(
    `unknown option ${flag}; see offcut ${command.name} --help for those of ${command.name}`,
  );
}
