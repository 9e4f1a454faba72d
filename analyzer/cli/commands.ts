// All commands, in the order in which help lists them.

import type { Command } from "./command.js";
import { diff } from "./diff.js";
import { doctor } from "./doctor.js";
import { events } from "./events.js";
import { flame } from "./flame.js";
import { fold } from "./fold.js";
import { hist } from "./hist.js";
import { info } from "./info.js";
import { offcpu } from "./offcpu.js";
import { record } from "./record.js";
import { redact } from "./redact.js";
import { report } from "./report.js";
import { symbols } from "./symbols.js";
import { syscalls } from "./syscalls.js";
import { threads } from "./threads.js";
import { view } from "./view.js";
import { wakers } from "./wakers.js";
import { waits } from "./waits.js";

export const commands: readonly Command[] = [
  record,
  report,
  offcpu,
  syscalls,
  waits,
  threads,
  wakers,
  hist,
  events,
  diff,
  fold,
  flame,
  info,
  view,
  symbols,
  redact,
  doctor,
];
