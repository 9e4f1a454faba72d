// The panels in the order of their tabs. A new one is a file that exports a Panel, and a line here.

import { report } from "./report.js";
import type { Panel } from "./panel.js";

export const panels: readonly Panel[] = [report];
