// Text as lines of at most a width, for whoever knows how wide the place is that it goes to.

/** A blank at which a line may end: not the one between a number and its unit. */
const Break = / (?!(?:%|[mun]?s)(?:\W|$))/;

/** Lines of at most `width` characters; a longer word has a line of its own. */
export function wrapped(text: string, width: number): string[] {
  return wrappedWords(text.split(Break), width);
}

/** The same of words that stay whole, whatever blanks are in them; every line but the last ends in `continuation`. */
export function wrappedWords(words: readonly string[], width: number, continuation = ""): string[] {
  const lines: string[] = [];
  let line = "";
  words.forEach((word, at) => {
    const isLast = at === words.length - 1;
    const needed = line.length + 1 + word.length + (isLast ? 0 : continuation.length);
    if (line !== "" && needed > width) {
      lines.push(line + continuation);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  });
  return [...lines, line];
}
