// What loss does to states, without visiting every thread at every loss: losses of switches are
// counted, a life remembers the count at which its state was last looked at, and whoever looks at
// it again first applies what happened in between ("Lost" under States of FORMAT.md).

import { CpuNone } from "./format";
import { Life, State } from "./life";
import { newSparse, Sparse } from "./sparse";

/** Losses of switches so far. */
export let losses: u32 = 0;

let lastEverywhere: u32 = 0;
/** Per cpu: `losses` after its last one. */
const lastOfCpu: Sparse = newSparse(CpuNone);

/** Switches of `cpu` (or of every one: CpuNone) were lost. */
export function loseSwitches(cpu: u32): void {
  losses++;
  if (cpu == CpuNone) lastEverywhere = losses;
  else lastOfCpu.set(cpu, losses);
}

/** Applies to a life the losses since it was last looked at. */
@inline
export function applyLosses(life: Life): void {
  if (life.lossesSeen != losses) doubt(life);
}

function doubt(life: Life): void {
  const seen = life.lossesSeen;
  life.lossesSeen = losses;
  switch (life.state) {
    case State.Off:
      life.state = State.Doubtful;
      break;
    case State.Fresh:
    case State.New:
      life.state = State.Unknown;
      break;
    case State.On:
      if (lastEverywhere > seen || lastOfCpu.get(life.cpu) > seen) life.state = State.Unknown;
      break;
  }
}
