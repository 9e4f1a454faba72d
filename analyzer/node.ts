// The library on Node: everything of index.ts, and what Node adds to it, in place of what it replaces.
// The command line takes what it needs from where that is: loading all of this takes longer than
// answering a small recording.

export * from "./index.js";
export {
  analyze,
  analyzeIntervals,
  analyzePart,
  analyzeWithEvents,
  loadCaptureAddon,
  localDemangler,
  localEngine,
  localSymbolizer,
  readEvents,
  readPartEvents,
  startRecording,
} from "./on-node.js";
export type { NodeSource } from "./on-node.js";
export type { Recording, RecordingSummary, RecordOptions, StreamCounts } from "./recorder.js";
