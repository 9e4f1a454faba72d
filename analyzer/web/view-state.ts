// The words of the page over time: what is shown now, what was shown before and after. On the page
// each change is an entry of the browser's history, so that its Back button is undo and a link holds
// the view; embedded in another page, whose history is not ours, the same is kept here alone.

import { Words, wordsOfLink } from "./words.js";
import type { Changes } from "./words.js";

/** Where words are kept between visits. */
export interface History {
  /** The words it starts with. */
  readonly words: Words;
  push(words: Words): void;
  /** Instead of the present ones: what is no step that anybody would undo. */
  replace(words: Words): void;
  undo(): void;
  redo(): void;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Called when the words change by other means than push and replace. */
  onMove: ((words: Words) => void) | undefined;
}

export class ViewState {
  readonly history: History;
  readonly #listeners = new Set<() => void>();
  #words: Words;

  constructor(history: History) {
    this.history = history;
    this.#words = history.words;
    history.onMove = (words) => {
      this.#words = words;
      this.#tell();
    };
  }

  get words(): Words {
    return this.#words;
  }

  change(changes: Changes): void {
    const words = this.#words.with(changes);
    if (words === this.#words) return;
    this.#words = words;
    this.history.push(words);
    this.#tell();
  }

  /** A change that undo passes over. */
  replace(changes: Changes): void {
    const words = this.#words.with(changes);
    if (words === this.#words) return;
    this.#words = words;
    this.history.replace(words);
    this.#tell();
  }

  /** Returns what ends it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** For a page that belongs to somebody else. */
export class OwnHistory implements History {
  onMove: ((words: Words) => void) | undefined;
  readonly #steps: Words[];
  #at = 0;

  constructor(readonly words: Words = new Words()) {
    this.#steps = [words];
  }

  get canUndo(): boolean {
    return this.#at > 0;
  }

  get canRedo(): boolean {
    return this.#at < this.#steps.length - 1;
  }

  push(words: Words): void {
    this.#steps.splice(++this.#at, Infinity, words);
  }

  replace(words: Words): void {
    this.#steps[this.#at] = words;
  }

  undo(): void {
    if (this.canUndo) this.onMove?.(this.#steps[--this.#at]!);
  }

  redo(): void {
    if (this.canRedo) this.onMove?.(this.#steps[++this.#at]!);
  }
}

/** The browser's, in the part of the address after `#`. Each entry knows how many lie before it. */
export class BrowserHistory implements History {
  onMove: ((words: Words) => void) | undefined;
  readonly words: Words;
  #at: number;
  #last: number;

  /** `link`: what is shown where the address says nothing. */
  constructor(link: string) {
    this.words = wordsOfLink(location.hash.length > 1 ? location.hash : link);
    this.#at = stepOf(window.history.state) ?? 0;
    this.#last = this.#at;
    window.history.replaceState({ step: this.#at }, "");
    window.addEventListener("popstate", ({ state }) => this.#move(stepOf(state)));
  }

  get canUndo(): boolean {
    return this.#at > 0;
  }

  get canRedo(): boolean {
    return this.#at < this.#last;
  }

  push(words: Words): void {
    this.#last = ++this.#at;
    window.history.pushState({ step: this.#at }, "", `#${words.toLink()}`);
  }

  replace(words: Words): void {
    window.history.replaceState({ step: this.#at }, "", `#${words.toLink()}`);
  }

  undo(): void {
    if (this.canUndo) window.history.back();
  }

  redo(): void {
    if (this.canRedo) window.history.forward();
  }

  /** `step` is undefined where a person changed the address: that is a step like any other. */
  #move(step: number | undefined): void {
    if (step === undefined) {
      this.#last = ++this.#at;
      window.history.replaceState({ step: this.#at }, "");
    } else {
      this.#at = step;
      this.#last = Math.max(this.#last, step);
    }
    this.onMove?.(wordsOfLink(location.hash));
  }
}

function stepOf(state: unknown): number | undefined {
  const step = (state as { readonly step?: unknown } | null)?.step;
  return typeof step === "number" ? step : undefined;
}
