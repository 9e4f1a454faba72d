// The panels in the order of their tabs. A new one is a file that exports a Panel, and a line here.

import { diff } from "./diff.js";
import { flameGraph } from "./flame-graph.js";
import { heatMap } from "./heat-map.js";
import { info } from "./info.js";
import { offcpu } from "./offcpu.js";
import type { Panel } from "./panel.js";
import { report } from "./report.js";
import { syscalls } from "./syscalls.js";
import { threads } from "./threads.js";
import { timeline } from "./timeline.js";
import { waits } from "./waits.js";
import { wakers } from "./wakers.js";

export const panels: readonly Panel[] = [
  report,
  flameGraph,
  offcpu,
  syscalls,
  waits,
  threads,
  timeline,
  heatMap,
  wakers,
  diff,
  info,
];
