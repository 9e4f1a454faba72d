// How text is dressed: the width it must fit and the colours it may use. An export is given a style
// and never asks where its text goes; who prints it knows the terminal.

export interface Style {
  /** Columns of the terminal; Infinity where there is none, so that nothing is cut. */
  readonly width: number;
  /** What the eye should find first. */
  readonly bold: (text: string) => string;
  /** What it may skip. */
  readonly dim: (text: string) => string;
  /** What must not be overlooked. */
  readonly alert: (text: string) => string;
}

const asIs = (text: string): string => text;

export const plainStyle: Style = { width: Infinity, bold: asIs, dim: asIs, alert: asIs };

/**
 * A name from a recording, safe to print: without the control characters with which a process name
 * could move the cursor or recolour the terminal of whoever reads the table.
 */
export function printable(name: string): string {
  return name.replace(/[\u0000-\u001f\u007f-\u009f]/g, "?");
}
