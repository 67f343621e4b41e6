import type { MerchantCaller } from "../../callers/caller.js";
import type { Database } from "../../database/database.js";
import { findOwned } from "../../records/record.js";
import { parseUuid } from "../../shared/uuid.js";
import { type Payment, paymentRecord } from "./payment.record.js";

/** Finds a charge, a refund or an authorization by its id. */
export class PaymentService {
  constructor(private readonly database: Database) {}

  /** @returns null for an unknown id, and for another merchant's payment. */
  async find({ merchantId }: MerchantCaller, id: string): Promise<Payment | null> {
    const uuid = parseUuid(id);
    if (uuid === null) return null;
    return (await findOwned(this.database.pool, paymentRecord, merchantId, [uuid]))[0] ?? null;
  }
}
