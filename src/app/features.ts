import "reflect-metadata";
import { AuditEntryReader } from "../audit-log/audit-entry.reader.js";
import { AuditEntryResolver } from "../audit-log/audit-entry.resolver.js";
import { type Database, openDatabase } from "../database/database.js";
import { buildGraphqlSchema } from "../graphql/schema.js";
import { NodeResolver } from "../nodes/node.resolver.js";
import { NodeService } from "../nodes/node.service.js";
import type { LedgerOptions } from "../pockets/ledger/pocket-ledger.service.js";
import { RotateSecrets } from "../secrets/rotate-secrets.service.js";
import { SealedSecretStore } from "../secrets/sealed-secret.store.js";
import { SecretBox } from "../shared/secret-box.js";
import { type Clock, systemClock } from "../shared/clock.js";
import type { SecretKeySource } from "../shared/secret-key.js";
import { type Access, composeAccess } from "./access.js";
import { composePayments } from "./payments.js";
import { composePockets } from "./pockets.js";

export interface FeatureOptions {
  readonly charging: LedgerOptions;
  readonly secretKeys: SecretKeySource;
  readonly clock: Clock;
}

/** The features, and the schema that is built from their resolvers. */
export function composeFeatures(
  database: Database,
  access: Access,
  { charging, secretKeys, clock }: FeatureOptions,
) {
  const pockets = composePockets(database, access, charging);
  const box = new SecretBox(secretKeys);
  const payments = composePayments(database, access, box, clock);
  const auditLog = new AuditEntryReader(database);
  const readers = [...access.readers, ...pockets.readers, ...payments.readers, auditLog.entries];
  const nodes = new NodeService(
    database,
    readers.map(({ definition }) => definition),
  );
  const resolvers = [
    ...access.resolvers,
    ...pockets.resolvers,
    ...payments.resolvers,
    new AuditEntryResolver(auditLog),
    new NodeResolver(nodes),
  ];
  return {
    pockets,
    payments,
    rotateSecrets: new RotateSecrets(new SealedSecretStore(database), box, payments.secretColumns),
    schema: () => buildGraphqlSchema(resolvers),
  };
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
  const options = { charging: {}, secretKeys: () => [], clock };
  return composeFeatures(database, composeAccess(database, clock), options).schema();
}
