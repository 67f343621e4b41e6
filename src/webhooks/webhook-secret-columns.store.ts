import { sql } from "../database/sql.js";
import type { SealedColumns } from "../secrets/sealed-columns.js";

/** Where the secrets of webhook endpoints are stored: the current one, and the one before the last rotation. */
export const WEBHOOK_SECRET_COLUMNS: readonly SealedColumns[] = [
  { table: sql`webhook_endpoints`, keyId: sql`secret_key_id`, sealed: sql`secret_sealed` },
  {
    table: sql`webhook_endpoints`,
    keyId: sql`previous_secret_key_id`,
    sealed: sql`previous_secret_sealed`,
  },
];
