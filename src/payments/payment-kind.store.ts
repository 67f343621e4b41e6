import { byKey } from "../database/by-key.js";
import type { Database, Queryable } from "../database/database.js";
import { type Sql, sql } from "../database/sql.js";
import type { Tx } from "../database/transaction.js";
import type { Audit } from "../records/audit.js";
import {
  type RecordDefinition,
  type RowOf,
  findOwned,
  findRows,
  ownedKey,
} from "../records/record.js";
import type { Values } from "../records/write-row.js";
import type { Instant } from "../shared/instant.js";
import { parseUuid } from "../shared/uuid.js";
import type { PaymentRow } from "./payment-kind.js";
import { type NewPayment, insertPayment, updatePayment } from "./payment.store.js";

/** A `PaymentKindStore` with rows of type `P`. */
export interface PaymentsOf<P> {
  readonly record: RecordDefinition;
  find(merchantId: string, id: string, on?: Queryable): Promise<P | null>;
  lock(tx: Tx, merchantId: string, id: string): Promise<P | null>;
  insert(tx: Tx, payment: NewPayment, audit: Audit, at?: Instant): Promise<P>;
  update(
    tx: Tx,
    row: PaymentRow,
    changes: Values,
    employeeId: string | null,
    audit: Audit,
  ): Promise<P>;
}

/**
 * Finds, locks and writes the payments of one kind. Transactions lock in this order, so that they cannot deadlock: the
 * idempotency key, the authorization, the charge, the refund.
 */
export class PaymentKindStore<R extends RecordDefinition> {
  constructor(
    private readonly database: Database,
    readonly record: R,
  ) {}

  findByIds(merchantId: string, ids: readonly string[]): Promise<RowOf<R>[]> {
    return findOwned(this.database.pool, this.record, merchantId, ids);
  }

  /** @returns null for an invalid or unknown id, and for another merchant's payment. */
  async find(
    merchantId: string,
    id: string,
    on: Queryable = this.database.pool,
  ): Promise<RowOf<R> | null> {
    const uuid = parseUuid(id);
    if (uuid === null) return null;
    return (await findOwned(on, this.record, merchantId, [uuid]))[0] ?? null;
  }

  /** Finds a payment and locks it until the transaction ends. */
  async lock(tx: Tx, merchantId: string, id: string | null | undefined): Promise<RowOf<R> | null> {
    const uuid = typeof id === "string" ? parseUuid(id) : null;
    if (uuid === null) return null;
    return this.lockSelected(tx, merchantId, sql`${uuid}::uuid`, `lock_${this.record.name}`);
  }

  /** Like `lock`. @param id the SQL expression of the id. @param name as in `readRows`. */
  protected async lockSelected(
    tx: Tx,
    merchantId: string,
    id: Sql,
    name: string,
  ): Promise<RowOf<R> | null> {
    const key = ownedKey(sql`${merchantId}::uuid`, id);
    const rows = await findRows(tx, this.record, sql`${byKey(...key)} for no key update`, name);
    return rows[0] ?? null;
  }

  /** See `insertPayment`. */
  insert(tx: Tx, payment: NewPayment, audit: Audit, at?: Instant): Promise<RowOf<R>> {
    return insertPayment(tx, this.record, payment, audit, at);
  }

  /** See `updatePayment`. */
  update(
    tx: Tx,
    row: PaymentRow,
    changes: Values,
    employeeId: string | null,
    audit: Audit,
  ): Promise<RowOf<R>> {
    return updatePayment(tx, this.record, row, changes, employeeId, audit);
  }
}
