// Batches of events as one thread sends them to another: tables alone, and the names that they refer
// to only where they are not those of the batch before.

import { fromParts, partsOf } from "../analysis.js";
import type { Names, PartsOf } from "../analysis.js";
import { RecordedArguments } from "../event-arguments.js";
import type { EventBatch } from "../event-batch.js";
import type { EventArgumentsTable, EventsTable } from "../tables.js";

export interface BatchMessage {
  readonly events: EventsTable;
  readonly argumentTable: EventArgumentsTable | undefined;
  readonly names: PartsOf<Names> | undefined;
}

/** Takes batches apart, for one receiver. */
export class BatchSender {
  #names: Names | undefined;

  messageOf({ events, names, arguments: recorded }: EventBatch): BatchMessage {
    const areNew = names !== this.#names;
    this.#names = names;
    return {
      events,
      argumentTable: (recorded as RecordedArguments | undefined)?.table,
      names: areNew ? partsOf(names) : undefined,
    };
  }
}

/** Puts together what one sender took apart. */
export class BatchReceiver {
  #names: Names | undefined;

  batchOf({ events, argumentTable, names: parts }: BatchMessage): EventBatch {
    if (parts !== undefined) this.#names = fromParts(parts);
    const names = this.#names!;
    if (argumentTable === undefined) return { events, names };
    return { events, names, arguments: new RecordedArguments(argumentTable, events.length, names) };
  }
}
