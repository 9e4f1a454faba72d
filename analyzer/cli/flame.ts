// `offcut flame`: a flame graph of a recording, or of two compared, as a picture for any browser.

import type { Analysis } from "../analysis.js";
import { ExitCode, UsageError } from "../errors.js";
import { completenessStatements, lossStatement } from "../exports/completeness-text.js";
import { flamePalettes } from "../exports/flame-colors.js";
import { flameHtml } from "../exports/flame-html.js";
import { droppedText, flameSvg } from "../exports/flame-svg.js";
import type { FlameSvgOptions } from "../exports/flame-svg.js";
import { headingLine } from "../exports/heading-text.js";
import { countOf, durationText } from "../exports/units.js";
import { filterOptionsOf, readFilters } from "../filters/filters.js";
import { completeness } from "../views/completeness.js";
import { flamePers } from "../views/flame-diff.js";
import type { FlameDiffOptions } from "../views/flame-diff.js";
import { calleesOf, callersOf, fromOtherSide, inOrder, reversed, withoutFrames } from "../views/flame-shapes.js";
import { flameUnit, flameWeights } from "../views/flame-stacks.js";
import type { FlameUnit, FlameWeight } from "../views/flame-stacks.js";
import type { FlameOrder, FlameTree } from "../views/flame-tree.js";
import { parseTextMatch } from "../views/text-match.js";
import type { Arguments } from "./arguments.js";
import type { Command } from "./command.js";
import { refuseContradictions } from "./contradictions.js";
import type { Contradiction } from "./contradictions.js";
import { framesLike, readFlameInput } from "./flame-input.js";
import type { FlameInput } from "./flame-input.js";
import { idleOptions, readIdle } from "./idle.js";
import { namingOptions } from "./naming.js";
import { jobsOption } from "./on-cpus.js";
import { note, print } from "./output.js";
import { writeWhole } from "./whole-file.js";
import { exitCodeFor } from "./recordings.js";

export const flame: Command = {
  name: "flame",
  operands: "FILE [AFTER]",
  summary: "A flame graph as SVG or HTML: of a recording or folded text, or of two compared",
  options: [
    { flags: "-o, --out <FILE>", description: "Write there: NAME.svg, NAME.html, or - for standard output (-)" },
    { flags: "--html", description: "A page, not a picture, wherever it is written" },
    { flags: "--weight <WHAT>", description: `Widths: ${flameWeights.join(", ")} (offcpu)` },
    { flags: "--reverse", description: "Leaf first: what threads waited in, and who called that" },
    { flags: "--inverted", description: "The root on top (icicle graph)" },
    { flags: "--callers <NAME>", description: "Only that function, and who called it: a glob, or a /regular expression/" },
    { flags: "--callees <NAME>", description: "Only that function, and what it called" },
    { flags: "--hide <NAME>", description: "Without such frames; what they called moves to their callers" },
    { flags: "--sort <ORDER>", description: "Siblings by name, as flamegraph.pl has them, or weight (name)" },
    { flags: "--colors <WHAT>", description: `${flamePalettes.join(", ")} (kind)` },
    { flags: "--title <TEXT>", description: "Title, instead of what is drawn" },
    { flags: "--subtitle <TEXT>", description: "Below it, instead of what was recorded" },
    { flags: "--width <PX>", description: "Width of the picture (1200)" },
    { flags: "--height <PX>", description: "Height of each frame (16)" },
    { flags: "--min-width <PX>", description: "Leave out narrower frames: pixels, or 0.5% of all (0.1)" },
    { flags: "--font <NAME>", description: "Font (Verdana)" },
    { flags: "--font-size <PX>", description: "Its size (12)" },
    { flags: "--per <WHAT>", description: `Compared by ${flamePers.join(", ")} (time; none of folded text)` },
    { flags: "--delta <WHOSE>", description: "Colours: change of a frame itself, self, or of all it holds, total (self)" },
    { flags: "--widths <SIDE>", description: "Widths are those before, or after (after)" },
    { flags: "--negate", description: "Blue grew, red shrank" },
    { flags: "--unit <UNIT>", description: "What folded text counts: samples, ns, us, ms, s (samples)" },
    { flags: "-d, --delimited", description: "A frame - between user and kernel frames" },
    { flags: "-U, --user-stacks", description: "User frames only" },
    { flags: "-K, --kernel-stacks", description: "Kernel frames only" },
    { flags: "--open", description: "Also periods that the recording's start or end cut off" },
    jobsOption,
    ...namingOptions,
    ...idleOptions,
    ...filterOptionsOf("flame"),
  ],
  examples: [
    "offcut flame -o web1.svg web1.offcut",
    "offcut flame --weight syscalls --colors reason -o web1.html web1.offcut",
    "offcut flame -o diff.svg monday.offcut tuesday.offcut",
    "offcut flame --unit us -o old.svg stacks.folded",
  ],
  run,
};

