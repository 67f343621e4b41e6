import type { Instant } from "../../shared/instant.js";
import { UserErrors, differing, givenOrNull } from "../../shared/user-error.js";
import { type BlamedFields, checkCapture } from "../authorizations/payment-authorization.js";
import {
  type PaymentChargeFields,
  type ReferredAuthorization,
  checkProvider,
  checkSucceededAt,
} from "./payment-charge.js";
import type { PaymentCharge } from "./payment-charge.record.js";
import { checkAmounts, checkMode, checkTexts } from "../payment-input.js";
import { type References, checkPaymentMethod } from "../payment-references.js";
import { CHARGE_TRANSITIONS, checkTransition } from "../payment-transitions.js";

export interface UpdatePaymentCharge extends PaymentChargeFields {
  readonly expectedUpdatedAt?: Instant | null | undefined;
  readonly paymentMethodId?: string | null | undefined;
}

/** What the change meets: the charge itself and what it refers to, read under its lock. */
export interface ChargeSurroundings {
  readonly charge: PaymentCharge;
  /** The charge's own, locked as well. */
  readonly authorization: ReferredAuthorization | null;
  /** Found for the input's payment method. */
  readonly paymentMethod: References["paymentMethod"];
  readonly now: Instant;
}

/** The fields that can only be changed before the status has left CREATED. */
const FREEZING = ["amountInCents", "depositInCents", "currency", "mode", "provider"] as const;
const NEVER_NULL = ["status", ...FREEZING] as const;

const BLAMED: BlamedFields = { state: "status", amount: "status", deposit: "status" };

/**
 * What an update changes of a charge, or all that is wrong with it.
 *
 * @returns only what differs from the charge as it is; `providerSecret` is left to the caller.
 */
export function changeCharge(input: UpdatePaymentCharge, surroundings: ChargeSurroundings) {
  const { charge, authorization, paymentMethod, now } = surroundings;
  const errors = new UserErrors();
  const { expectedUpdatedAt, providerSecret, paymentMethodId, ...fields } = input;
  for (const field of NEVER_NULL) errors.refuseNull(field, input[field]);
  const method =
    paymentMethodId === undefined ? {} : { paymentMethodId: paymentMethod?.id ?? null };
  const changes = differing(charge, givenOrNull({ ...fields, ...method }));
  const changed = { ...charge, ...withoutNulls(changes) };

  checkTexts(errors, input);
  checkFrozen(errors, changes, charge);
  checkTransition(errors, CHARGE_TRANSITIONS, charge.status, changed.status);
  checkSucceededAt(errors, input.succeededAt, changed.status);
  if (changed.status === "SUCCEEDED") errors.refuseNull("succeededAt", input.succeededAt);
  if ("amountInCents" in changes || "depositInCents" in changes) {
    checkAmounts(errors, changed.amountInCents, changed.depositInCents);
  }
  checkCurrency(errors, changes.currency, charge);
  if (paymentMethodId != null && paymentMethod === null) {
    errors.addNotFound("paymentMethodId", "payment method", paymentMethodId);
  }
  checkPaymentMethod(errors, paymentMethod, charge.customerId);
  if (changes.mode != null || "paymentMethodId" in changes) {
    // One that is not found was given all the same.
    const given = paymentMethodId === undefined ? charge : { ...charge, paymentMethodId };
    checkMode(errors, changed.mode, given, "mode");
  }
  if (authorization && changes.provider != null) {
    checkProvider(errors, changed.provider, authorization);
  }

  const captures =
    changed.mode === "CAPTURE" &&
    changes.status === "SUCCEEDED" &&
    charge.capturedAuthorizationId === null;
  if (captures && authorization) checkCapture(errors, authorization, changed, now, BLAMED);
  return {
    errors,
    /** What is to be taken out of the authorization. */
    capture: captures && authorization ? changed : null,
    changes: {
      ...changes,
      ...(changed.status !== "CREATED" && !charge.isFrozen ? { isFrozen: true } : {}),
      ...(captures && authorization ? { capturedAuthorizationId: authorization.id } : {}),
    },
  };
}

function checkFrozen(errors: UserErrors, changes: object, { isFrozen }: PaymentCharge): void {
  if (!isFrozen) return;
  for (const field of FREEZING) {
    if (!(field in changes)) continue;
    const message = `${field} can no longer be changed: the charge's status has left CREATED.`;
    errors.add("READ_ONLY", field, message);
  }
}

/** The order's and the authorization's currency is the charge's already. */
function checkCurrency(
  errors: UserErrors,
  currency: string | null | undefined,
  { orderId, paymentAuthorizationId }: PaymentCharge,
): void {
  errors.checkCurrency("currency", currency);
  if (currency == null || (orderId === null && paymentAuthorizationId === null)) return;
  const owner = orderId === null ? "authorization" : "order";
  errors.add("CURRENCY_MISMATCH", "currency", `currency must stay that of the charge's ${owner}.`);
}

/** Nulls that were refused stand for no value: the rules go on with what is there. */
function withoutNulls<T extends object>(
  changes: T,
): { [K in keyof T]: Exclude<T[K], null | undefined> } {
  const entries = Object.entries(changes).filter(([, value]) => value !== null);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], null | undefined> };
}
