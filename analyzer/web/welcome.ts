// What the page shows before a recording is open: every way in, and where recordings come from.

import { h } from "./element.js";
import type { ComponentChild } from "./element.js";
import type { Words } from "./words.js";

export interface WelcomeProps {
  /** Sentences about what was dropped and is no recording. */
  readonly problems: readonly string[];
  /** What the address asks for, of recordings that are not here yet. */
  readonly link: Words;
  readonly browse: () => void;
  readonly example: (() => void) | undefined;
}

export function Welcome({ problems, link, browse, example }: WelcomeProps): ComponentChild {
  return h("main", { class: "welcome" }, [
    h("h1", { class: "brand" }, "offcut"),
    h("p", { class: "lead" }, "What threads wait for, and what their system calls take."),
    problems.map((problem, at) => h("p", { key: at, class: "problem", role: "alert" }, problem)),
    h("div", { class: "drop-zone" }, [
      h("p", { class: "drop-here" }, "Drop recordings here"),
      link.names().length > 0 &&
        h("p", { class: "note" }, [
          "This link shows ",
          h("code", null, link.toLink()),
          " of the recording that it was made for.",
        ]),
      h("div", { class: "ways-in" }, [
        h("button", { type: "button", class: "primary", onClick: browse }, "Open recordings…"),
        example !== undefined && h("button", { type: "button", onClick: example }, "Look at an example"),
      ]),
      h(
        "p",
        { class: "note" },
        "Two recordings are compared. Programs, libraries and their debug files (ELF) name what a recording leaves unnamed. Folded stacks or perf script text can be dropped or pasted, too.",
      ),
    ]),
    h("div", { class: "how" }, [
      h("p", null, "A recording comes from a Linux host:"),
      h("pre", null, h("code", null, "sudo offcut-capture -d 5 -o web1.offcut")),
      h(
        "p",
        { class: "note" },
        "Nothing leaves this page. It holds the engine itself, works without a network, and is not able to send a byte: its Content-Security-Policy forbids it.",
      ),
    ]),
  ]);
}
