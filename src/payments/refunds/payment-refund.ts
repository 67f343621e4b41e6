import type { Instant } from "../../shared/instant.js";
import { givenMerchantData, newMerchantData } from "../../shared/merchant-data.js";
import { UserErrors, changedValues, givenOrNull } from "../../shared/user-error.js";
import type { PaymentCharge } from "../charges/payment-charge.record.js";
import type { PaymentProvider, PaymentRefundStatus } from "../payment-enums.js";
import { type PaymentTexts, checkAmounts, checkTexts, settleCurrency } from "../payment-input.js";
import { type ReferenceIds, type References, settleReferences } from "../payment-references.js";
import type { PaymentRefund } from "./payment-refund.record.js";
import { REFUND_TRANSITIONS, checkTransition } from "../payment-transitions.js";

export interface CreatePaymentRefund
  extends Omit<PaymentTexts, "providerSecret">, Pick<ReferenceIds, "orderId" | "customerId"> {
  readonly idempotencyKey?: string | null | undefined;
  readonly paymentChargeId?: string | null | undefined;
  readonly status?: PaymentRefundStatus | null | undefined;
  readonly provider?: PaymentProvider | null | undefined;
  readonly amountInCents?: number | null | undefined;
  readonly depositInCents?: number | null | undefined;
  readonly currency?: string | null | undefined;
}

export interface UpdatePaymentRefund extends Omit<PaymentTexts, "providerSecret"> {
  readonly expectedUpdatedAt?: Instant | null | undefined;
  readonly status?: PaymentRefundStatus | null | undefined;
}

/** Statuses of pending refunds, whose amounts are reserved on the charge. */
const UNDER_WAY: ReadonlySet<PaymentRefundStatus> = new Set([
  "CREATED",
  "PENDING",
  "ACTION_REQUIRED",
]);

interface Amounts {
  readonly amountInCents: number;
  readonly depositInCents: number;
}

/**
 * A new refund with its defaults, or every error in its input.
 *
 * @param charge the locked charge that `paymentChargeId` names; null if there is none.
 */
export function draftRefund(
  input: CreatePaymentRefund,
  references: References,
  charge: PaymentCharge | null,
) {
  const errors = new UserErrors();
  const { amountInCents, paymentChargeId, description = null, reason = null } = input;
  const depositInCents = input.depositInCents ?? 0;
  const provider = input.provider ?? charge?.provider ?? "STRIPE";
  const status = input.status ?? (provider === "NONE" ? "SUCCEEDED" : "CREATED");

  checkAmounts(errors, amountInCents, depositInCents);
  checkTexts(errors, input);
  const { order } = references;
  // Use the charge's customer: the order's customer may have changed since the charge.
  const found =
    charge && order ? { ...references, order: { ...order, customerId: null } } : references;
  const settled = settleReferences(errors, input, found);
  const { orderId, customerId } = settleOwners(errors, input, settled, charge);
  const sources = [
    ...(charge ? [{ field: "paymentChargeId", currency: charge.currency }] : []),
    ...(order ? [{ field: "orderId", currency: order.currency }] : []),
  ];
  const fallback = references.defaultCurrency;
  const currency = settleCurrency(errors, input.currency, sources, fallback);
  if (paymentChargeId != null && charge === null) {
    errors.addNotFound("paymentChargeId", "payment charge", paymentChargeId);
  }
  if (paymentChargeId == null && provider !== "NONE") {
    const message = "A refund without a charge requires the provider NONE.";
    errors.add("REQUIRED", "paymentChargeId", message);
  }
  const amounts = { amountInCents: amountInCents ?? 0, depositInCents };
  if (charge) {
    checkProvider(errors, provider, charge);
    checkSucceeded(errors, charge, "paymentChargeId");
    const counts = UNDER_WAY.has(status) || status === "SUCCEEDED";
    if (counts) checkLeft(errors, amounts, charge, ["amountInCents", "depositInCents"]);
  }
  const values = {
    ...amounts,
    status,
    provider,
    currency,
    description,
    reason,
    providerId: input.providerId ?? null,
    providerMethod: input.providerMethod ?? null,
    orderId,
    customerId,
    paymentChargeId: charge?.id ?? null,
    ...newMerchantData(input),
  };
  return { errors, values };
}

