import type { Instant } from "../../shared/instant.js";
import { givenMerchantData, newMerchantData } from "../../shared/merchant-data.js";
import { UserErrors, changedValues, givenOrNull } from "../../shared/user-error.js";
import type {
  PaymentAuthorizationMode,
  PaymentAuthorizationStatus,
  PaymentProvider,
} from "../payment-enums.js";
import {
  type PaymentTexts,
  checkAmounts,
  checkMode,
  checkTexts,
  settleCurrency,
} from "../payment-input.js";
import { type ReferenceIds, type References, settleReferences } from "../payment-references.js";
import { AUTHORIZATION_TRANSITIONS, checkTransition } from "../payment-transitions.js";

/** The fields of an authorization that a capture depends on. */
export interface Hold {
  readonly status: PaymentAuthorizationStatus;
  readonly amountInCents: number;
  readonly depositInCents: number;
  readonly amountCapturedInCents: number;
  readonly depositCapturedInCents: number;
  readonly captureBefore: Instant | null;
  readonly capturedAt: Instant | null;
}

/** Statuses in which the funds that were not captured are no longer held. */
const RELEASED: ReadonlySet<PaymentAuthorizationStatus> = new Set([
  "CAPTURED",
  "CANCELED",
  "EXPIRED",
  "FAILED",
]);

/** A hold can be captured once, before it expires. */
export function isCapturable(hold: Hold, now: Instant): boolean {
  const isInTime = hold.captureBefore === null || hold.captureBefore > now;
  return hold.status === "SUCCEEDED" && hold.capturedAt === null && isInTime;
}

/** The captured, released and held parts of the funds, which always add up to the authorized amount. */
export function partsOf(hold: Hold, kind: "amount" | "deposit" | "total") {
  const sum = (amount: number, deposit: number): number =>
    kind === "amount" ? amount : kind === "deposit" ? deposit : amount + deposit;
  const authorized = sum(hold.amountInCents, hold.depositInCents);
  const captured = sum(hold.amountCapturedInCents, hold.depositCapturedInCents);
  const isOver = RELEASED.has(hold.status) || hold.capturedAt !== null;
  const rest = authorized - captured;
  return { captured, released: isOver ? rest : 0, capturable: isOver ? 0 : rest };
}

/** The input fields that the errors of a refused capture name. */
export interface BlamedFields {
  readonly state: string;
  readonly amount: string;
  readonly deposit: string;
}

/** Checks that a charge of these amounts can be captured from the hold. */
export function checkCapture(
  errors: UserErrors,
  hold: Hold,
  charge: { readonly amountInCents: number; readonly depositInCents: number },
  now: Instant,
  blamed: BlamedFields,
): void {
  if (!isCapturable(hold, now)) {
    errors.add("NOT_CAPTURABLE", blamed.state, `The authorization ${whyNotCapturable(hold)}.`);
    return;
  }
  for (const kind of ["amount", "deposit"] as const) {
    const [wanted, left] = [charge[`${kind}InCents`], hold[`${kind}InCents`]];
    if (wanted <= left) continue;
    const message = `The authorization holds ${kind}InCents ${String(left)}, less than ${String(wanted)}.`;
    errors.add("EXCEEDS_CAPTURABLE", blamed[kind], message);
  }
}

function whyNotCapturable({ status, capturedAt, captureBefore }: Hold): string {
  if (capturedAt !== null)
    return `was captured at ${capturedAt}, and an authorization can be captured only once`;
  if (status !== "SUCCEEDED")
    return `is ${status}; only an authorization that has SUCCEEDED can be captured`;
  return `had to be captured before ${String(captureBefore)}`;
}

export interface UpdatePaymentAuthorization extends PaymentTexts {
  readonly expectedUpdatedAt?: Instant | null | undefined;
  readonly status?: PaymentAuthorizationStatus | null | undefined;
  readonly captureBefore?: Instant | null | undefined;
}

export interface CreatePaymentAuthorization
  extends Omit<UpdatePaymentAuthorization, "expectedUpdatedAt">, ReferenceIds {
  readonly idempotencyKey?: string | null | undefined;
  readonly mode: PaymentAuthorizationMode;
  readonly provider?: PaymentProvider | null | undefined;
  readonly amountInCents?: number | null | undefined;
  readonly depositInCents?: number | null | undefined;
  readonly currency?: string | null | undefined;
}

/** A new authorization with its defaults, or every error in its input. */
export function draftAuthorization(input: CreatePaymentAuthorization, references: References) {
  const errors = new UserErrors();
  const { amountInCents, mode } = input;
  const depositInCents = input.depositInCents ?? 0;
  const status = input.status ?? "CREATED";
  const { order } = references;
  checkAmounts(errors, amountInCents, depositInCents);
  checkTexts(errors, input);
  checkMode(errors, mode, input);
  const settled = settleReferences(errors, input, references);
  const sources = order ? [{ field: "orderId", currency: order.currency }] : [];
  const fallback = references.defaultCurrency;
  const authorization = {
    ...settled,
    status,
    mode,
    provider: input.provider ?? "STRIPE",
    amountInCents: amountInCents ?? 0,
    depositInCents,
    currency: settleCurrency(errors, input.currency, sources, fallback),
    description: input.description ?? null,
    providerId: input.providerId ?? null,
    providerMethod: input.providerMethod ?? null,
    captureBefore: input.captureBefore ?? null,
    ...newMerchantData(input),
  };
  const captured = status === "CAPTURED" ? capturedInFull(authorization) : {};
  return { errors, values: { ...authorization, ...captured } };
}

/**
 * The changes that an update makes to an authorization, or every error in its input. An update to CAPTURED
 * records a full capture outside this server.
 *
 * @returns only the fields that differ from the current authorization; the caller handles `providerSecret`.
 */
export function changeAuthorization(input: UpdatePaymentAuthorization, authorization: Hold) {
  const errors = new UserErrors();
  errors.refuseNull("status", input.status);
  checkTexts(errors, input);
  const { expectedUpdatedAt, providerSecret, reference, metadata, ...fields } = input;
  const changes = changedValues(authorization, {
    ...givenOrNull(fields),
    ...givenMerchantData({ reference, metadata }),
  });
  const { status } = changes;
  if (status != null) {
    checkTransition(errors, AUTHORIZATION_TRANSITIONS, authorization.status, status);
  }
  const isCapture = status === "CAPTURED" && authorization.capturedAt === null;
  // An authorization is captured at most once.
  const captured = isCapture ? capturedInFull(authorization) : {};
  return { errors, changes: { ...changes, ...captured } };
}

function capturedInFull({
  amountInCents,
  depositInCents,
}: Pick<Hold, "amountInCents" | "depositInCents">) {
  return { amountCapturedInCents: amountInCents, depositCapturedInCents: depositInCents };
}
