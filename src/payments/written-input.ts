import { createHash } from "node:crypto";
import type { Instant } from "../shared/instant.js";
import { type MetadataEntry, sortedByKey } from "../shared/merchant-data.js";
import { given } from "../shared/user-error.js";
import { parseUuid } from "../shared/uuid.js";
import type { References } from "./payment-references.js";

/**
 * The sources of default values that can change later. The other sources are the currency and the provider of a
 * referenced record, which never change.
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
  readonly metadata?: readonly MetadataEntry[] | null | undefined;
}

const IDS = new Set([
  "orderId",
  "customerId",
  "paymentMethodId",
  "paymentAuthorizationId",
  "paymentChargeId",
]);

/**
 * Inputs that write the same values have the same hash, whether they specify defaults or not. A value that a rule
 * refuses is hashed as given, so that it never equals an input without it.
 *
 * @param values the values that the input writes, including defaults, without the secret.
 * @param createdAt when the payment was created: the default time of a charge's success.
 */
export function hashWritten(
  { idempotencyKey, providerSecret, ...input }: Input,
  values: { readonly status: string },
  createdAt: Instant | null,
): Buffer {
  const written: Record<string, unknown> = {
    ...values,
    ...Object.fromEntries(Object.entries(given(input)).map(inStoredForm)),
    // Hash the given amount: it has no default, although the draft has 0.
    amountInCents: input.amountInCents,
    // The order of the entries has no meaning, and no entries are the default.
    metadata: input.metadata?.length ? sortedByKey(input.metadata) : null,
  };
  if (values.status === "SUCCEEDED" && input.succeededAt === createdAt)
    delete written["succeededAt"];
  const entries = Object.entries(written)
    .filter(([, value]) => value !== null && value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(entries)).digest();
}

function inStoredForm([name, value]: [string, unknown]): [string, unknown] {
  return [name, IDS.has(name) ? (parseUuid(value as string) ?? value) : value];
}
