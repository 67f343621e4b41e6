import type { MerchantCaller } from "../../callers/caller.js";
import type { Audit } from "../../records/audit.js";
import type { Database } from "../../database/database.js";
import { LastStatement, type Tx } from "../../database/transaction.js";
import { AppError } from "../../shared/errors.js";
import type { Origin } from "../../shared/origin.js";
import { type Outcome, done, refused } from "../../shared/user-error.js";
import { parseUuid } from "../../shared/uuid.js";
import { type Draft, type Making, createOnce } from "../create-once.service.js";
import {
  type CreatePaymentAuthorization,
  type UpdatePaymentAuthorization,
  changeAuthorization,
  draftAuthorization,
} from "./payment-authorization.js";
import {
  type PaymentAuthorization,
  paymentAuthorizationRecord,
} from "./payment-authorization.record.js";
import type { PaymentAuthorizationStore } from "./payment-authorization.store.js";
import { checkNotStale } from "../payment-input.js";
import { findReferences } from "../payment-reference.store.js";
import type { References } from "../payment-references.js";
import { insertPayment, updatePayment } from "../payment.store.js";
import {
  type ProviderSecrets,
  changeSecret,
  checkSecret,
  sealNew,
} from "../secrets/provider-secrets.js";
import { type Ending, updateOnce } from "../update-once.service.js";

export class PaymentAuthorizationService {
  constructor(
    private readonly database: Database,
    private readonly store: PaymentAuthorizationStore,
    private readonly secrets: ProviderSecrets,
  ) {}

  /** @returns null for what is not there, and for another merchant's. */
  async find({ merchantId }: MerchantCaller, id: string): Promise<PaymentAuthorization | null> {
    const uuid = parseUuid(id);
    return uuid === null ? null : this.store.find(this.database.pool, merchantId, uuid);
  }

  /** @param origin for a record of the past; made now, under a new id, when left out. */
  create(
    caller: MerchantCaller,
    input: CreatePaymentAuthorization,
    origin?: Origin,
  ): Promise<Outcome<PaymentAuthorization>> {
    const creation = {
      operation: "createPaymentAuthorization",
      find: this.store.find.bind(this.store),
      draft: (tx: Tx, id: string, audit: Audit) =>
        this.draft(tx, caller, input, { id, audit, at: origin?.at }),
      secrets: this.secrets,
    };
    return createOnce(this.database, caller, input, creation, origin?.id);
  }

  private async draft(
    tx: Tx,
    { merchantId, employeeId }: MerchantCaller,
    input: CreatePaymentAuthorization,
    { id, audit, at }: Making,
  ): Promise<Draft<PaymentAuthorization>> {
    const references = await findReferences(tx, merchantId, input);
    const draftFor = (found: References) => draftAuthorization(input, found);
    const { errors, authorization } = draftFor(references);
    checkSecret(errors, this.secrets, input.providerSecret);
    const write = (): Ending<PaymentAuthorization> => {
      const key = { merchantId, id };
      const secret = sealNew(this.secrets, input.providerSecret, key);
      const values = { ...authorization, ...secret, ...key, employeeId };
      return new LastStatement(async () =>
        done(await insertPayment(tx, paymentAuthorizationRecord, values, audit, at)),
      );
    };
    return { errors, references, valuesFor: (found) => draftFor(found).authorization, write };
  }

  /**
   * Changes an authorization, field by field: what is left out stays, null clears.
   *
   * @throws AppError NOT_FOUND.
   */
  update(
    caller: MerchantCaller,
    id: string,
    input: UpdatePaymentAuthorization,
  ): Promise<Outcome<PaymentAuthorization>> {
    return updateOnce(this.database, caller, id, {
      operation: "updatePaymentAuthorization",
      missing: noSuchAuthorization,
      find: this.store.find.bind(this.store),
      lock: this.store.lock.bind(this.store),
      change: (tx, uuid, audit) => this.change(tx, caller, uuid, input, audit),
    });
  }

  private async change(
    tx: Tx,
    caller: MerchantCaller,
    id: string,
    input: UpdatePaymentAuthorization,
    audit: Audit,
  ): Promise<Ending<PaymentAuthorization>> {
    const { merchantId, employeeId } = caller;
    const authorization = await this.store.lock(tx, merchantId, id);
    if (authorization === null) throw noSuchAuthorization(id);
    const change = changeAuthorization(input, authorization);
    const { errors } = change;
    checkSecret(errors, this.secrets, input.providerSecret);
    const secret = changeSecret(this.secrets, caller, input.providerSecret, authorization);
    const changes = { ...change.changes, ...secret };
    const isChanged = Object.keys(changes).length > 0;
    checkNotStale(errors, input.expectedUpdatedAt, authorization);
    if (errors.all.length > 0) return refused(...errors.all);
    if (!isChanged) return done(authorization);
    return new LastStatement(async () =>
      done(
        await updatePayment(
          tx,
          paymentAuthorizationRecord,
          authorization,
          changes,
          employeeId,
          audit,
        ),
      ),
    );
  }
}

function noSuchAuthorization(id: string): AppError {
  return new AppError("NOT_FOUND", `There is no payment authorization with the id ${id}.`);
}
