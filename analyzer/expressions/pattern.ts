// What stands to the right of =~: "/regular expression/", or a glob, in which * is any characters, ?
// any one, and which must match the whole text. A glob that begins and ends with a slash is a regular
// expression; "/dev/*" is not.

/** Whether a text matches. Throws SyntaxError where the regular expression is none. */
export function readPattern(pattern: string): (text: string) => boolean {
  const isRegular = pattern.length > 1 && pattern.startsWith("/") && pattern.endsWith("/");
  const expression = isRegular ? new RegExp(pattern.slice(1, -1), "s") : globExpression(pattern);
  return (text) => expression.test(text);
}

function globExpression(glob: string): RegExp {
  const source = glob.replace(/[.+^${}()|[\]\\*?]/g, (character) => {
    if (character === "*") return ".*";
    return character === "?" ? "." : `\\${character}`;
  });
  return new RegExp(`^${source}$`, "s");
}
