import type { Instant } from "../shared/instant.js";
import type { ReferenceIds } from "./payment-references.js";
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
