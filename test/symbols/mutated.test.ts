// Objects of every kind that is read, changed at random where it hurts (mutations.ts), and looked up:
// each ends in an answer or a refusal, within a second and in 256 MB, and never in a trap. The numbers
// are fixed, so the inputs are the same every time.
//
//   SEED=7 ROUNDS=1000000 npm test -- symbols/mutated     others, and more of them

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FormatError } from "../../analyzer/errors.js";
import { openSymbols, type CompiledSymbolizer, type ObjectFiles } from "../../analyzer/symbolizer.js";
import { Random } from "../recordings/random.js";
import { Original } from "./mutations.js";
import { drawAddresses } from "./oracles.js";
import { localSymbolizerModule, Workshop } from "./programs.js";

const Seed = Number(process.env["SEED"] ?? "1");
const Rounds = Number(process.env["ROUNDS"] ?? "30000");
const MillisecondsMax = 1000;
const MemoryBytesMax = 256 * 2 ** 20;

const test = suite("symbols/mutated");
const workshop = new Workshop();
let compiled: CompiledSymbolizer;
test.before(async () => void (compiled = await localSymbolizerModule()));
test.after(() => workshop.remove());

const source = `
extern int other(int), puts(const char *);
static inline __attribute__((always_inline)) int leaf(int x) { return other(x) * 3; }
static inline __attribute__((always_inline)) int middle(int x) { return leaf(x) + (x > 3 ? leaf(x + 1) : 0); }
int run(int x) { return x > 9 ? middle(x) : other(x) + middle(2); }
__attribute__((cold, noinline)) int rare(int x) { puts("x"); return middle(x); }
`;
const templates = `
namespace shapes {
template <typename Number> struct Square {
  explicit Square(Number side) : side(side) {}
  Number area() const { return scaled(side) * side; }
  inline Number scaled(Number by) const { return by + side; }
  Number side;
};
}
extern "C" int run(int x) { return shapes::Square<int>(x).area() + int(shapes::Square<double>(x).area()); }
`;

/** What is changed, what it lies beside unchanged, and as which part it is loaded. */
interface Subject {
  readonly original: Original;
  readonly part: keyof ObjectFiles;
  readonly beside: ObjectFiles;
  readonly addresses: readonly bigint[];
}

function compile(compiler: string, output: string, ...options: readonly string[]): string {
  const isShared = !options.includes("-c");
  const more = isShared ? ["-shared", "-fPIC", "-nostdlib"] : [];
  workshop.run(compiler, ...options, ...more, "-o", output, compiler.endsWith("++") ? "mutated.cc" : "mutated.c");
  return output;
}

/** One object a kind. Made small: most of their bytes shall matter. */
function subjects(): Subject[] {
  workshop.write("mutated.c", source);
  workshop.write("mutated.cc", templates);
  const whole = [
    ...["-gdwarf-2", "-gdwarf-3", "-gdwarf-4", "-gdwarf-5"].map((version) => compile("gcc", `gcc${version}`, "-O2", version)),
    ...["-gdwarf-4", "-gdwarf-5"].map((version) => compile("clang", `clang${version}`, "-O2", version)),
    compile("g++", "templates", "-g", "-O1"),
    compile("gcc", "packed", "-g", "-O2", "-gz=zlib"),
    compile("gcc", "wide", "-O2", "-gdwarf-5", "-gdwarf64"),
    compile("clang", "relocatable", "-g", "-O2", "-ffunction-sections", "-c"),
    compile("clang", "arm", "-g", "-O2", "-c", "--target=aarch64-linux-gnu"),
    compile("clang", "small", "-g", "-O2", "-c", "--target=i386-linux-gnu"),
    compile("clang", "split", "-O2", "-gdwarf-5", "-gsplit-dwarf", "-c"),
  ].map((file) => subject(file, "object", {}));
  return [...whole, ...parts()];
}

function subject(file: string, part: keyof ObjectFiles, beside: ObjectFiles, addressesOf = file): Subject {
  const addresses = [...drawAddresses(workshop.path(addressesOf), 10), 0n, 1n, 0x1000n, 2n ** 32n, 2n ** 64n - 1n];
  return { original: new Original(file, workshop.read(file)), part, beside, addresses };
}

/** Files that are loaded beside an object: changed on their own. */
function parts(): Subject[] {
  compile("g++", "shared1", "-gdwarf-4", "-O1");
  compile("g++", "shared2", "-gdwarf-4", "-O2");
  workshop.run("dwz", "-m", "alternate", "shared1", "shared2");
  workshop.run("objcopy", "--only-keep-debug", "gcc-gdwarf-5", "debug");
  workshop.run("objcopy", "-S", "gcc-gdwarf-5", "stripped");
  const object = workshop.read("stripped");
  return [
    subject("debug", "debug", { object }, "gcc-gdwarf-5"),
    subject("stripped", "object", { debug: workshop.read("debug") }, "gcc-gdwarf-5"),
    subject("debug", "debugData", { object }, "gcc-gdwarf-5"),
    subject("alternate", "alternate", { object: workshop.read("shared1") }, "shared1"),
    subject("shared1", "object", { alternate: workshop.read("alternate") }),
  ];
}

test("every outcome is an answer or a refusal, soon and small", () => {
  const all = subjects();
  const random = new Random(Seed);
  const outcomes = { answered: 0, refused: 0 };
  let slowest = 0;
  for (let round = 0; round < Rounds; round++) {
    const each = all[round % all.length]!;
    const bytes = each.original.mutated(random);
    const what = `${each.original.name} as ${each.part}, round ${round} of SEED=${Seed}`;
    const files = { ...each.beside, [each.part]: bytes };
    const { outcome, milliseconds } = timed(() => ask(files, each.addresses, what));
    outcomes[outcome]++;
    assert.ok(milliseconds < MillisecondsMax, `${what}: ${milliseconds} ms`);
    slowest = Math.max(slowest, milliseconds);
    if (round % 100_000 === 99_999) console.log(`${round + 1} inputs, the slowest ${slowest.toFixed(0)} ms`);
  }
  console.log(`${Rounds} inputs: ${outcomes.answered} answered, ${outcomes.refused} refused, the slowest ${slowest.toFixed(0)} ms`);
  assert.ok(outcomes.answered > outcomes.refused, "most changes leave something to answer");
});

/** What takes too long once is tried again: it may have been the machine that paused, or memory that was freed. */
function timed<Outcome>(run: () => Outcome): { outcome: Outcome; milliseconds: number } {
  let [outcome, milliseconds] = [undefined as Outcome, Infinity];
  for (let tries = 0; tries < 3 && milliseconds > MillisecondsMax; tries++) {
    const begun = performance.now();
    outcome = run();
    milliseconds = performance.now() - begun;
  }
  return { outcome, milliseconds };
}

function ask(files: ObjectFiles, addresses: readonly bigint[], what: string): "answered" | "refused" {
  try {
    const symbols = openSymbols(compiled, files, { memoryBytesMax: MemoryBytesMax });
    const answers = symbols.lookup(addresses);
    for (let at = 0; at < addresses.length; at++) answers.framesOf(at);
    symbols.lookup(addresses, "file");
    void [symbols.warnings, symbols.buildId, symbols.debugLink, symbols.altLink, symbols.sectionAddress(".text")];
    return "answered";
  } catch (error) {
    // Not memory that ran out either: a file of a few kilobytes has no use for so much.
    assert.instance(error, FormatError, `${what}: ${String(error)}`);
    return "refused";
  }
}

test.run();