async function run(args: Arguments): Promise<ExitCode> {
  refuseContradictions(args, contradictions);
  const out = readOut(args);
  const filters = readFilters(args);
  const weight = args.choice("weight", flameWeights) ?? "offcpu";
  refuseUnknown(args, weight);
  const options: FlameDiffOptions = {
    weight,
    stacks: args.has("user-stacks") ? "user" : args.has("kernel-stacks") ? "kernel" : undefined,
    delimited: args.has("delimited"),
    open: args.has("open"),
    ...(await readIdle(args, "hide")),
    selection: filters.selection,
    per: args.choice("per", flamePers),
  };
  const unit = args.choice("unit", Object.keys(unitsNs)) ?? "samples";
  const look = readLook(args);
  const input = await readFlameInput(args, options, filters, unitsNs[unit]!);
  const tree = shapedTree(args, input.tree);
  const notes = input.analyses.length === 0 ? [] : notesOf(input, options);
  for (const text of notes) note(text);
  const pictureOptions: FlameSvgOptions = {
    title: titleOf(args, input, weight),
    subtitle: subtitleOf(input),
    ...look,
    unit: input.analyses.length === 0 ? (unit === "samples" ? "count" : "ns") : flameUnit(weight),
    delta: tree.other === undefined ? undefined : (args.choice("delta", ["self", "total"] as const) ?? "self"),
    notes: [...notes, ...goneNote(tree)],
  };
  await write(out, tree, pictureOptions);
  return exitCodeFor([...(input.before ?? []), ...input.analyses]);
}

const unitsNs: Readonly<Record<string, number>> = { samples: 1, ns: 1, us: 1e3, ms: 1e6, s: 1e9 };

const contradictions: readonly Contradiction[] = [
  ["user-stacks", "kernel-stacks", "leave no stack"],
  ["callers", "callees", "are two graphs"],
  ["callers", "reverse", "do not go together: callers are leaf first already"],
];

/** Where to write, and in which form. */
interface Out {
  readonly path: string;
  readonly html: boolean;
}

function readOut(args: Arguments): Out {
  const path = args.value("out") ?? "-";
  if (path === "-" && process.stdout.isTTY) throw new UsageError("standard output is a terminal; name a file: -o graph.svg");
  return { path, html: args.has("html") || /\.html?$/i.test(path) };
}

/** Filters that what is weighed does not have. */
function refuseUnknown(args: Arguments, weight: FlameWeight): void {
  if (weight === "syscalls" || weight === "calls") {
    if (args.has("min-block-time") || args.has("max-block-time") || /^\d+$/.test(args.value("state") ?? "")) {
      throw new UsageError(`block times and bit masks of states are about off-CPU periods, not --weight ${weight}`);
    }
    if (args.has("open")) throw new UsageError(`--open is about off-CPU periods, not --weight ${weight}`);
  } else if (args.has("errno")) {
    throw new UsageError("--errno is about system calls; with it goes --weight syscalls or calls");
  }
}

