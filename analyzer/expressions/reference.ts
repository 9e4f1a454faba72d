export function referenceText(): string { return ""; }
