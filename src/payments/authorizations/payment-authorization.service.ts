import type { MerchantCaller } from "../../callers/caller.js";
import type { Database } from "../../database/database.js";
import type { Tx } from "../../database/transaction.js";
import { type ChangeRule, type DraftRule, PaymentKindService } from "../payment-kind.service.js";
import type { ProviderSecrets } from "../secrets/provider-secrets.js";
import {
  type CreatePaymentAuthorization,
  type UpdatePaymentAuthorization,
  changeAuthorization,
  draftAuthorization,
} from "./payment-authorization.js";
import type { PaymentAuthorization } from "./payment-authorization.record.js";
import type { PaymentAuthorizationStore } from "./payment-authorization.store.js";

/** Creating or updating an authorization locks no other payment. Charges that capture it also change it. */
export class PaymentAuthorizationService extends PaymentKindService<
  PaymentAuthorization,
  CreatePaymentAuthorization,
  UpdatePaymentAuthorization
> {
  constructor(database: Database, store: PaymentAuthorizationStore, secrets: ProviderSecrets) {
    super("payment authorization", database, store, secrets);
  }

  protected lockForCreate(_: Tx, __: MerchantCaller, input: CreatePaymentAuthorization): DraftRule {
    return (references) => draftAuthorization(input, references);
  }

  protected lockForUpdate(
    _tx: Tx,
    _caller: MerchantCaller,
    _id: string,
    input: UpdatePaymentAuthorization,
  ): ChangeRule<PaymentAuthorization> {
    return (authorization) => changeAuthorization(input, authorization);
  }
}
