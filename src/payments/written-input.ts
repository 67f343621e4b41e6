import { createHash } from "node:crypto";
import type { Instant } from "../shared/instant.js";
import { given } from "../shared/user-error.js";
import { parseUuid } from "../shared/uuid.js";
import type { References } from "./payment-references.js";

/**
 * The sources of default values that can change later. The currency and the provider of a referenced record
 * never change.
 */
export interface Defaults {
  readonly defaultCurrency: string;
  readonly orderCustomerId: string | null;
}

export function defaultsOf({ defaultCurrency, order }: References): Defaults {
  return { defaultCurrency, orderCustomerId: order?.customerId ?? null };
}

/** The references with the defaults of an earlier request. */
export function withDefaults(references: References, defaults: Defaults): References {
  const { defaultCurrency, orderCustomerId } = defaults;
  const order = references.order && { ...references.order, customerId: orderCustomerId };
  return { ...references, defaultCurrency, order };
}

/** The values of a new payment, without secrets. */
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
 * Two inputs that would write the same values have the same hash, whether they spell out defaults or not. A value
 * that a rule refuses is hashed as given, so that it never equals an input without it.
 *
 * @param values the values that the input would write, defaults included, without the secret.
 * @param madeAt when the payment was created: the default time of a charge's success.
 */
export function hashWritten(
  { idempotencyKey, providerSecret, ...input }: Input,
  values: { readonly status: string },
  madeAt: Instant | null,
): Buffer {
  const written: Record<string, unknown> = {
    ...values,
    ...Object.fromEntries(Object.entries(given(input)).map(inStoredForm)),
    // It has no default, although a draft has 0.
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
