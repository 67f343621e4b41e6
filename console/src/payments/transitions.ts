import type { EnumOf } from "../api/graphql.js";

export type ChargeStatus = EnumOf<"PaymentChargeStatus">;
export type RefundStatus = EnumOf<"PaymentRefundStatus">;
export type AuthorizationStatus = EnumOf<"PaymentAuthorizationStatus">;

export type Transitions<Status extends string> = Readonly<Record<Status, readonly Status[]>>;

/** The statuses that the server lets follow each status, as its documentation has them. */
export const CHARGE_TRANSITIONS: Transitions<ChargeStatus> = {
  CREATED: ["STARTED", "ACTION_REQUIRED", "SUCCEEDED", "FAILED", "CANCELED", "EXPIRED"],
  STARTED: [
    ...(["CREATED", "ACTION_REQUIRED", "PROCESSING", "SUCCEEDED"] as const),
    ...(["FAILED", "CANCELED", "EXPIRED"] as const),
  ],
  ACTION_REQUIRED: [
    ...(["CREATED", "STARTED", "PROCESSING", "SUCCEEDED"] as const),
    ...(["FAILED", "CANCELED", "EXPIRED"] as const),
  ],
  PROCESSING: ["ACTION_REQUIRED", "SUCCEEDED", "FAILED", "CANCELED"],
  SUCCEEDED: ["FAILED"],
  FAILED: ["CREATED", "STARTED", "SUCCEEDED"],
  CANCELED: ["SUCCEEDED", "FAILED"],
  EXPIRED: ["SUCCEEDED", "FAILED"],
};

export const REFUND_TRANSITIONS: Transitions<RefundStatus> = {
  CREATED: ["PENDING", "SUCCEEDED", "FAILED", "CANCELED"],
  ACTION_REQUIRED: ["PENDING", "SUCCEEDED", "FAILED", "CANCELED"],
  PENDING: ["ACTION_REQUIRED", "SUCCEEDED", "FAILED"],
  SUCCEEDED: ["FAILED", "CANCELED"],
  FAILED: ["PENDING", "SUCCEEDED"],
  CANCELED: ["SUCCEEDED", "FAILED"],
  EXPIRED: [],
};

export const AUTHORIZATION_TRANSITIONS: Transitions<AuthorizationStatus> = {
  CREATED: ["STARTED", "ACTION_REQUIRED", "SUCCEEDED", "FAILED", "CANCELED", "EXPIRED"],
  STARTED: ["CREATED", "ACTION_REQUIRED", "SUCCEEDED", "FAILED", "CANCELED", "EXPIRED"],
  ACTION_REQUIRED: ["CREATED", "STARTED", "SUCCEEDED", "FAILED", "CANCELED", "EXPIRED"],
  SUCCEEDED: ["CAPTURED", "CANCELED", "EXPIRED", "FAILED"],
  FAILED: ["CREATED", "STARTED", "SUCCEEDED"],
  CANCELED: ["SUCCEEDED", "FAILED"],
  EXPIRED: ["SUCCEEDED", "FAILED"],
  CAPTURED: ["FAILED"],
};

/** Every status of a kind, in the order of its life. */
export function statusesOf<Status extends string>(transitions: Transitions<Status>): Status[] {
  return Object.keys(transitions) as Status[];
}

/** Statuses of refunds under way: their amounts are reserved on the charge. */
export const UNDER_WAY: readonly RefundStatus[] = ["CREATED", "ACTION_REQUIRED", "PENDING"];
