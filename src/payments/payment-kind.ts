import type { Instant } from "../shared/instant.js";
import type { UserErrors } from "../shared/user-error.js";
import type { ReferenceIds, References } from "./payment-references.js";
import type { StoredSecret } from "./secrets/provider-secrets.js";

/** What charges, refunds and authorizations have in common. A refund has no secret. */
export interface PaymentRow extends Partial<StoredSecret> {
  readonly merchantId: string;
  readonly id: string;
  readonly status: string;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** What the inputs of every kind of payment have in common. */
export interface CreateInput extends ReferenceIds {
  readonly idempotencyKey?: string | null | undefined;
  readonly providerSecret?: string | null | undefined;
}

export interface UpdateInput {
  readonly expectedUpdatedAt?: Instant | null | undefined;
  readonly providerSecret?: string | null | undefined;
}

/** Drafts a new payment with the records that its input refers to. */
export type DraftRule = (references: References) => {
  /** All that is wrong with the input. */
  readonly errors: UserErrors;
  /** The new payment, defaults included, without its secret. */
  readonly values: Readonly<Record<string, unknown>> & { readonly status: string };
  readonly writeRelated?: WriteRelated | null;
};

/** Changes a payment that is locked. */
export type ChangeRule<P> = (payment: P) => {
  /** All that is wrong with the input. */
  readonly errors: UserErrors;
  /** What differs from the payment as it is, without its secret. */
  readonly changes: Readonly<Record<string, unknown>>;
  readonly writeRelated?: WriteRelated | null;
};

/** Writes what a payment changes in another one. It is sent together with the payment. */
export type WriteRelated = () => Promise<void>;
