import type { Logger } from "pino";
import type { Database } from "../database/database.js";
import { EventFeed } from "../events/event-feed.service.js";
import { EventSignal } from "../events/event-signal.service.js";
import { PreviousSequenceLoader } from "../events/event.loader.js";
import { EventReader } from "../events/event.reader.js";
import { EventResolver } from "../events/event.resolver.js";
import { EventStore } from "../events/event.store.js";
import type { NodeService } from "../nodes/node.service.js";

export interface EventOptions {
  /** How long events are listed, in milliseconds. */
  readonly retentionMs: number;
  /** The database's URL for a connection that can listen. If omitted, the server looks for events every second. */
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
  const signal = new EventSignal({ pool, store, listenUrl, log });
  const reader = new EventReader(database, retentionMs);
  const previous = new PreviousSequenceLoader(store, database);
  const onError = (err: unknown): void => {
    log.warn({ err }, "could not read new events for subscriptions; retrying");
  };
  const feed = new EventFeed(store, signal, onError);
  return { store, signal, feed, reader, resolvers: [new EventResolver(reader, previous, nodes)] };
}
