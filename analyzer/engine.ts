// The only file, beside symbolizer.ts and demangle.ts, that touches WebAssembly: compiles the engine,
// feeds one recording to one instance, and copies the resulting columns out. An instance serves one
// pass and is then dropped, which frees all of its memory at once. Views of wasm memory are made anew
// for every access and never kept: any call into the engine may grow its memory, which detaches them.

import { ColumnType, PassOption, Progress, Status, Table } from "../assembly/tables.js";

/** The engine, compiled: cheap to share between passes and threads. */
export type CompiledEngine = WebAssembly.Module;

/** The engine, compiled or the bytes to compile. */
export type EngineSource = Uint8Array | ArrayBuffer | CompiledEngine;

/** Where the engine lies beside the built library. Written so that bundlers see the asset. */
export const engineUrl: URL = new URL("../offcut.wasm", import.meta.url);

/** A column of a table, copied out of the engine. */
export type Column = Uint8Array | Uint32Array | Int32Array | BigUint64Array | Float64Array;

const AnyTime = 2n ** 64n - 1n;

interface EngineExports {
  readonly memory: WebAssembly.Memory;
  setOption(option: number, value: bigint): void;
  reserve(bytes: number): number;
  push(bytes: number): number;
  startAhead(lengthBytes: number): void;
  aheadLength(): number;
  aheadOffset(): number;
  reserveAhead(): number;
  pushAhead(bytes: number): number;
  skippable(): number;
  skip(lengthBytes: number): number;
  endInput(): number;
  advance(beforeNs: bigint): number;
  knownUntil(): number;
  snapshot(): number;
  namesVersion(): number;
  finish(): number;
  errorOffset(): number;
  errorDetail(): number;
  rowCount(table: number): number;
  columnPointer(table: number, column: number): number;
  columnLength(table: number, column: number): number;
  columnType(table: number, column: number): number;
}

/** Compiles the engine; without an argument it is fetched from beside the library. */
export async function compileEngine(source?: EngineSource): Promise<CompiledEngine> {
  if (source instanceof WebAssembly.Module) return source;
  if (source !== undefined) return WebAssembly.compile(source as BufferSource);
  const response = await fetch(engineUrl);
  if (!response.ok) throw new Error(`the engine ${engineUrl.href}: HTTP ${response.status}`);
  return WebAssembly.compile(await response.arrayBuffer());
}

/** One pass of the engine over one recording. */
export class EnginePass {
  readonly #engine: EngineExports;

  /** `options`: number and value of each PassOption that is set. */
  constructor(module: CompiledEngine, options: Iterable<readonly [PassOption, bigint]> = []) {
    // The engine imports nothing, so that the same binary runs everywhere and cannot reach out.
    this.#engine = new WebAssembly.Instance(module, {}).exports as unknown as EngineExports;
    for (const [option, value] of options) this.#engine.setOption(option, value);
  }

  /** Feeds the next bytes of the recording. Anything but Ok ends the pass. */
  push(chunk: Uint8Array): Status {
    const pointer = this.#engine.reserve(chunk.length) >>> 0;
    if (pointer === 0) return Status.OutOfMemory;
    new Uint8Array(this.#engine.memory.buffer, pointer, chunk.length).set(chunk);
    return this.#engine.push(chunk.length);
  }

  /** Before the first push, of a recording of which any part can be had: some are wanted first. */
  startAhead(lengthBytes: number): void {
    this.#engine.startAhead(lengthBytes);
  }

  /** Bytes that are wanted before all others; of length 0 where none are. */
  wantedAhead(): { readonly from: number; readonly lengthBytes: number } {
    return { from: this.#engine.aheadOffset(), lengthBytes: this.#engine.aheadLength() };
  }

  /** Takes them, or the first of them. */
  pushAhead(bytes: Uint8Array): Status {
    const pointer = this.#engine.reserveAhead() >>> 0;
    if (pointer === 0) return Status.OutOfMemory;
    new Uint8Array(this.#engine.memory.buffer, pointer, bytes.length).set(bytes);
    return this.#engine.pushAhead(bytes.length);
  }

  /** Bytes behind those pushed that make no difference to the answer. */
  skippableBytes(): number {
    return this.#engine.skippable();
  }

  /** Stands for pushing the next `lengthBytes` bytes, which are among those. */
  skip(lengthBytes: number): Status {
    return this.#engine.skip(lengthBytes);
  }

  /** Says that there are no more bytes, where what is due is still to be taken by `advance`. */
  endInput(): Status {
    return this.#engine.endInput();
  }

  /** Takes a slice of what is due before `beforeNs` after the recording's start (PassOption.Sliced). */
  advance(beforeNs = AnyTime): Progress {
    return this.#engine.advance(beforeNs);
  }

  /** Until when, ns since the recording's start, everything that happened has been read. */
  knownUntilNs(): number {
    return this.#engine.knownUntil();
  }

  /** Makes the tables of what was summed since the last snapshot, and begins their sums anew. */
  snapshot(): Status {
    return this.#engine.snapshot();
  }

  /** Another number whenever the tables that name threads, stacks and strings have changed. */
  namesVersion(): number {
    return this.#engine.namesVersion();
  }

  /** Says that there are no more bytes and ends the window; tables can be read after Ok. */
  finish(): Status {
    return this.#engine.finish();
  }

  /** Byte offset in the recording, and what was found there, of a Status that is not Ok. */
  failure(): { readonly offset: number; readonly detail: number } {
    return {
      offset: this.#engine.errorOffset(),
      detail: this.#engine.errorDetail(),
    };
  }

  rowCount(table: Table): number {
    return this.#engine.rowCount(table) >>> 0;
  }

  /** Copies a column out of the engine. */
  column(table: Table, column: number): Column {
    const engine = this.#engine;
    const type: ColumnType = engine.columnType(table, column);
    const length = engine.columnLength(table, column) >>> 0;
    const from = engine.columnPointer(table, column) >>> 0;
    const copy = engine.memory.buffer.slice(from, from + length * elementBytes(type));
    switch (type) {
      case ColumnType.U8:
        return new Uint8Array(copy);
      case ColumnType.U32:
        return new Uint32Array(copy);
      case ColumnType.I32:
        return new Int32Array(copy);
      case ColumnType.U64:
        return new BigUint64Array(copy);
      case ColumnType.F64:
        return new Float64Array(copy);
    }
  }
}

function elementBytes(type: ColumnType): number {
  switch (type) {
    case ColumnType.U8:
      return 1;
    case ColumnType.U32:
    case ColumnType.I32:
      return 4;
    case ColumnType.U64:
    case ColumnType.F64:
      return 8;
    default:
      throw new Error(`the engine answered column type ${type}, which this library does not know`);
  }
}
