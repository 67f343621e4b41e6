import type { Sql } from "../database/sql.js";

/** The columns with a sealed secret of a merchant's records. */
export interface SealedColumns {
  readonly table: Sql;
  readonly keyId: Sql;
  readonly sealed: Sql;
  /** The columns with keyed digests of the secret, and their values. */
  readonly digests?: {
    readonly columns: readonly Sql[];
    readonly of: (secret: string) => readonly Buffer[];
  };
}
