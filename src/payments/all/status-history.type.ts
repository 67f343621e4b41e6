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

/** The GraphQL types of one kind of payment's history. */
export interface StatusHistory {
  readonly Change: GraphqlClass;
  readonly Connection: ConnectionTypes<typeof statusChangeRecord>["Connection"];
  readonly statuses: Enumeration;
}

/** Each kind has statuses of its own, and so a type of its own. */
function statusHistory(kind: string, statuses: Enumeration): StatusHistory {
  const name = `${kind}StatusChange`;
  const description = `One step of a ${kind} from status to status, kept permanently.`;
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
