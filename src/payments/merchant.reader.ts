import { requireMerchant } from "../callers/caller.js";
import type { ReadSource } from "../database/request-reads.js";
import { sql } from "../database/sql.js";
import type { Context } from "../graphql/context.js";
import type { ConnectionTypes } from "../listing/connection.type.js";
import type { ListDefinition } from "../listing/list-query.js";
import { ListReader } from "../listing/list-reader.js";
import type { Parent } from "../listing/parent.js";
import { rowsWith } from "../listing/visible.js";
import type { RecordDefinition, RowOf } from "../records/record.js";

interface Options<R extends RecordDefinition, P> extends Pick<
  ListDefinition<R>,
  "filters" | "toOne"
> {
  /** The parent records that also have such a list. */
  readonly parents: P;
  /** Caches the rows that a list has read, so that relations do not read them again. */
  readonly loader?: { prime(context: Context, rows: readonly RowOf<R>[]): void };
}

/** The lists of a record that belongs to a merchant. Callers see only their own merchant's records. */
export function readerForMerchant<
  R extends RecordDefinition,
  const P extends Readonly<Record<string, Parent>>,
>(
  source: ReadSource,
  record: R,
  types: Pick<ConnectionTypes<R>, "Connection">,
  { loader, ...options }: Options<R, P>,
): ListReader<R, P> {
  const definition: ListDefinition<R> & { readonly parents: P } = {
    record,
    visibleTo: (caller) =>
      rowsWith(sql`${record.table}.merchant_id`, requireMerchant(caller).merchantId),
    scopes: ["PAYMENTS_READ"],
    ...options,
  };
  return new ListReader(source, definition, types, loader?.prime.bind(loader));
}