/** Everything of the picture's looks, given or not. */
function readLook(args: Arguments) {
  const font = args.value("font");
  if (font !== undefined && !/^[\w ,"'-]+$/.test(font)) throw new UsageError(`--font takes names of fonts, not "${font}"`);
  const subtitle = args.value("subtitle");
  return {
    palette: args.choice("colors", flamePalettes) ?? "kind",
    negate: args.has("negate"),
    widthPx: Math.min(args.count("width", 100, 1200), PxMax),
    frameHeightPx: Math.min(args.count("height", 2, 16), PxMax),
    fontSizePx: Math.min(args.count("font-size", 1, 12), PxMax),
    minWidth: readMinWidth(args.value("min-width") ?? "0.1"),
    fontFamily: font,
    inverted: args.has("inverted"),
    ...(subtitle === undefined ? {} : { subtitle }),
  };
}

/** What browsers can still draw. */
const PxMax = 100_000;

function readMinWidth(text: string): FlameSvgOptions["minWidth"] {
  const [, number, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
  if (number === undefined) throw new UsageError(`--min-width takes pixels, or a percentage as 0.5%, not "${text}"`);
  return percent === "%" ? { percent: Number(number) } : { px: Number(number) };
}

function shapedTree(args: Arguments, tree: FlameTree): FlameTree {
  const order: FlameOrder = args.choice("sort", ["name", "weight"] as const) ?? "name";
  let shaped = tree;
  const side = args.choice("widths", ["before", "after"] as const);
  for (const option of ["widths", "delta", "per", "negate"]) {
    if (args.has(option) && tree.other === undefined) throw new UsageError(`--${option} is about two recordings compared`);
  }
  const hide = args.value("hide");
  if (hide !== undefined) shaped = withoutFrames(shaped, framesLike(shaped, parseTextMatch(hide, "--hide").pattern));
  for (const [option, shape] of [["callers", callersOf], ["callees", calleesOf]] as const) {
    const name = args.value(option);
    if (name !== undefined) shaped = shape(shaped, frameNamed(shaped, name, `--${option}`));
  }
  if (args.has("reverse")) shaped = reversed(shaped);
  // Widths are those of the other side only in the picture: shapes are of both.
  if (side === "before") shaped = fromOtherSide(shaped);
  return order === "name" ? shaped : inOrder(shaped, order);
}

/** The one frame that `text` names. */
function frameNamed(tree: FlameTree, text: string, option: string): number {
  const found = framesLike(tree, parseTextMatch(text, option).pattern);
  const frames = [...found.keys()].filter((frame) => found[frame] === 1);
  if (frames.length === 0) throw new UsageError(`${option}: no frame is called "${text}"`);
  if (frames.length === 1) return frames[0]!;
  const names = frames.slice(0, 5).map((frame) => tree.frames.names[frame]!).join(", ");
  throw new UsageError(`${option}: ${countOf(frames.length, "frame")} are called "${text}": ${names}${frames.length > 5 ? ", ..." : ""}; name one`);
}

const titles: Readonly<Record<FlameWeight, string>> = {
  offcpu: "Off-CPU time",
  blocked: "Blocked time",
  runqueue: "Time waiting for a CPU",
  periods: "Off-CPU periods",
  syscalls: "Time in system calls",
  calls: "System calls",
  wakers: "Blocked time, and who ended it",
  wakeups: "Wakeups",
};

function titleOf(args: Arguments, { analyses, tree }: FlameInput, weight: FlameWeight): string {
  const title = args.value("title");
  if (title !== undefined) return title;
  const what = analyses.length === 0 ? "Flame graph" : titles[weight];
  return tree.other === undefined ? what : `${what}: what changed`;
}

function subtitleOf({ analyses, before }: FlameInput): string | undefined {
  if (analyses.length === 0) return undefined;
  return before === undefined ? headingLine(analyses) : `${headingLine(before)}  ->  ${headingLine(analyses)}`;
}

/** What the graph lacks: of periods all of it, of calls what was lost. */
function notesOf({ analyses, before = [] }: FlameInput, options: FlameDiffOptions): string[] {
  const isOfCalls = options.weight === "syscalls" || options.weight === "calls";
  const about = (side: readonly Analysis[]) => {
    const lacks = completeness(side, options);
    return isOfCalls ? lossStatement({ ...lacks, unknownNs: 0 }) : completenessStatements(lacks, options);
  };
  const labelled = (side: readonly Analysis[], name: string) => about(side).map(({ label, text }) => `${name}${label}: ${text}`);
  return before.length === 0 ? labelled(analyses, "") : [...labelled(before, "before: "), ...labelled(analyses, "after: ")];
}

/** Of a comparison: what is in no box, because the side drawn does not have it. */
function goneNote(tree: FlameTree): string[] {
  if (tree.other === undefined) return [];
  let gone = 0;
  for (let row = 0; row < tree.length; row++) {
    if (tree.total[row] === 0 && tree.total[tree.parent[row]!] !== 0) gone += tree.other.total[row]!;
  }
  if (gone === 0) return [];
  const share = ((100 * gone) / tree.other.total[0]!).toFixed(1);
  return [`${share} % of the other side is in stacks that this side does not have; --widths shows either`];
}

async function write({ path, html }: Out, tree: FlameTree, options: FlameSvgOptions): Promise<void> {
  if (tree.total[0] === 0) note("nothing is selected: the graph is empty");
  const picture = flameSvg(tree, options);
  if (picture.dropped.frames > 0) note(`${droppedText(picture.dropped)}; --min-width 0 draws them`);
  const text = html ? await flameHtml(picture, options.title) : picture.svg;
  if (path === "-") await print(text);
  else {
    await writeWhole(path, [text]);
    note(`${path}: ${drawnText(tree, options.unit)}`);
  }
}

function drawnText(tree: FlameTree, unit: FlameUnit): string {
  const total = unit === "ns" ? durationText(tree.total[0]!) : countOf(Math.round(tree.total[0]!), "unit");
  return `${countOf(tree.length - 1, "frame")}, ${total} in all`;
}
