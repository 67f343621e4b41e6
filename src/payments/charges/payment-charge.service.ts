import type { MerchantCaller } from "../../callers/caller.js";
import type { Audit } from "../../records/audit.js";
import type { Database } from "../../database/database.js";
import { LastStatement, type Tx, together } from "../../database/transaction.js";
import type { Clock } from "../../shared/clock.js";
import { AppError } from "../../shared/errors.js";
import type { Origin } from "../../shared/origin.js";
import { type Outcome, done, refused } from "../../shared/user-error.js";
import { parseUuid } from "../../shared/uuid.js";
import { type UpdatePaymentCharge, changeCharge } from "./change-payment-charge.js";
import { type Draft, type Making, createOnce } from "../create-once.service.js";
import type { PaymentAuthorization } from "../authorizations/payment-authorization.record.js";
import type { PaymentAuthorizationStore } from "../authorizations/payment-authorization.store.js";
import { type CreatePaymentCharge, draftCharge } from "./payment-charge.js";
import { type PaymentCharge, paymentChargeRecord } from "./payment-charge.record.js";
import type { PaymentChargeStore } from "./payment-charge.store.js";
import { checkNotStale } from "../payment-input.js";
import { findReferences } from "../payment-reference.store.js";
import type { References } from "../payment-references.js";
import { insertPayment, updatePayment } from "../payment.store.js";
import { type Ending, updateOnce } from "../update-once.service.js";
import {
  type ProviderSecrets,
  changeSecret,
  checkSecret,
  sealNew,
} from "../secrets/provider-secrets.js";

export class PaymentChargeService {
  constructor(
    private readonly database: Database,
    private readonly store: PaymentChargeStore,
    private readonly authorizations: PaymentAuthorizationStore,
    private readonly secrets: ProviderSecrets,
    private readonly clock: Clock,
  ) {}

  /** @returns null for what is not there, and for another merchant's. */
  async find({ merchantId }: MerchantCaller, id: string): Promise<PaymentCharge | null> {
    const uuid = parseUuid(id);
    return uuid === null ? null : this.store.find(this.database.pool, merchantId, uuid);
  }

  /**
   * Records a payment. One that captures changes its authorization in the same transaction.
   *
   * @param origin for a record of the past; made now, under a new id, when left out.
   */
  create(
    caller: MerchantCaller,
    input: CreatePaymentCharge,
    origin?: Origin,
  ): Promise<Outcome<PaymentCharge>> {
    const creation = {
      operation: "createPaymentCharge",
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
    input: CreatePaymentCharge,
    { id, audit, at }: Making,
  ): Promise<Draft<PaymentCharge>> {
    const [authorization, references] = await together(
      this.lockAuthorization(tx, merchantId, input),
      findReferences(tx, merchantId, input),
    );
    const now = this.clock.now();
    const draftFor = (found: References) => draftCharge(input, found, authorization, now);
    const { errors, charge } = draftFor(references);
    checkSecret(errors, this.secrets, input.providerSecret);
    const captured = charge.capturedAuthorizationId === null ? null : authorization;
    const write = (): Ending<PaymentCharge> => {
      const key = { merchantId, id };
      const secret = sealNew(this.secrets, input.providerSecret, key);
      const values = { ...charge, ...secret, ...key, employeeId };
      return new LastStatement(async () => {
        const [, made] = await together(
          captured && this.authorizations.capture(tx, captured, charge, employeeId),
          insertPayment(tx, paymentChargeRecord, values, audit, at),
        );
        return done(made);
      });
    };
    return { errors, references, valuesFor: (found) => draftFor(found).charge, write };
  }

  private async lockAuthorization(
    tx: Tx,
    merchantId: string,
    { paymentAuthorizationId }: CreatePaymentCharge,
  ): Promise<PaymentAuthorization | null> {
    const id = paymentAuthorizationId == null ? null : parseUuid(paymentAuthorizationId);
    return id === null ? null : this.authorizations.lock(tx, merchantId, id);
  }

  /**
   * Changes a payment, field by field: what is left out stays, null clears.
   *
   * @throws AppError NOT_FOUND.
   */
  update(
    caller: MerchantCaller,
    id: string,
    input: UpdatePaymentCharge,
  ): Promise<Outcome<PaymentCharge>> {
    return updateOnce(this.database, caller, id, {
      operation: "updatePaymentCharge",
      missing: noSuchCharge,
      find: this.store.find.bind(this.store),
      lock: this.store.lock.bind(this.store),
      change: (tx, uuid, audit) => this.change(tx, caller, uuid, input, audit),
    });
  }

  private async change(
    tx: Tx,
    caller: MerchantCaller,
    id: string,
    input: UpdatePaymentCharge,
    audit: Audit,
  ): Promise<Ending<PaymentCharge>> {
    const { merchantId, employeeId } = caller;
    // What may capture, or be held against the authorization, locks it first.
    const meetsAuthorization = input.status === "SUCCEEDED" || input.provider != null;
    const { paymentMethodId } = input;
    const [authorization, charge, references] = await together(
      meetsAuthorization ? this.authorizations.lockByCharge(tx, merchantId, id) : null,
      this.store.lock(tx, merchantId, id),
      paymentMethodId == null ? null : findReferences(tx, merchantId, { paymentMethodId }),
    );
    if (charge === null) throw noSuchCharge(id);
    const paymentMethod = references?.paymentMethod ?? null;

    const now = this.clock.now();
    const { errors, ...change } = changeCharge(input, {
      charge,
      authorization,
      paymentMethod,
      now,
    });
    checkSecret(errors, this.secrets, input.providerSecret);
    const secret = changeSecret(this.secrets, caller, input.providerSecret, charge);
    const changes = { ...change.changes, ...secret };
    const isChanged = Object.keys(changes).length > 0;
    checkNotStale(errors, input.expectedUpdatedAt, charge);
    if (errors.all.length > 0) return refused(...errors.all);
    if (!isChanged) return done(charge);

    const { capture } = change;
    return new LastStatement(async () => {
      const [, changed] = await together(
        authorization &&
          capture &&
          this.authorizations.capture(tx, authorization, capture, employeeId),
        updatePayment(tx, paymentChargeRecord, charge, changes, employeeId, audit),
      );
      return done(changed);
    });
  }
}

function noSuchCharge(id: string): AppError {
  return new AppError("NOT_FOUND", `There is no payment charge with the id ${id}.`);
}
