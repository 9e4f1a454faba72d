// The library's public names, for every platform: browsers, workers, Node, anything with
// WebAssembly and streams. On Node the package resolves to node.ts instead, which adds files.

export { analyze } from "./analyze.js";
export type { AnalyzeOptions } from "./analyze.js";
export type { Analysis, Names } from "./analysis.js";
export { readEvents } from "./events.js";
export type { EventArguments, EventBatch } from "./event-batch.js";
export type { EventOptions } from "./events.js";
export { analyzeIntervals } from "./intervals.js";
export type { Interval, IntervalOptions } from "./intervals.js";
export type { PassOptions } from "./pass-options.js";
export type * from "./tables.js";
export { compileEngine, engineUrl } from "./engine.js";
export type { CompiledEngine, EngineSource } from "./engine.js";
export { CaptureError, FormatError, UsageError } from "./errors.js";
export { ChunkBytesMax } from "./source.js";
export type { SeekableSource, Source } from "./source.js";
export { errnoName, errnoNumber } from "./errno.js";
export { syscallAbi, syscallName } from "./syscalls/names.js";

export { Evaluator } from "./expressions/evaluator.js";
export { readCondition, readProbe } from "./expressions/probe.js";
export type { CheckedExpression, Probe } from "./expressions/probe.js";
export * from "./views/completeness.js";
export { callerRows } from "./views/callers.js";
export type { CallerRow } from "./views/callers.js";
export * from "./views/folded.js";
export * from "./views/info.js";
export * from "./views/offcpu.js";
export { selectionOf } from "./views/selection.js";
export type { Selection, SelectionOptions, StateName } from "./views/selection.js";
export { offcpuGroups, offcpuGroupsView } from "./views/offcpu-groups.js";
export type { OffcpuGroup, OffcpuGroupRow, OffcpuGroupsView } from "./views/offcpu-groups.js";
export { syscallErrorRows } from "./views/syscall-errors.js";
export type { SyscallErrorRow } from "./views/syscall-errors.js";
export * from "./views/probe-answers.js";
export * from "./views/syscalls.js";
export { unreturnedRows } from "./views/unreturned.js";
export type { UnreturnedRow } from "./views/unreturned.js";
export { matchesText, parseTextMatch } from "./views/text-match.js";
export type { TextMatch } from "./views/text-match.js";
export * from "./views/warnings.js";

export { csvText } from "./exports/csv-text.js";
export { foldedText } from "./exports/folded-text.js";
export { infoText } from "./exports/info-text.js";
export { jsonText } from "./exports/json-text.js";
export { offcpuText } from "./exports/offcpu-text.js";
export { plainStyle } from "./exports/style.js";
export type { Style } from "./exports/style.js";
export { syscallsText } from "./exports/syscalls-text.js";
