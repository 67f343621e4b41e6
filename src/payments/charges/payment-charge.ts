import { type Instant, oneDayAfter } from "../../shared/instant.js";
import { newMerchantData } from "../../shared/merchant-data.js";
import { UserErrors } from "../../shared/user-error.js";
import {
  type BlamedFields,
  type Hold,
  checkCapture,
} from "../authorizations/payment-authorization.js";
import type { PaymentChargeMode, PaymentChargeStatus, PaymentProvider } from "../payment-enums.js";
import {
  type PaymentTexts,
  checkAmounts,
  checkMode,
  checkTexts,
  settleCurrency,
} from "../payment-input.js";
import { type ReferenceIds, type References, settleReferences } from "../payment-references.js";

/** The fields that creating or updating a charge can set. Some can no longer change once it leaves CREATED. */
export interface PaymentChargeFields extends PaymentTexts {
  readonly status?: PaymentChargeStatus | null | undefined;
  readonly mode?: PaymentChargeMode | null | undefined;
  readonly provider?: PaymentProvider | null | undefined;
  readonly amountInCents?: number | null | undefined;
  readonly depositInCents?: number | null | undefined;
  readonly currency?: string | null | undefined;
  readonly succeededAt?: Instant | null | undefined;
}

export interface CreatePaymentCharge extends PaymentChargeFields, ReferenceIds {
  readonly idempotencyKey?: string | null | undefined;
  readonly paymentAuthorizationId?: string | null | undefined;
}

/** An authorization as a charge refers to it. */
export interface ReferredAuthorization extends Hold {
  readonly id: string;
  readonly currency: string;
  readonly provider: PaymentProvider;
}

const BLAMED: BlamedFields = {
  state: "paymentAuthorizationId",
  amount: "amountInCents",
  deposit: "depositInCents",
};

/**
 * A new charge with its defaults, or every error in its input.
 *
 * @param authorization the locked authorization that `paymentAuthorizationId` names; null if there is none.
 */
export function draftCharge(
  input: CreatePaymentCharge,
  references: References,
  authorization: ReferredAuthorization | null,
  now: Instant,
) {
  const errors = new UserErrors();
  const { amountInCents, description = null, providerId = null } = input;
  const depositInCents = input.depositInCents ?? 0;
  const mode = input.mode ?? "REQUEST";
  const provider = input.provider ?? authorization?.provider ?? "STRIPE";
  const isByHand = mode === "MANUAL" && provider === "NONE";
  const status = input.status ?? (isByHand ? "SUCCEEDED" : "CREATED");
  const { order } = references;

  checkAmounts(errors, amountInCents, depositInCents);
  checkTexts(errors, input);
  checkMode(errors, mode, input);
  checkSucceededAt(errors, input.succeededAt, status, now);
  const settled = settleReferences(errors, input, references);
  const currency = settleCurrency(
    errors,
    input.currency,
    [
      ...(order ? [{ field: "orderId", currency: order.currency }] : []),
      ...(authorization
        ? [{ field: "paymentAuthorizationId", currency: authorization.currency }]
        : []),
    ],
    references.defaultCurrency,
  );
  if (input.paymentAuthorizationId != null && authorization === null) {
    const id = input.paymentAuthorizationId;
    errors.addNotFound("paymentAuthorizationId", "payment authorization", id);
  }
  const amounts = { amountInCents: amountInCents ?? 0, depositInCents };
  const captures = mode === "CAPTURE" && status === "SUCCEEDED";
  if (authorization) {
    checkProvider(errors, provider, authorization);
    if (captures) checkCapture(errors, authorization, amounts, now, BLAMED);
  }
  const values = {
    ...settled,
    ...amounts,
    status,
    isFrozen: status !== "CREATED",
    mode,
    provider,
    currency,
    description,
    providerId,
    providerMethod: input.providerMethod ?? (isByHand ? "bank" : null),
    paymentAuthorizationId: authorization?.id ?? null,
    capturedAuthorizationId: captures ? (authorization?.id ?? null) : null,
    ...newMerchantData(input),
    ...(input.succeededAt ? { succeededAt: input.succeededAt } : {}),
  };
  return { errors, values };
}

/** A charge that succeeded has a time of success, which may be ahead of this server's clock by at most a day. */
export function checkSucceededAt(
  errors: UserErrors,
  succeededAt: Instant | null | undefined,
  status: PaymentChargeStatus,
  now: Instant,
): void {
  if (typeof succeededAt !== "string") return;
  if (status !== "SUCCEEDED") {
    const message = `succeededAt is allowed only for a charge that has SUCCEEDED; this one is ${status}.`;
    errors.add("INVALID", "succeededAt", message);
  }
  const latest = oneDayAfter(now);
  if (succeededAt > latest) {
    const message = `succeededAt must be at most one day in the future, ${latest}; it is ${succeededAt}.`;
    errors.add("OUT_OF_RANGE", "succeededAt", message);
  }
}

/** The provider of a charge with an authorization must be the authorization's, or NONE. */
export function checkProvider(
  errors: UserErrors,
  provider: PaymentProvider,
  authorization: ReferredAuthorization,
): void {
  if (provider === "NONE" || provider === authorization.provider) return;
  const message = `provider must be the authorization's, ${authorization.provider}, or NONE.`;
  errors.add("PROVIDER_MISMATCH", "provider", message);
}
