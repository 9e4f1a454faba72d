// The filters of all panels: those that are set, as chips that take them away again; a line to type one
// into (`comm=redis*`); and, unfolded, a field for each. A value that means nothing stays in its field
// with the sentence that says why, and changes nothing.

import { useState } from "preact/hooks";
import { filterName, filterOptions } from "../index.js";
import type { FilterDefinition } from "../index.js";
import { problemOf } from "./asked.js";
import { IdleByDefault, takesValue } from "./command-line.js";
import { classes, h } from "./element.js";
import type { ComponentChild } from "./element.js";
import { Explain } from "./glossary.js";
import type { Extra } from "./panel.js";
import type { Changes, Words } from "./words.js";

export interface FilterBarProps {
  readonly words: Words;
  /** Filters that the panel shown does not know. */
  readonly unknown: readonly string[];
  /** Which of these the panel shown knows. */
  readonly extras: readonly Extra[];
  /** What is wrong with all of them together. */
  readonly problem: string | undefined;
  readonly change: (changes: Changes) => void;
}

const names = filterOptions.map(filterName);

export function FilterBar({ words, unknown, extras, problem, change }: FilterBarProps): ComponentChild {
  const [isUnfolded, setUnfolded] = useState(false);
  const set = filterOptions.filter((definition) => words.has(filterName(definition)));
  return h("section", { class: "filters", "aria-label": "Filters" }, [
    h("div", { class: "filter-line" }, [
      h(
        "button",
        {
          type: "button",
          class: "unfold",
          "aria-expanded": isUnfolded,
          "aria-controls": "filter-fields",
          onClick: () => setUnfolded(!isUnfolded),
        },
        isUnfolded ? "Filters ▴" : "Filters ▾",
      ),
      set.map((definition) => h(Chip, { key: filterName(definition), definition, words, unknown, change })),
      h(TypedFilter, { change }),
      h(IdleAndOpen, { words, extras, change }),
    ]),
    problem !== undefined && h("p", { class: "problem", role: "alert" }, problem),
    h("div", { id: "filter-fields", class: "filter-fields", hidden: !isUnfolded }, [
      isUnfolded &&
        filterOptions.map((definition) => h(Field, { key: filterName(definition), definition, words, change })),
    ]),
  ]);
}

/** Choices that most answers have; where the panel shown has not, they cannot be made. */
function IdleAndOpen({ words, extras, change }: Pick<FilterBarProps, "words" | "extras" | "change">): ComponentChild {
  const onIdle = (event: Event) => {
    const { value } = event.target as HTMLSelectElement;
    change({ idle: value === IdleByDefault ? undefined : value });
  };
  const onOpen = (event: Event) => change({ open: (event.target as HTMLInputElement).checked ? "" : undefined });
  const modes = ["hide", "show", "only"].map((mode) => h("option", { key: mode, value: mode }, mode));
  const idle = words.value("idle") ?? IdleByDefault;
  return h("div", { class: "idle-and-open" }, [
    h("label", null, [
      "Idling ",
      h("select", { value: idle, disabled: !extras.includes("idle"), onChange: onIdle }, modes),
    ]),
    h(Explain, { term: "idle", id: "filter-idle" }),
    h("label", null, [
      h("input", {
        type: "checkbox",
        checked: words.has("open"),
        disabled: !extras.includes("open"),
        onChange: onOpen,
      }),
      " open periods",
    ]),
    h(Explain, { term: "open", id: "filter-open" }),
  ]);
}

interface ChipProps extends Omit<FilterBarProps, "problem" | "extras"> {
  readonly definition: FilterDefinition;
}

function Chip({ definition, words, unknown, change }: ChipProps): ComponentChild {
  const name = filterName(definition);
  const value = words.value(name)!;
  const isUnused = unknown.includes(name);
  const title = isUnused ? `What this tab counts has no ${name}` : definition.description;
  return h("span", { class: classes({ chip: true, unused: isUnused }), title }, [
    h("span", { class: "chip-name" }, name),
    value !== "" && h("span", { class: "chip-value" }, value),
    isUnused && h("small", null, "not asked here"),
    h(
      "button",
      {
        type: "button",
        class: "plain",
        "aria-label": `Remove the filter ${name} ${value}`,
        onClick: () => change({ [name]: undefined }),
      },
      "×",
    ),
  ]);
}

