// One of a few words, as buttons of which one is pressed.

import { h } from "./element.js";
import type { ComponentChild } from "./element.js";

export interface ChoiceProps<Word extends string> {
  readonly label: string;
  readonly words: readonly (readonly [word: Word, title: string])[];
  readonly chosen: Word;
  readonly onChoose: (word: Word) => void;
}

export function Choice<Word extends string>({ label, words, chosen, onChoose }: ChoiceProps<Word>): ComponentChild {
  return h("div", { class: "choice", role: "group", "aria-label": label }, [
    h("span", { class: "choice-label" }, label),
    words.map(([word, title]) =>
      h("button", { key: word, type: "button", "aria-pressed": word === chosen, onClick: () => onChoose(word) }, title),
    ),
  ]);
}
