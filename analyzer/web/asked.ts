// From the page's words to what a panel is asked: filters that it knows, read as the command line reads
// them, and its own choices. Words that cannot be read are a sentence each, by the filter they are of.

import { filterName, filterOptions, filterOptionsOf, readFilters, UsageError } from "../index.js";
import type { IdleMode } from "../views/periods.js";
import { IdleByDefault } from "./command-line.js";
import type { Asked, Panel } from "./panel.js";
import { Words } from "./words.js";

const filterNames: readonly string[] = filterOptions.map(filterName);
const idleModes: readonly IdleMode[] = ["show", "hide", "only"];

/** Filters in `words` that `panel` does not know, because what it counts does not have them. */
export function unknownFilters(panel: Panel, words: Words): readonly string[] {
  const known = knownFilters(panel);
  return filterNames.filter((name) => words.has(name) && !known.includes(name));
}

function knownFilters(panel: Panel): readonly string[] {
  return filterOptionsOf(panel.answer).map(filterName);
}

/** The part of `words` that decides what `panel` is asked, but for its own choices. */
export function filterWords(panel: Panel, words: Words): Words {
  return words.only([...knownFilters(panel), ...panel.extras(ownWords(panel, words))]);
}

/** The panel's own choices among `words`. */
export function ownWords(panel: Panel, words: Words): Words {
  const prefix = `${panel.id}.`;
  const own = words.names().filter((name) => name.startsWith(prefix));
  return new Words(own.map((name) => [name.slice(prefix.length), words.value(name)!]));
}

/** Throws UsageError where a filter's word means nothing. */
export function readAsked(panel: Panel, words: Words): Asked {
  const own = ownWords(panel, words);
  const filters = readFilters(filterWords(panel, words));
  if (panel.answer === "waits" && filters.pass.stateMask !== undefined) {
    throw new UsageError("--state takes names of states here, not a bit mask: of a call only their sums are known");
  }
  const extras = panel.extras(own);
  const idle = extras.includes("idle") ? { idle: readIdle(words.value("idle")) } : {};
  const open = extras.includes("open") ? { open: words.has("open") } : {};
  return { own, filters, periods: { ...open, ...idle, selection: filters.selection } };
}

export function readIdle(text: string | undefined): IdleMode {
  const idle = idleModes.find((mode) => mode === (text ?? IdleByDefault));
  if (idle !== undefined) return idle;
  throw new UsageError(`--idle takes show, hide or only, not "${text}"`);
}

/** What is wrong with one filter's value; undefined where nothing is. */
export function problemOf(name: string, value: string): string | undefined {
  try {
    readFilters(new Words([[name, value]]));
    return undefined;
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}

/** What is wrong with all filters together, as two that contradict each other. */
export function contradictionIn(words: Words): string | undefined {
  try {
    readFilters(words);
    readIdle(words.value("idle"));
    return undefined;
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}
