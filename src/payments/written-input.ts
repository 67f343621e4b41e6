import { createHash } from "node:crypto";
import type { Instant } from "../shared/instant.js";
import { given } from "../shared/user-error.js";
import { parseUuid } from "../shared/uuid.js";
import type { References } from "./payment-references.js";

/**
 * What fields that are left out take their values from, as far as it may change later. The currency and the
 * provider of what a payment refers to never do.
 */
export interface Defaults {
  readonly defaultCurrency: string;
  readonly orderCustomerId: string | null;
}

export function defaultsOf({ defaultCurrency, order }: References): Defaults {
  return { defaultCurrency, orderCustomerId: order?.customerId ?? null };
}

/** The references with the defaults of another time. */
export function withDefaults(references: References, defaults: Defaults): References {
  const { defaultCurrency, orderCustomerId } = defaults;
  const order = references.order && { ...references.order, customerId: orderCustomerId };
  return { ...references, defaultCurrency, order };
}

/** What a new payment is made from, secrets aside. */
interface Input {
  readonly idempotencyKey?: unknown;
  readonly providerSecret?: unknown;
  readonly amountInCents?: number | null | undefined;
  readonly succeededAt?: Instant | null | undefined;
}

const IDS = new Set([
  "orderId",
  "customerId",
  "paymentMethodId",
  "paymentAuthorizationId",
  "paymentChargeId",
]);

/**
 * Two inputs that would write the same have one hash, whatever they spell out of it. A value that a rule
 * refuses counts as it was given, so that it never has the hash of what was written without it.
 *
 * @param values what the input would write: its values, and defaults for the rest. Without the secret.
 * @param madeAt when the payment was made: a charge that has succeeded by default has done so then.
 */
export function hashWritten(
  { idempotencyKey, providerSecret, ...input }: Input,
  values: { readonly status: string },
  madeAt: Instant | null,
): Buffer {
  const written: Record<string, unknown> = {
    ...values,
    ...Object.fromEntries(Object.entries(given(input)).map(inStoredForm)),
    // It has no default, though a draft has 0 for it.
    amountInCents: input.amountInCents,
  };
  if (values.status === "SUCCEEDED" && input.succeededAt === madeAt) delete written["succeededAt"];
  const entries = Object.entries(written)
    .filter(([, value]) => value !== null && value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(entries)).digest();
}

function inStoredForm([name, value]: [string, unknown]): [string, unknown] {
  return [name, IDS.has(name) ? (parseUuid(value as string) ?? value) : value];
}
