import type { Database } from "../database/database.js";
import { PreviousSequenceLoader } from "../events/event.loader.js";
import { EventReader } from "../events/event.reader.js";
import { EventResolver } from "../events/event.resolver.js";
import { EventStore } from "../events/event.store.js";
import type { NodeService } from "../nodes/node.service.js";

export interface EventOptions {
  /** How long events are listed, in milliseconds. */
  readonly retentionMs: number;
}

/** The events of pockets and records. */
export function composeEvents(
  database: Database,
  nodes: NodeService,
  { retentionMs }: EventOptions,
) {
  const store = new EventStore(database);
  const reader = new EventReader(database, retentionMs);
  const previous = new PreviousSequenceLoader(store, database);
  return { store, reader, resolvers: [new EventResolver(reader, previous, nodes)] };
}
