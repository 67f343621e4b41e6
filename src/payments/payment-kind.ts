import type { Audit } from "../records/audit.js";
import type { Instant } from "../shared/instant.js";
import type { UserErrors } from "../shared/user-error.js";
import type { ReferenceIds, References } from "./payment-references.js";
import type { StoredSecret } from "./secrets/provider-secrets.js";

/** The fields that charges, refunds and authorizations share. A refund has no secret. */
export interface PaymentRow extends Partial<StoredSecret> {
  readonly merchantId: string;
  readonly id: string;
  readonly status: string;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** The input fields that every kind of payment shares. */
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
  /** Every error in the input. */
  readonly errors: UserErrors;
  /** The new payment, including defaults, without its secret. */
  readonly values: Readonly<Record<string, unknown>> & { readonly status: string };
  readonly writeRelated?: WriteRelated | null;
};

/** Computes the changes of a locked payment. */
export type ChangeRule<P> = (payment: P) => {
  /** Every error in the input. */
  readonly errors: UserErrors;
  /** The fields that differ from the current payment, without its secret. */
  readonly changes: Readonly<Record<string, unknown>>;
  readonly writeRelated?: WriteRelated | null;
};

/** Updates the related payment. Its statement is sent together with the payment's, and has its own audit entry. */
export type WriteRelated = (audit: Audit) => Promise<void>;
