// A view as JSON. Views hold numbers with their units in their names, so that they go out as they
// are: nothing is renamed, rounded or left out.

export function jsonText(view: unknown): string {
  return `${JSON.stringify(view, null, 2)}\n`;
}
