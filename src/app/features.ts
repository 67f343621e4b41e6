import "reflect-metadata";
import { AuditEntryReader } from "../audit-log/audit-entry.reader.js";
import { AuditEntryResolver } from "../audit-log/audit-entry.resolver.js";
import { type Database, openDatabase } from "../database/database.js";
import { buildGraphqlSchema } from "../graphql/schema.js";
import { NodeResolver } from "../nodes/node.resolver.js";
import { NodeService } from "../nodes/node.service.js";
import type { NodeSource } from "../nodes/node.store.js";
import type { LedgerOptions } from "../pockets/ledger/pocket-ledger.service.js";
import { type Clock, systemClock } from "../shared/clock.js";
import type { SecretKeySource } from "../shared/secret-key.js";
import { type Access, composeAccess } from "./access.js";
import { EVENT_RETENTION_MS } from "../shared/duration.js";
import { type EventOptions, composeEvents } from "./events.js";
import { composePayments } from "./payments.js";
import { composePockets } from "./pockets.js";
import { composeSubscriptions } from "./subscriptions.js";

export interface FeatureOptions {
  readonly charging: LedgerOptions;
  readonly secretKeys: SecretKeySource;
  readonly clock: Clock;
  readonly events: EventOptions;
}

/** The features, and the schema that is built from their resolvers. */
export function composeFeatures(
  database: Database,
  access: Access,
  { charging, secretKeys, clock, events: eventOptions }: FeatureOptions,
) {
  const pockets = composePockets(database, access, charging);
  const payments = composePayments(database, access, secretKeys, clock);
  const auditLog = new AuditEntryReader(database);
  const readers = [...access.readers, ...pockets.readers, ...payments.readers, auditLog.entries];
  const sources = readers.map(({ definition }): NodeSource => definition);
  const nodes = new NodeService(database, sources);
  const events = composeEvents(database, nodes, eventOptions);
  sources.push(...events.reader.nodeSources);
  const { log } = eventOptions;
  const subscriptions = composeSubscriptions(database, { pockets, payments, events, log });
  const resolvers = [
    ...access.resolvers,
    ...pockets.resolvers,
    ...payments.resolvers,
    new AuditEntryResolver(auditLog),
    new NodeResolver(nodes),
    ...events.resolvers,
    ...subscriptions.resolvers,
  ];
  return { pockets, payments, events, schema: () => buildGraphqlSchema(resolvers) };
}

/** The same schema without a database, for reading but not for execution. */
export function unconnectedSchema(): ReturnType<typeof buildGraphqlSchema> {
  // The pool never connects, because no statement is sent.
  const database = openDatabase({
    url: "postgresql://localhost",
    poolSize: 1,
    timeoutMs: 1_000,
    onIdleError: () => undefined,
  });
  const clock = systemClock;
  const options = {
    charging: {},
    secretKeys: () => [],
    clock,
    events: { retentionMs: EVENT_RETENTION_MS, log: console },
  };
  return composeFeatures(database, composeAccess(database, clock), options).schema();
}
