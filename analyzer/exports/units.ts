// Numbers as people read them: three significant digits with a unit, thousands apart. ASCII only,
// because a table must look the same in every terminal and mail. Rows keep exact numbers; what is
// formatted here is for eyes.

const durationUnits = [
  [1e9, "s"],
  [1e6, "ms"],
  [1e3, "us"],
] as const;

/** `1.23 s`, `45.6 ms`, `789 ns`; long times stay seconds, as every peer prints them. */
export function durationText(ns: number): string {
  if (ns === 0) return "0 s";
  for (const [size, unit] of durationUnits) {
    // Rounding must not carry a value over its unit's end: 999.9 us is 1.00 ms.
    if (ns >= size * 0.9995) return `${threeDigits(ns / size)} ${unit}`;
  }
  return `${Math.round(ns)} ns`;
}

const byteUnits = [
  [2 ** 30, "GiB"],
  [2 ** 20, "MiB"],
  [2 ** 10, "KiB"],
] as const;

/** `1.23 MiB`, `45 B`. */
export function bytesText(bytes: number): string {
  for (const [size, unit] of byteUnits) {
    if (bytes >= size) return `${threeDigits(bytes / size)} ${unit}`;
  }
  return `${bytes} B`;
}

/** `12,345` */
export function countText(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `1 period`, `2 periods`. */
export function countOf(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** `12.3 %` of a whole; a part that is not all of it is never shown as 100 %, nor as 0 %. */
export function shareText(part: number, whole: number): string {
  if (whole === 0) return "-";
  const percent = (100 * part) / whole;
  if (part < whole && percent > 99.9) return ">99.9 %";
  if (part > 0 && percent < 0.1) return "<0.1 %";
  return `${percent.toFixed(1)} %`;
}

function threeDigits(value: number): string {
  if (value >= 999.5) return countText(Math.round(value));
  if (value >= 99.95) return value.toFixed(0);
  return value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}
