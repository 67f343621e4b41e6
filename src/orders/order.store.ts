import type { Database } from "../database/database.js";
import type { NewRow } from "../database/models.js";
import type { Audit } from "../records/audit.js";
import { findOwnRecord } from "../records/find-record.js";
import { findOwned } from "../records/record.js";
import { changeRecord, createNumberedRecord, originValues } from "../records/write-record.js";
import type { Origin } from "../shared/origin.js";
import { type Order, orderRecord } from "./order.record.js";

type Values = Omit<NewRow<"Order">, "merchantId" | "id" | "number">;

export class OrderStore {
  constructor(private readonly database: Database) {}

  /** Uses SQL for the same reason as `CustomerStore.findByIds`. */
  findByIds(merchantId: string, ids: readonly string[]): Promise<Order[]> {
    return findOwned(this.database.pool, orderRecord, merchantId, ids);
  }

  find(merchantId: string, id: string): Promise<Order | null> {
    return findOwnRecord(this.database, orderRecord, merchantId, id);
  }

  insert(merchantId: string, values: Values, audit: Audit, origin?: Origin): Promise<Order> {
    const row = { ...values, merchantId, ...originValues(origin) };
    return createNumberedRecord(this.database, orderRecord, "order", row, audit);
  }

  update(
    merchantId: string,
    id: string,
    changes: Partial<Values>,
    audit: Audit,
  ): Promise<Order | null> {
    return changeRecord(this.database, orderRecord, { merchantId, id }, () => changes, audit);
  }
}
