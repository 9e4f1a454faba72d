// How elements are written here: preact's `h` under its usual name, and the few words about elements
// that every panel shares. No panel's business, no state.

export { Fragment, h } from "preact";
export type { ComponentChild } from "preact";

/** Class names, without those that do not hold. */
export function classes(names: Readonly<Record<string, boolean>>): string {
  return Object.keys(names)
    .filter((name) => names[name])
    .join(" ");
}
