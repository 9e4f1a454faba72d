// Reads the compact notation of number-to-name tables: names in ascending order of their numbers,
// separated by white space; a number in the list is that of the name after it. Kept as text, since
// a table is data and most processes need only one of them.

/** Names by number, holes undefined. Throws where the numbers do not ascend. */
export function readNumberTable(text: string): readonly (string | undefined)[] {
  const names: (string | undefined)[] = [];
  let next = 0;
  for (const word of text.split(/\s+/)) {
    if (word === "") continue;
    if (!/^\d+$/.test(word)) {
      names[next++] = word;
      continue;
    }
    const number = Number(word);
    if (number <= next) throw new Error(`number table: ${number} after ${next - 1}`);
    next = number;
  }
  return names;
}
