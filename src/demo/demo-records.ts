import type { CreatePaymentCharge } from "../payments/charges/payment-charge.js";
import type {
  PaymentAuthorizationStatus,
  PaymentChargeStatus,
  PaymentRefundStatus,
} from "../payments/payment-enums.js";
import type { MerchantData } from "../shared/merchant-data.js";
import { present } from "../shared/assert.js";

/** The values of the demo's payments. The same index gives the same record in every run. */

export const DAYS = 365;
export const CHARGE_COUNT = 360;
export const ORDER_COUNT = 48;
export const NAMES = (
  "Ada Byron, Omar Khayyam, Grace Murray, Maryam Mirza, Alan Mathison, Emmy Noether, " +
  "Musa Khwarizmi, Sofya Krukovsky, Kurt Brno, Hypatia Theon, Leonhard Basel, Srinivasa Iyengar"
).split(", ");

/** Mostly paid. A dozen charges cover every status. */
const CHARGE_STATUSES: readonly PaymentChargeStatus[] = [
  "SUCCEEDED",
  "SUCCEEDED",
  "CREATED",
  "SUCCEEDED",
  "STARTED",
  "SUCCEEDED",
  "FAILED",
  "ACTION_REQUIRED",
  "SUCCEEDED",
  "PROCESSING",
  "CANCELED",
  "EXPIRED",
];
export const REFUND_STATUSES: readonly PaymentRefundStatus[] = [
  "SUCCEEDED",
  "PENDING",
  "SUCCEEDED",
  "FAILED",
  "CREATED",
  "CANCELED",
  "ACTION_REQUIRED",
  "EXPIRED",
];
export const AUTHORIZATION_STATUSES: readonly PaymentAuthorizationStatus[] = [
  "SUCCEEDED",
  "CREATED",
  "SUCCEEDED",
  "STARTED",
  "ACTION_REQUIRED",
  "FAILED",
  "CANCELED",
  "EXPIRED",
];
export const ORDER_STATUSES = [
  "NEW",
  "DRAFT",
  "RESERVED",
  "STARTED",
  "STOPPED",
  "ARCHIVED",
] as const;
const KINDS = {
  customer: "0001",
  order: "0002",
  method: "0003",
  authorization: "0004",
  charge: "0005",
  refund: "0006",
} as const;

export type RecordKind = keyof typeof KINDS;

export function chargeOf(index: number): CreatePaymentCharge {
  const order = index % ORDER_COUNT;
  const common = {
    amountInCents: amountOf(index),
    depositInCents: index % 4 === 0 ? 5_000 : 0,
    description: `Order ${String(order + 1)}`,
    ...merchantDataOf("INV", index),
  };
  // Two of the authorizations are captured.
  if (index === 120 || index === 160) {
    const paymentAuthorizationId = idOf("authorization", index === 120 ? 0 : 2);
    return {
      ...common,
      amountInCents: 15_000,
      mode: "CAPTURE",
      status: "SUCCEEDED",
      paymentAuthorizationId,
    };
  }
  if (index % 9 === 0) return { ...common, mode: "MANUAL", provider: "NONE" };
  const payer = { orderId: idOf("order", order), status: pick(CHARGE_STATUSES, index) };
  const providerId = `pi_demo_${String(index + 1)}`;
  if (index % 7 === 0) {
    const paymentMethodId = idOf("method", order % NAMES.length);
    const providerMethod = "credit_card";
    return {
      ...common,
      ...payer,
      mode: "OFF_SESSION",
      paymentMethodId,
      providerId,
      providerMethod,
    };
  }
  if (index % 5 === 0) {
    return {
      ...common,
      ...payer,
      mode: "TERMINAL",
      provider: "APP",
      providerMethod: "card_present",
    };
  }
  return { ...common, ...payer, mode: "REQUEST", providerId };
}

const CHANNELS = ["web", "shop", "app"] as const;
const CAMPAIGNS = ["spring", "summer", "autumn"] as const;

/** The merchant's own data of two records in three. The third has none. */
export function merchantDataOf(prefix: string, index: number): MerchantData {
  if (index % 3 === 2) return {};
  const channel = { key: "channel", value: pick(CHANNELS, Math.floor(index / 3)) };
  const campaign = { key: "campaign", value: pick(CAMPAIGNS, Math.floor(index / 9)) };
  const metadata = index % 3 === 0 ? [channel] : [channel, campaign];
  return { reference: `${prefix}-${String(index + 1).padStart(4, "0")}`, metadata };
}

/** An amount from 5.00 to about 200.00, always the same for an index. */
export function amountOf(index: number): number {
  return 500 + ((index * 7_919) % 195) * 100;
}

export function idOf(kind: RecordKind, index: number): string {
  return `01988f7a-${KINDS[kind]}-7000-8000-${index.toString(16).padStart(12, "0")}`;
}

export function pick<T>(from: readonly T[], index: number): T {
  return present(from[index % from.length], "an entry of a list that is not empty");
}
