// --host: which recordings an answer is of. It does not speak of the others at all.

import type { Analysis } from "../analysis.js";
import { UsageError } from "../errors.js";
import { matchesText } from "../views/text-match.js";
import { hostName } from "../views/threads.js";
import type { Filters } from "./filters.js";

type HostFilter = Pick<Filters, "selection">;

/** The recordings of the hosts asked for. Throws UsageError where there are none. */
export function ofHosts(analyses: readonly Analysis[], filters: HostFilter): Analysis[] {
  refuseUnknownHost(analyses.map(hostName), filters);
  return analyses.filter((analysis) => isHostAsked(hostName(analysis), filters));
}

export function isHostAsked(host: string, { selection }: HostFilter): boolean {
  return selection.host === undefined || matchesText(selection.host, host);
}

/** A host that none of the recordings is of is a mistake, and no answer is "nothing happened there". */
export function refuseUnknownHost(hosts: readonly string[], filters: HostFilter): void {
  if (hosts.some((host) => isHostAsked(host, filters))) return;
  const known = [...new Set(hosts)].sort().join(", ");
  throw new UsageError(`--host ${filters.selection.host!.text} is none of the recordings' hosts: ${known}`);
}
