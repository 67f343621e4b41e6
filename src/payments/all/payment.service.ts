import type { MerchantCaller } from "../../callers/caller.js";
import type { Database } from "../../database/database.js";
import { findOwned } from "../../records/record.js";
import { invertVersion, isDerivedId, parseUuid } from "../../shared/uuid.js";
import { type Payment, paymentRecord } from "./payment.record.js";

/** Finds an entry of the combined list. */
export class PaymentService {
  constructor(private readonly database: Database) {}

  /**
   * @param id the payment's own id, or that of its charge, refund or authorization.
   * @returns null for an unknown id, and for another merchant's payment.
   */
  async find({ merchantId }: MerchantCaller, id: string): Promise<Payment | null> {
    const uuid = parseUuid(id);
    if (uuid === null) return null;
    const ownerId = isDerivedId(uuid) ? invertVersion(uuid) : uuid;
    return (await findOwned(this.database.pool, paymentRecord, merchantId, [ownerId]))[0] ?? null;
  }
}
