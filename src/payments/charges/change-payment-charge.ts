import type { Instant } from "../../shared/instant.js";
import { givenMerchantData } from "../../shared/merchant-data.js";
import { UserErrors, changedValues, givenOrNull } from "../../shared/user-error.js";
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
  /** Values of fields that an update cannot change, which must be those of the charge. */
  readonly unchanged?: Readonly<Record<string, unknown>>;
}

/** The locked charge and the records that it refers to. */
export interface ChargeWithRelated {
  readonly charge: PaymentCharge;
  /** The charge's authorization, locked as well. */
  readonly authorization: ReferredAuthorization | null;
  /** The payment method that the input names. */
  readonly paymentMethod: References["paymentMethod"];
  readonly now: Instant;
}

/** The fields that can only be changed while the status is CREATED. */
const FREEZING = ["amountInCents", "depositInCents", "currency", "mode", "provider"] as const;
const NEVER_NULL = ["status", ...FREEZING] as const;

const BLAMED: BlamedFields = { state: "status", amount: "status", deposit: "status" };

/**
 * The changes that an update makes to a charge, or every error in its input.
 *
 * @returns only the fields that differ from the current charge; the caller handles `providerSecret`.
 */
export function changeCharge(input: UpdatePaymentCharge, related: ChargeWithRelated) {
  const { charge, authorization, paymentMethod, now } = related;
  const errors = new UserErrors();
  const { expectedUpdatedAt, providerSecret, paymentMethodId, unchanged = {}, ...given } = input;
  const { reference, metadata, ...fields } = given;
  for (const field of NEVER_NULL) errors.refuseNull(field, input[field]);
  const method =
    paymentMethodId === undefined ? {} : { paymentMethodId: paymentMethod?.id ?? null };
  const changes = changedValues(charge, {
    ...givenOrNull({ ...fields, ...method }),
    ...givenMerchantData({ reference, metadata }),
  });
  const changed = { ...charge, ...withoutNulls(changes) };

  for (const [field, value] of Object.entries(changedValues(charge, unchanged))) {
    if (isInMilliseconds(charge[field as keyof PaymentCharge], value)) continue;
    errors.add("READ_ONLY", field, `${field} cannot be changed by an update. Omit it.`);
  }
  checkTexts(errors, input);
  checkFrozen(errors, changes, charge);
  checkTransition(errors, CHARGE_TRANSITIONS, charge.status, changed.status);
  checkSucceededAt(errors, changes.succeededAt, changed.status, now);
  if (changed.status === "SUCCEEDED") errors.refuseNull("succeededAt", changes.succeededAt);
  if ("amountInCents" in changes || "depositInCents" in changes) {
    checkAmounts(errors, changed.amountInCents, changed.depositInCents);
  }
  checkCurrency(errors, changes.currency, charge);
  if (paymentMethodId != null && paymentMethod === null) {
    errors.addNotFound("paymentMethodId", "payment method", paymentMethodId);
  }
  if ("paymentMethodId" in changes) checkPaymentMethod(errors, paymentMethod, charge.customerId);
  if (changes.mode != null || "paymentMethodId" in changes) {
    // An unknown id counts as given, so that the only error is the one about the unknown id.
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
    /** The amounts to capture from the authorization. */
    capture: captures && authorization ? changed : null,
    changes: {
      ...changes,
      // A given time is kept, also if it is the same as before: entering the status would set the current time.
      ...(changes.status === "SUCCEEDED" && input.succeededAt
        ? { succeededAt: input.succeededAt }
        : {}),
      ...(changed.status !== "CREATED" && !charge.isFrozen ? { isFrozen: true } : {}),
      ...(captures && authorization ? { capturedAuthorizationId: authorization.id } : {}),
    },
  };
}

/** Whether a value is the stored time without its microseconds, which a client that reads times as Dates loses. */
function isInMilliseconds(stored: unknown, value: unknown): boolean {
  if (typeof stored !== "string" || typeof value !== "string") return false;
  return value.endsWith("000Z") && stored.slice(0, 23) === value.slice(0, 23);
}

function checkFrozen(errors: UserErrors, changes: object, { isFrozen }: PaymentCharge): void {
  if (!isFrozen) return;
  for (const field of FREEZING) {
    if (!(field in changes)) continue;
    const message = `${field} can no longer be changed: the charge's status has left CREATED.`;
    errors.add("READ_ONLY", field, message);
  }
}

/** The currency of a charge with an order or an authorization cannot change, since the charge already has theirs. */
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

/** Drops nulls that were refused, so that the other rules check the current values. */
function withoutNulls<T extends object>(
  changes: T,
): { [K in keyof T]: Exclude<T[K], null | undefined> } {
  const entries = Object.entries(changes).filter(([, value]) => value !== null);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], null | undefined> };
}
