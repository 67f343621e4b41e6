import type { ReadSource } from "../../database/request-reads.js";
import { sql } from "../../database/sql.js";
import type { Context } from "../../graphql/context.js";
import { Connection } from "../../listing/connection.js";
import type { PageArguments } from "../../listing/page.js";
import { byColumn } from "../../listing/parent.js";
import { readerForMerchant } from "../merchant.reader.js";
import { paymentRecord } from "./payment.record.js";
import { paymentListTypes } from "./payment.type.js";
import { statusChangeRecord } from "./status-change.record.js";

const OLDEST_FIRST = [{ field: "at", direction: "ASC" }] as const;

/** The lists of payments of every kind. */
export class PaymentReader {
  readonly payments;
  private readonly statusChanges;

  constructor(source: ReadSource) {
    this.payments = readerForMerchant(source, paymentRecord, paymentListTypes, { parents: {} });
    // Read from the primary: a replica's history may lack the current status, which look-ups already show.
    const primary = { pool: source.pool };
    this.statusChanges = readerForMerchant(
      primary,
      statusChangeRecord,
      { Connection },
      {
        parents: { payment: byColumn(sql`payment_status_changes.payment_id`) },
      },
    );
  }

  /** The status changes of a charge, a refund or an authorization, oldest first. */
  historyOf(
    id: string,
    context: Context,
    page: PageArguments,
  ): Connection<typeof statusChangeRecord> {
    return this.statusChanges.of("payment", [id], context, { ...page, sort: OLDEST_FIRST });
  }
}
