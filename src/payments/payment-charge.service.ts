import type { MerchantCaller } from "../access/caller.js";
import type { Database } from "../database/database.js";
import type { Tx } from "../database/transaction.js";
import type { Clock } from "../shared/clock.js";
import { AppError } from "../shared/errors.js";
import type { Origin } from "../shared/origin.js";
import { type Outcome, done, refused } from "../shared/user-error.js";
import { parseUuid } from "../shared/uuid.js";
import { type UpdatePaymentCharge, changeCharge } from "./change-payment-charge.js";
import { createOnce } from "./create-once.js";
import type { PaymentAuthorization } from "./payment-authorization.record.js";
import type { PaymentAuthorizationStore } from "./payment-authorization.store.js";
import { type CreatePaymentCharge, draftCharge } from "./payment-charge.js";
import { type PaymentCharge, paymentChargeRecord } from "./payment-charge.record.js";
import type { PaymentChargeStore } from "./payment-charge.store.js";
import { checkNotStale } from "./payment-input.js";
import { findReferences } from "./payment-reference.store.js";
import { insertPayment, updatePayment } from "./payment.store.js";
import { updateOnce } from "./update-once.js";
import { type ProviderSecrets, changeSecret, checkSecret } from "./provider-secrets.js";

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
      make: (tx: Tx, id: string) => this.make(tx, caller, input, id, origin),
    };
    return createOnce(this.database, caller, input, creation, origin?.id);
  }

  private async make(
    tx: Tx,
    { merchantId, employeeId }: MerchantCaller,
    input: CreatePaymentCharge,
    id: string,
    origin: Origin | undefined,
  ): Promise<Outcome<PaymentCharge>> {
    const authorization = await this.lockAuthorization(tx, merchantId, input);
    const references = await findReferences(tx, merchantId, input);
    const { errors, charge } = draftCharge(input, references, authorization, this.clock.now());
    checkSecret(errors, this.secrets, input.providerSecret);
    if (errors.all.length > 0) return refused(...errors.all);

    if (authorization && charge.capturedAuthorizationId !== null) {
      await this.authorizations.capture(tx, authorization, charge, employeeId);
    }
    const key = { merchantId, id };
    const secret = changeSecret(this.secrets, input.providerSecret, key, null);
    const values = { ...charge, ...secret, ...key, employeeId };
    return done(await insertPayment(tx, paymentChargeRecord, values, origin?.at));
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
    return updateOnce(this.database, id, noSuchCharge, {
      find: (tx, uuid) => this.store.find(tx, caller.merchantId, uuid),
      change: (tx, uuid) => this.change(tx, caller, uuid, input),
    });
  }

  private async change(
    tx: Tx,
    { merchantId, employeeId }: MerchantCaller,
    id: string,
    input: UpdatePaymentCharge,
  ): Promise<Outcome<PaymentCharge>> {
    // What may capture, or be held against the authorization, locks it first.
    const meetsAuthorization = input.status === "SUCCEEDED" || input.provider != null;
    const authorization = meetsAuthorization
      ? await this.authorizations.lockByCharge(tx, merchantId, id)
      : null;
    const charge = await this.store.lock(tx, merchantId, id);
    if (charge === null) throw noSuchCharge(id);
    const { paymentMethodId } = input;
    const paymentMethod =
      paymentMethodId == null
        ? null
        : (await findReferences(tx, merchantId, { paymentMethodId })).paymentMethod;

    const now = this.clock.now();
    const { errors, ...change } = changeCharge(input, {
      charge,
      authorization,
      paymentMethod,
      now,
    });
    checkSecret(errors, this.secrets, input.providerSecret);
    const secret = changeSecret(this.secrets, input.providerSecret, charge, charge);
    const changes = { ...change.changes, ...secret };
    const isChanged = Object.keys(changes).length > 0;
    checkNotStale(errors, input.expectedUpdatedAt, charge);
    if (errors.all.length > 0) return refused(...errors.all);
    if (!isChanged) return done(charge);

    if (authorization && change.capture) {
      await this.authorizations.capture(tx, authorization, change.capture, employeeId);
    }
    return done(await updatePayment(tx, paymentChargeRecord, charge, changes, employeeId));
  }
}

function noSuchCharge(id: string): AppError {
  return new AppError("NOT_FOUND", `There is no payment charge with the id ${id}.`);
}