/** One line for any filter: its name, `=` or a blank, its value. */
function TypedFilter({ change }: { readonly change: (changes: Changes) => void }): ComponentChild {
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter") return;
    const input = event.target as HTMLInputElement;
    if (input.value.trim() === "") return;
    const read = readTyped(input.value);
    setProblem("problem" in read ? read.problem : undefined);
    if ("problem" in read) return;
    input.value = "";
    change(read.changes);
  };
  return h("span", { class: "typed-filter" }, [
    h("input", {
      type: "text",
      id: "typed-filter",
      list: "filter-names",
      placeholder: "Filter: comm=redis*",
      "aria-label": "Add a filter, as name=value",
      "aria-invalid": problem !== undefined,
      "aria-describedby": "typed-filter-problem",
      spellcheck: false,
      autocomplete: "off",
      onKeyDown,
      onInput: () => setProblem(undefined),
    }),
    h(
      "datalist",
      { id: "filter-names" },
      filterOptions.map((definition) =>
        h(
          "option",
          {
            key: filterName(definition),
            value: takesValue(definition) ? `${filterName(definition)}=` : filterName(definition),
          },
          definition.description,
        ),
      ),
    ),
    h("span", { id: "typed-filter-problem", class: "problem", role: "alert" }, problem ?? ""),
  ]);
}

/** Reads `comm=redis*`, `--comm redis*`, `user-threads`. */
function readTyped(text: string): { readonly changes: Changes } | { readonly problem: string } {
  const [, typed, value = ""] = /^\s*-{0,2}([\w-]+)(?:\s*[=\s]\s*(.*?))?\s*$/s.exec(text) ?? [];
  const name = typed && names.find((one) => one === typed.toLowerCase());
  if (!name) return { problem: `"${typed ?? text}" is no filter; there are ${names.join(", ")}` };
  const definition = filterOptions[names.indexOf(name)]!;
  if (!takesValue(definition))
    return value === "" ? { changes: { [name]: "" } } : { problem: `${name} takes no value` };
  if (value === "") return { problem: `${name} needs a value` };
  const problem = problemOf(name, value);
  return problem === undefined ? { changes: { [name]: value } } : { problem };
}

interface FieldProps {
  readonly definition: FilterDefinition;
  readonly words: Words;
  readonly change: (changes: Changes) => void;
}

function Field({ definition, words, change }: FieldProps): ComponentChild {
  const name = filterName(definition);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const id = `filter-${name}`;
  if (!takesValue(definition)) {
    return h("label", { class: "field checkbox" }, [
      h("input", {
        type: "checkbox",
        id,
        checked: words.has(name),
        onChange: (event: Event) => change({ [name]: (event.target as HTMLInputElement).checked ? "" : undefined }),
      }),
      h("span", null, [h("strong", null, name), " ", h("small", null, definition.description)]),
    ]);
  }
  const onChange = (event: Event) => {
    const value = (event.target as HTMLInputElement).value.trim();
    const found = value === "" ? undefined : problemOf(name, value);
    setProblem(found);
    if (found === undefined) change({ [name]: value === "" ? undefined : value });
  };
  return h("div", { class: "field" }, [
    h("label", { for: id }, [h("strong", null, name), " ", h("small", null, definition.description)]),
    h("input", {
      type: "text",
      id,
      value: words.value(name) ?? "",
      spellcheck: false,
      autocomplete: "off",
      "aria-invalid": problem !== undefined,
      "aria-describedby": `${id}-problem`,
      onChange,
    }),
    h("span", { id: `${id}-problem`, class: "problem", role: "alert" }, problem ?? ""),
  ]);
}