/**
 * The changes that an update makes to a refund, or every error in its input.
 *
 * @param charge the refund's charge, locked; null if it has none, or if the status does not change.
 */
export function changeRefund(
  { expectedUpdatedAt, reference, metadata, ...input }: UpdatePaymentRefund,
  refund: PaymentRefund,
  charge: PaymentCharge | null,
) {
  const errors = new UserErrors();
  errors.refuseNull("status", input.status);
  checkTexts(errors, { ...input, reference, metadata });
  const changes = changedValues(refund, {
    ...givenOrNull(input),
    ...givenMerchantData({ reference, metadata }),
  });
  const { status } = changes;
  if (status != null) {
    checkTransition(errors, REFUND_TRANSITIONS, refund.status, status);
    if (charge && !countsAs(refund.status) && countsAs(status)) {
      checkSucceeded(errors, charge, "status");
      checkLeft(errors, refund, charge, ["status", "status"]);
    }
  }
  return { errors, changes };
}

/** The refund sums of a charge after one of its refunds changes its status. */
export function moveRefund(
  charge: PaymentCharge,
  { amountInCents, depositInCents }: Amounts,
  from: PaymentRefundStatus | null,
  to: PaymentRefundStatus,
) {
  const by = (kind: "REFUNDED" | "REFUNDING"): number =>
    Number(countsAs(to) === kind) - Number(countsAs(from) === kind);
  const changes = {
    amountRefundedInCents: charge.amountRefundedInCents + by("REFUNDED") * amountInCents,
    depositRefundedInCents: charge.depositRefundedInCents + by("REFUNDED") * depositInCents,
    amountRefundingInCents: charge.amountRefundingInCents + by("REFUNDING") * amountInCents,
    depositRefundingInCents: charge.depositRefundingInCents + by("REFUNDING") * depositInCents,
  };
  return changedValues(charge, changes);
}

function countsAs(status: PaymentRefundStatus | null): "REFUNDED" | "REFUNDING" | null {
  if (status === "SUCCEEDED") return "REFUNDED";
  return status !== null && UNDER_WAY.has(status) ? "REFUNDING" : null;
}

/** A refund belongs to its charge's order and customer. */
function settleOwners(
  errors: UserErrors,
  input: CreatePaymentRefund,
  settled: { readonly orderId: string | null; readonly customerId: string | null },
  charge: PaymentCharge | null,
): { orderId: string | null; customerId: string | null } {
  if (charge === null) return settled;
  for (const field of ["orderId", "customerId"] as const) {
    const isGiven = input[field] != null && settled[field] !== null;
    if (!isGiven || settled[field] === charge[field]) continue;
    const message = `${field} must be the charge's. Omit it to use that one.`;
    errors.add("INVALID", field, message);
  }
  return { orderId: charge.orderId, customerId: charge.customerId };
}

function checkProvider(errors: UserErrors, provider: PaymentProvider, charge: PaymentCharge): void {
  if (provider === "NONE" || provider === charge.provider) return;
  const message = `provider must be the charge's, ${charge.provider}, or NONE.`;
  errors.add("PROVIDER_MISMATCH", "provider", message);
}

function checkSucceeded(errors: UserErrors, { status }: PaymentCharge, field: string): void {
  if (status === "SUCCEEDED") return;
  const message = `Only a charge that has SUCCEEDED can be refunded; this one is ${status}.`;
  errors.add("NOT_REFUNDABLE", field, message);
}

/** Refuses to refund more than the remaining amount, which excludes the amounts of pending refunds. */
function checkLeft(
  errors: UserErrors,
  wanted: Amounts,
  charge: PaymentCharge,
  fields: readonly [string, string],
): void {
  const left = {
    amountInCents: charge.amountRefundableInCents - charge.amountRefundingInCents,
    depositInCents: charge.depositRefundableInCents - charge.depositRefundingInCents,
  };
  for (const [index, kind] of (["amountInCents", "depositInCents"] as const).entries()) {
    if (wanted[kind] <= left[kind]) continue;
    const message = `Of the charge's ${kind} ${String(left[kind])} are left to be refunded, less than ${String(wanted[kind])}.`;
    errors.add("EXCEEDS_REFUNDABLE", fields[index] ?? "status", message);
  }
}
