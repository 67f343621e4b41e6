import type { MerchantCaller } from "../../callers/caller.js";
import type { Database } from "../../database/database.js";
import { type Tx, waitForAll } from "../../database/transaction.js";
import type { Clock } from "../../shared/clock.js";
import type { PaymentAuthorization } from "../authorizations/payment-authorization.record.js";
import type { PaymentAuthorizationStore } from "../authorizations/payment-authorization.store.js";
import {
  type ChangeRule,
  type DraftRule,
  PaymentKindService,
  type WriteRelated,
} from "../payment-kind.service.js";
import { findReferences } from "../payment-reference.store.js";
import type { ProviderSecrets } from "../secrets/provider-secrets.js";
import { type UpdatePaymentCharge, changeCharge } from "./change-payment-charge.js";
import { type CreatePaymentCharge, draftCharge } from "./payment-charge.js";
import type { PaymentCharge } from "./payment-charge.record.js";
import type { PaymentChargeStore } from "./payment-charge.store.js";

/** A charge that captures an authorization updates it in the same transaction. */
export class PaymentChargeService extends PaymentKindService<
  PaymentCharge,
  CreatePaymentCharge,
  UpdatePaymentCharge
> {
  constructor(
    database: Database,
    store: PaymentChargeStore,
    private readonly authorizations: PaymentAuthorizationStore,
    secrets: ProviderSecrets,
    private readonly clock: Clock,
  ) {
    super("payment charge", database, store, secrets);
  }

  protected async lockForCreate(
    tx: Tx,
    caller: MerchantCaller,
    input: CreatePaymentCharge,
  ): Promise<DraftRule> {
    const { paymentAuthorizationId } = input;
    const authorization = await this.authorizations.lock(
      tx,
      caller.merchantId,
      paymentAuthorizationId,
    );
    const now = this.clock.now();
    return (references) => {
      const { errors, values } = draftCharge(input, references, authorization, now);
      const captured = values.capturedAuthorizationId === null ? null : values;
      return { errors, values, writeRelated: this.capturing(tx, caller, authorization, captured) };
    };
  }

  protected async lockForUpdate(
    tx: Tx,
    caller: MerchantCaller,
    id: string,
    input: UpdatePaymentCharge,
  ): Promise<ChangeRule<PaymentCharge>> {
    const { merchantId } = caller;
    // Lock the authorization before the charge, if the update may capture it or must match its provider.
    const needsAuthorization = input.status === "SUCCEEDED" || input.provider != null;
    const { paymentMethodId } = input;
    const [authorization, references] = await waitForAll(
      needsAuthorization ? this.authorizations.lockByCharge(tx, merchantId, id) : null,
      paymentMethodId == null ? null : findReferences(tx, merchantId, { paymentMethodId }),
    );
    const paymentMethod = references?.paymentMethod ?? null;
    const now = this.clock.now();
    return (charge) => {
      const related = { charge, authorization, paymentMethod, now };
      const { errors, changes, capture } = changeCharge(input, related);
      return { errors, changes, writeRelated: this.capturing(tx, caller, authorization, capture) };
    };
  }

  private capturing(
    tx: Tx,
    { employeeId }: MerchantCaller,
    authorization: PaymentAuthorization | null,
    charge: { readonly amountInCents: number; readonly depositInCents: number } | null,
  ): WriteRelated | null {
    if (authorization === null || charge === null) return null;
    return (audit) => this.authorizations.capture(tx, authorization, charge, employeeId, audit);
  }
}
