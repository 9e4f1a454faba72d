// The functions of a source file and how many lines each has, found by indentation: in this project
// a function ends at the first line that closes its brace at the column where it began.

import type { SourceFile } from "./sources.js";

export interface FunctionLength {
  where: string;
  lines: number;
}

/** Declarations, methods and test bodies: a line that begins something callable and opens a brace. */
const tsBeginning =
  /^(\s*)(?:(?:export |async |static |private |protected |public |override |declare |get |set |default )*(?:function\b.*|(?:constructor|#?[A-Za-z_]\w*)\s*(?:<[^>]*>)?\(.*\).*)|.*=>)\s*\{$/;
const tsControl = /^\s*(?:if|for|while|switch|catch|else|do|try|return|\})/;

export function functionLengths(file: SourceFile): FunctionLength[] {
  return file.path.endsWith(".ts") ? tsFunctions(file) : cFunctions(file);
}

function tsFunctions({ path, lines }: SourceFile): FunctionLength[] {
  return lines.flatMap((line, i) => {
    const indentation = tsBeginning.exec(line)?.[1];
    if (indentation === undefined || tsControl.test(line)) return [];
    const end = lines.findIndex((each, j) => j > i && each.startsWith(`${indentation}}`));
    return end < 0 ? [] : [{ where: `${path}:${i + 1}`, lines: end - i + 1 }];
  });
}

/** Kernel style: the body's braces stand alone in the first column. */
function cFunctions({ path, lines }: SourceFile): FunctionLength[] {
  return lines.flatMap((line, i) => {
    if (line !== "{") return [];
    const end = lines.indexOf("}", i);
    return end < 0 ? [] : [{ where: `${path}:${i}`, lines: end - i + 2 }];
  });
}
