import type { UserErrors } from "../shared/user-error.js";
import type {
  PaymentAuthorizationStatus,
  PaymentChargeStatus,
  PaymentRefundStatus,
} from "./payment-enums.js";

/** The statuses that may follow each status. */
export type Transitions<S extends string> = Readonly<Record<S, readonly S[]>>;

export const CHARGE_TRANSITIONS: Transitions<PaymentChargeStatus> = {
  CREATED: ["STARTED", "ACTION_REQUIRED", "CANCELED", "EXPIRED", "SUCCEEDED", "FAILED"],
  STARTED: [
    "CREATED",
    "ACTION_REQUIRED",
    "PROCESSING",
    "SUCCEEDED",
    "FAILED",
    "EXPIRED",
    "CANCELED",
  ],
  ACTION_REQUIRED: [
    "CREATED",
    "STARTED",
    "PROCESSING",
    "SUCCEEDED",
    "FAILED",
    "EXPIRED",
    "CANCELED",
  ],
  PROCESSING: ["SUCCEEDED", "FAILED", "ACTION_REQUIRED", "CANCELED"],
  SUCCEEDED: ["FAILED"],
  FAILED: ["CREATED", "STARTED", "SUCCEEDED"],
  CANCELED: ["SUCCEEDED", "FAILED"],
  EXPIRED: ["SUCCEEDED", "FAILED"],
};

export const REFUND_TRANSITIONS: Transitions<PaymentRefundStatus> = {
  CREATED: ["PENDING", "CANCELED", "SUCCEEDED", "FAILED"],
  ACTION_REQUIRED: ["PENDING", "CANCELED", "SUCCEEDED", "FAILED"],
  PENDING: ["ACTION_REQUIRED", "SUCCEEDED", "FAILED"],
  SUCCEEDED: ["FAILED", "CANCELED"],
  FAILED: ["PENDING", "SUCCEEDED"],
  CANCELED: ["SUCCEEDED", "FAILED"],
  EXPIRED: [],
};

export const AUTHORIZATION_TRANSITIONS: Transitions<PaymentAuthorizationStatus> = {
  CREATED: ["STARTED", "ACTION_REQUIRED", "CANCELED", "EXPIRED", "SUCCEEDED", "FAILED"],
  STARTED: ["CREATED", "ACTION_REQUIRED", "SUCCEEDED", "FAILED", "EXPIRED", "CANCELED"],
  ACTION_REQUIRED: ["CREATED", "STARTED", "SUCCEEDED", "FAILED", "EXPIRED", "CANCELED"],
  SUCCEEDED: ["CAPTURED", "CANCELED", "EXPIRED", "FAILED"],
  FAILED: ["CREATED", "STARTED", "SUCCEEDED"],
  CANCELED: ["SUCCEEDED", "FAILED"],
  EXPIRED: ["SUCCEEDED", "FAILED"],
  CAPTURED: ["FAILED"],
};

/** The time field that entering a status sets. */
export const TIME_OF_STATUS: Readonly<Record<string, string | undefined>> = {
  SUCCEEDED: "succeededAt",
  FAILED: "failedAt",
  CANCELED: "canceledAt",
  EXPIRED: "expiredAt",
  CAPTURED: "capturedAt",
};

/** Setting the current status again is allowed and changes nothing. */
export function checkTransition<S extends string>(
  errors: UserErrors,
  transitions: Transitions<S>,
  from: S,
  to: S,
): void {
  if (to === from || transitions[from].includes(to)) return;
  const next = transitions[from].join(", ") || "nothing";
  const message = `status cannot go from ${from} to ${to}. After ${from} may come ${next}.`;
  errors.add("INVALID_TRANSITION", "status", message);
}
