import { type ConnectionTypes, connectionTypes } from "../../listing/connection.type.js";
import type { GraphqlClass } from "../../listing/graphql-class.js";
import { objectType } from "../../listing/object-type.js";
import type { Enumeration } from "../../shared/enumeration.js";
import {
  PaymentAuthorizationStatus,
  PaymentChargeStatus,
  PaymentRefundStatus,
} from "../payment-enums.js";
import { statusChangeRecord } from "./status-change.record.js";

/** The GraphQL types of the status history of one kind of payment. */
export interface StatusHistory {
  readonly Change: GraphqlClass;
  readonly Connection: ConnectionTypes<typeof statusChangeRecord>["Connection"];
  readonly statuses: Enumeration;
}

/** Each kind of payment has its own statuses, and therefore its own types. */
function statusHistory(kind: string, statuses: Enumeration): StatusHistory {
  const name = `${kind}StatusChange`;
  const description = `A status change of a ${kind}. History entries are never changed or deleted.`;
  const record = { ...statusChangeRecord, name, description };
  const Change = objectType(record);
  return { Change, statuses, Connection: connectionTypes(record, Change).Connection };
}

export const chargeHistory = statusHistory("PaymentCharge", PaymentChargeStatus);
export const refundHistory = statusHistory("PaymentRefund", PaymentRefundStatus);
export const authorizationHistory = statusHistory(
  "PaymentAuthorization",
  PaymentAuthorizationStatus,
);
