import type { Logger } from "pino";
import { type Database, openListener } from "../database/database.js";
import { EventSignal } from "../events/event-signal.service.js";
import { PreviousSequenceLoader } from "../events/event.loader.js";
import { EventReader } from "../events/event.reader.js";
import { EventResolver } from "../events/event.resolver.js";
import { EventStore } from "../events/event.store.js";
import type { NodeService } from "../nodes/node.service.js";

export interface EventOptions {
  /** How long events are listed, in milliseconds. */
  readonly retentionMs: number;
  /** The URL for a connection that can listen; omitted if there are only connections through a pooler. */
  readonly listenUrl?: (() => string) | undefined;
  readonly log: Pick<Logger, "debug" | "warn">;
}

export type Events = ReturnType<typeof composeEvents>;

/** The events of pockets and records. */
export function composeEvents(
  database: Database,
  nodes: NodeService,
  { retentionMs, listenUrl, log }: EventOptions,
) {
  const store = new EventStore(database);
  const { pool } = database;
  const connect = () => (listenUrl === undefined ? null : openListener(listenUrl()));
  const signal = new EventSignal({ pool, store, log, connect });
  const reader = new EventReader(database, retentionMs);
  const previous = new PreviousSequenceLoader(store, database);
  return { store, signal, reader, resolvers: [new EventResolver(reader, previous, nodes)] };
}
