import "reflect-metadata";
import { AuditEntryReader } from "../audit-log/audit-entry.reader.js";
import { AuditEntryResolver } from "../audit-log/audit-entry.resolver.js";
import { type Database, openDatabase } from "../database/database.js";
import { buildGraphqlSchema } from "../graphql/schema.js";
import type { ListDefinition } from "../listing/list-query.js";
import { NodeResolver } from "../nodes/node.resolver.js";
import { NodeService } from "../nodes/node.service.js";
import type { NodeSource } from "../nodes/node.store.js";
import type { LedgerOptions } from "../pockets/ledger/pocket-ledger.service.js";
import { RotateSecrets } from "../secrets/rotate-secrets.service.js";
import { SealedSecretStore } from "../secrets/sealed-secret.store.js";
import { SecretBox } from "../shared/secret-box.js";
import { type Clock, systemClock } from "../shared/clock.js";
import type { SecretKeySource } from "../shared/secret-key.js";
import { type Access, composeAccess } from "./access.js";
import { EVENT_RETENTION_MS } from "../shared/duration.js";
import { type EventOptions, composeEvents } from "./events.js";
import { composePayments } from "./payments.js";
import { composePockets } from "./pockets.js";
import { composeSubscriptions } from "./subscriptions.js";
import { type WebhookOptions, composeWebhooks } from "./webhooks.js";

export interface FeatureOptions {
  readonly charging: LedgerOptions;
  readonly secretKeys: SecretKeySource;
  readonly clock: Clock;
  readonly events: EventOptions;
  readonly webhooks: WebhookOptions;
}

/** The features, and the schema that is built from their resolvers. */
export function composeFeatures(
  database: Database,
  access: Access,
  { charging, secretKeys, clock, events: eventOptions, webhooks: webhookOptions }: FeatureOptions,
) {
  const pockets = composePockets(database, access, charging);
  const box = new SecretBox(secretKeys);
  const payments = composePayments(database, access, box, clock);
  const auditLog = new AuditEntryReader(database);
  const readers = [...access.readers, ...pockets.readers, ...payments.readers, auditLog.entries];
  const sources = readers.map(({ definition }): NodeSource => definition);
  const nodes = new NodeService(database, sources);
  const events = composeEvents(database, nodes, eventOptions);
  const { log } = eventOptions;
  const subscriptions = composeSubscriptions(database, { pockets, payments, events, log });
  const schema = once(() => buildGraphqlSchema(resolvers));
  const webhooks = composeWebhooks(database, box, events, nodes, schema, webhookOptions);
  sources.push(...events.reader.nodeSources);
  for (const { definition } of webhooks.readers) sources.push(definition);
  const resolvers: object[] = [
    ...access.resolvers,
    ...pockets.resolvers,
    ...payments.resolvers,
    new AuditEntryResolver(auditLog),
    new NodeResolver(nodes),
    ...events.resolvers,
    ...subscriptions.resolvers,
    ...webhooks.resolvers,
  ];
  return {
    /** The definitions of all lists. */
    lists: [...readers, events.reader.events, ...webhooks.readers].map(
      ({ definition }): ListDefinition => definition,
    ),
    pockets,
    payments,
    events,
    webhooks,
    box,
    rotateSecrets: new RotateSecrets(new SealedSecretStore(database), box, [
      ...payments.secretColumns,
      ...webhooks.secretColumns,
    ]),
    schema,
  };
}

function once<T extends object>(create: () => T): () => T {
  let created: T | undefined;
  return () => (created ??= create());
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
    webhooks: { allowedNetworks: [] },
  };
  return composeFeatures(database, composeAccess(database, clock), options).schema();
}
