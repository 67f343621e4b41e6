import { sql } from "../../database/sql.js";
import type { SealedColumns } from "../../secrets/sealed-columns.js";
import type { ProviderSecrets } from "./provider-secrets.js";

/** Where provider secrets are stored, with digests by which they are found. */
export function providerSecretColumns(secrets: ProviderSecrets): SealedColumns[] {
  const tables = [sql`payment_charges`, sql`payment_authorizations`];
  return tables.map((table) => ({
    table,
    keyId: sql`provider_secret_key_id`,
    sealed: sql`provider_secret_sealed`,
    digests: {
      columns: [sql`provider_secret_digest`, sql`provider_secret_folded_digest`],
      of: (secret) => secrets.currentDigestsOf(secret),
    },
  }));
}
