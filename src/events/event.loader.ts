import DataLoader from "dataloader";
import { type ReadSource, withinTime } from "../database/request-reads.js";
import { type Context, perRequest } from "../graphql/context.js";
import type { Event } from "./event.record.js";
import type { EventStore } from "./event.store.js";

/** Finds the number of the merchant's previous event of the same subject. */
export class PreviousSequenceLoader {
  private readonly inPockets;

  constructor(store: EventStore, source: Pick<ReadSource, "pool">) {
    this.inPockets = perRequest(
      (context) =>
        new DataLoader<Event, number | null, string>(
          (events) => store.previousInPockets(events, withinTime(source.pool, context)),
          { cacheKeyFn: ({ id }) => id },
        ),
    );
  }

  /** @returns null for the first. A merchant's records have only its own events; a pocket may also have those of others. */
  load(context: Context, event: Event): Promise<number | null> | number | null {
    if (event.sequence === 1) return null;
    if (event.subjectType !== "POCKET") return event.sequence - 1;
    return this.inPockets(context).load(event);
  }
}
