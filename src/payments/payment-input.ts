import { MAX_AMOUNT } from "../shared/amount.js";
import { type MerchantData, checkMerchantData } from "../shared/merchant-data.js";
import { DEFAULT_CURRENCY, type UserErrors } from "../shared/user-error.js";

/** The input fields that charges, refunds and authorizations share, and their rules. */

type Optional<T> = T | null | undefined;

const MAX_LENGTHS = {
  description: 5_000,
  reason: 5_000,
  failureReason: 5_000,
  providerId: 255,
  providerMethod: 255,
  providerSecret: 4_096,
} as const;

export type PaymentTexts = MerchantData &
  Partial<Record<keyof typeof MAX_LENGTHS, string | null | undefined>>;

/** Checks the texts of a payment, and the merchant's own data. */
export function checkTexts(errors: UserErrors, texts: PaymentTexts): void {
  for (const [field, maxLength] of Object.entries(MAX_LENGTHS)) {
    errors.checkLength(field, texts[field as keyof typeof MAX_LENGTHS], maxLength);
  }
  checkMerchantData(errors, texts);
}

/** Amounts must be 0 or more. Their total must be above 0 and at most the maximum amount. */
export function checkAmounts(
  errors: UserErrors,
  amountInCents: Optional<number>,
  depositInCents: number,
): void {
  for (const [field, value] of Object.entries({ amountInCents, depositInCents })) {
    if (typeof value === "number" && value < 0) {
      errors.add("OUT_OF_RANGE", field, `${field} must be 0 or more.`);
    }
  }
  if (typeof amountInCents !== "number") {
    errors.add("REQUIRED", "amountInCents", "amountInCents is required. It may be 0.");
    return;
  }
  if (amountInCents < 0 || depositInCents < 0) return;
  const total = amountInCents + depositInCents;
  if (total === 0) {
    const message = "amountInCents and depositInCents cannot both be 0.";
    errors.add("OUT_OF_RANGE", "amountInCents", message);
  }
  if (total > MAX_AMOUNT) {
    const message = `amountInCents and depositInCents together must be at most ${String(MAX_AMOUNT)}.`;
    errors.add("OUT_OF_RANGE", "amountInCents", message);
  }
}

/** A record that the payment refers to: the input field that names it, and its currency. */
export interface CurrencySource {
  readonly field: string;
  readonly currency: string;
}

/**
 * Accepts a withdrawn currency only from a record that the payment refers to, so that money in it can still be
 * refunded and captured.
 *
 * @returns the given currency, or else the common currency of the records that the payment refers to.
 */
export function settleCurrency(
  errors: UserErrors,
  given: Optional<string>,
  sources: readonly CurrencySource[],
  fallback: string,
): string {
  const currency = given ?? sources[0]?.currency ?? fallback;
  if (!sources.some((source) => source.currency === currency)) {
    errors.checkCurrency("currency", currency, given ? "currency" : DEFAULT_CURRENCY);
  }
  for (const source of sources) {
    if (source.currency === currency) continue;
    const field = given ? "currency" : source.field;
    const message = `The currency would be ${currency}, and that of what ${source.field} names is ${source.currency}.`;
    errors.add("CURRENCY_MISMATCH", field, message);
  }
  return currency;
}

/** Optimistic locking: refuses an update whose `expectedUpdatedAt` is not the record's current `updatedAt`. */
export function checkNotStale(
  errors: UserErrors,
  expectedUpdatedAt: Optional<string>,
  record: { readonly updatedAt: string },
): void {
  if (typeof expectedUpdatedAt !== "string" || expectedUpdatedAt === record.updatedAt) return;
  const message = `It was changed at ${record.updatedAt}, since it was read. Read it again.`;
  errors.add("STALE", "expectedUpdatedAt", message);
}

/** Checks the fields that each mode requires. */
export function checkMode(
  errors: UserErrors,
  mode: string,
  { paymentMethodId, paymentAuthorizationId }: ModeReferences,
  blamedForAuthorization = "paymentAuthorizationId",
): void {
  if (mode === "CHECKOUT") {
    errors.add("INVALID", "mode", "mode CHECKOUT is reserved and cannot be set.");
  }
  if (mode === "OFF_SESSION" && paymentMethodId == null) {
    const message = "mode OFF_SESSION requires a paymentMethodId.";
    errors.add("REQUIRED", "paymentMethodId", message);
  }
  if (mode === "CAPTURE" && paymentAuthorizationId == null) {
    const message = "mode CAPTURE requires a paymentAuthorizationId.";
    errors.add("REQUIRED", blamedForAuthorization, message);
  }
}

export interface ModeReferences {
  readonly paymentMethodId?: string | null | undefined;
  readonly paymentAuthorizationId?: string | null | undefined;
}
