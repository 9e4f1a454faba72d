// What is said of one row beside its table: its stack, each frame a filter, and its numbers.

import { printable } from "../exports/style.js";
import { nameFilter } from "./cell-filters.js";
import type { Column } from "./columns.js";
import { h } from "./element.js";
import type { ComponentChild } from "./element.js";
import type { Changes } from "./words.js";

export interface StacksProps {
  /** Leaf first. */
  readonly kernelStack: readonly string[];
  readonly userStack: readonly string[];
  readonly filter: (changes: Changes) => void;
}

export function Stacks({ kernelStack, userStack, filter }: StacksProps): ComponentChild {
  if (kernelStack.length + userStack.length === 0) return h("p", { class: "empty" }, "No stack was taken.");
  return h("div", null, [
    h(Frames, { title: "Kernel, innermost first", frames: kernelStack, filter }),
    h(Frames, { title: "User, innermost first", frames: userStack, filter }),
  ]);
}

function Frames({
  title,
  frames,
  filter,
}: {
  readonly title: string;
  readonly frames: readonly string[];
  readonly filter: (changes: Changes) => void;
}): ComponentChild {
  if (frames.length === 0) return null;
  return h("div", null, [
    h("h4", null, title),
    h(
      "ol",
      { class: "frames" },
      frames.map((frame, at) => {
        const changes = nameFilter("stack", frame);
        return h(
          "li",
          { key: at },
          changes === undefined
            ? printable(frame)
            : h(
                "button",
                {
                  type: "button",
                  class: "plain",
                  title: `${frame}\nOnly stacks with this frame`,
                  onClick: () => filter(changes),
                },
                printable(frame),
              ),
        );
      }),
    ),
  ]);
}

/** The row's columns, one below the other. */
export function Facts<Row>({
  row,
  columns,
}: {
  readonly row: Row;
  readonly columns: readonly Column<Row>[];
}): ComponentChild {
  return h(
    "dl",
    { class: "facts" },
    columns.map((column) => [h("dt", null, column.title), h("dd", null, column.text(row))]),
  );
}
