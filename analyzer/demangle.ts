// Mangled names (C++ of the Itanium and Microsoft ABIs, Rust's legacy and v0) -> as they were
// written. Recordings and the engine keep them as they are in the object, so that equal symbols stay
// equal; shown-symbols.ts changes them in what is shown. The work is done by gecko-profiler-demangle,
// whose module a caller brings as bytes (on-node.ts reads it from the package, the page carries it).

/** Shows names as they were written. */
export interface Demangler {
  /**
   * The name as its source had it, with what compilers and linkers appended: clone suffixes as
   * " [clone .cold]", symbol versions and "@plt" as they are. What is not mangled, or not well,
   * comes back unchanged.
   */
  demangle(name: string): string;
}

/** Longer names are not demangled: real ones end at about half of it, and the work can grow faster than they do. */
const NameCharactersMax = 32_768;

const mangled = /^(?:_Z|__Z|_R|\?)/;

/** Whether a name looks like one that is worth a demangler. */
export function isMangled(name: string): boolean {
  return mangled.test(name);
}

/**
 * What compilers append to a function they made a variant of, each but the first group with a number:
 * ".cold", ".isra.0", ".constprop.1.cold", ".llvm.1234567890".
 */
const cloneSuffix =
  /(?:\.(?:cold|localalias|hot|unlikely)(?:\.\d+)?|\.(?:isra|part|constprop|lto_priv|llvm|clone|__uniq)\.[0-9A-F]+)+$/;
const shownCloneSuffix = /(?: \[clone [^\]]*\])+$/;

/** Adjusts `this` and goes on to the function it is called after; shown as c++filt shows it. */
const overrideThunk = /^\{virtual override thunk\(\{(virtual )?offset\([^}]*\)\}, (.*)\)\}$/;

/** Symbols repeat from frame to frame; the memory of them begins anew before it grows without end. */
const KnownMax = 100_000;

/** What the module offers, as wasm-bindgen lays it out: strings are pointer and length. */
interface ModuleExports {
  readonly memory: WebAssembly.Memory;
  __wbindgen_start(): void;
  __wbindgen_malloc(lengthBytes: number, alignment: number): number;
  __wbindgen_free(pointer: number, lengthBytes: number, alignment: number): void;
  demangle_any(pointer: number, lengthBytes: number): [pointer: number, lengthBytes: number];
}

/** Prepares the demangler from the bytes of the package's index_bg.wasm, or that module compiled. */
export async function loadDemangler(source: Uint8Array | ArrayBuffer | WebAssembly.Module): Promise<Demangler> {
  const module = source instanceof WebAssembly.Module ? source : await WebAssembly.compile(source as BufferSource);
  const demangler = new ModuleDemangler(module);
  await demangler.start();
  return demangler;
}

class ModuleDemangler implements Demangler {
  readonly #known = new Map<string, string>();
  #exports: ModuleExports | undefined;

  constructor(private readonly module: WebAssembly.Module) {}

  // Not by the package's own glue: that keeps views of the first instance's memory for ever.
  async start(): Promise<void> {
    const instance = await WebAssembly.instantiate(this.module, {
      "./index_bg.js": { __wbindgen_init_externref_table: () => {} }, // no value of ours goes through it
    });
    const exports = instance.exports as unknown as ModuleExports;
    exports.__wbindgen_start();
    this.#exports = exports;
  }

  demangle(name: string): string {
    if (!isMangled(name) || name.length > NameCharactersMax) return name;
    const before = this.#known.get(name);
    if (before !== undefined) return before;
    const shown = this.#demangleParts(name);
    if (this.#known.size === KnownMax) this.#known.clear();
    this.#known.set(name, shown);
    return shown;
  }

  /** What was appended to a name is none of the package's business: it knows only some of it. */
  #demangleParts(name: string): string {
    const at = name.startsWith("?") ? -1 : name.indexOf("@"); // which Microsoft's names are full of
    const [symbol, version] = at < 0 ? [name, ""] : [name.slice(0, at), name.slice(at)];
    const suffix = cloneSuffix.exec(symbol)?.[0] ?? "";
    const base = symbol.slice(0, symbol.length - suffix.length);
    const shown = this.#demangleWhole(base);
    return shown === base ? name : shown + clonesShown(suffix) + version;
  }

  #demangleWhole(name: string): string {
    const exports = this.#exports;
    if (exports === undefined) return name;
    try {
      const shown = demangleWith(exports, name);
      // It strips an underscore of what it does not know.
      return shown === name.slice(1) ? name : thunkShown(shown);
    } catch {
      // A name that brings the module down may leave it in a broken state: another instance takes over.
      this.#exports = undefined;
      void this.start();
      return name;
    }
  }
}

function thunkShown(shown: string): string {
  const [, adjustment, name] = overrideThunk.exec(shown) ?? [];
  return name === undefined ? shown : `${adjustment === undefined ? "non-virtual" : "virtual"} thunk to ${name}`;
}

function demangleWith(exports: ModuleExports, name: string): string {
  const bytes = new TextEncoder().encode(name);
  const pointer = exports.__wbindgen_malloc(bytes.length, 1) >>> 0;
  new Uint8Array(exports.memory.buffer, pointer, bytes.length).set(bytes);
  const [at, lengthBytes] = exports.demangle_any(pointer, bytes.length);
  const shown = new TextDecoder().decode(new Uint8Array(exports.memory.buffer, at >>> 0, lengthBytes));
  exports.__wbindgen_free(at, lengthBytes, 1);
  return shown;
}

/** ".constprop.0.cold" -> " [clone .constprop.0] [clone .cold]", as c++filt has it. */
function clonesShown(suffix: string): string {
  return suffix.replace(/\.[A-Za-z_]+(?:\.[0-9A-F]+)?/g, " [clone $&]");
}

/**
 * The function that a clone is of: "f.isra.0.cold" and "f() [clone .isra.0] [clone .cold]" are both
 * f's. For tables that shall have one row a function.
 */
export function withoutCloneSuffix(name: string): string {
  return name.replace(shownCloneSuffix, "").replace(cloneSuffix, "");
}
