import type { MerchantCaller } from "../callers/caller.js";
import type { Database } from "../database/database.js";
import { LastStatement, type Tx, waitForAll } from "../database/transaction.js";
import { type Audit, relatedAudit } from "../records/audit.js";
import { AppError } from "../shared/errors.js";
import type { Origin } from "../shared/origin.js";
import { type Outcome, type UserErrors, done, refused } from "../shared/user-error.js";
import { parseUuid } from "../shared/uuid.js";
import { type CreationContext, type Draft, createOnce } from "./create-once.service.js";
import type { CreateInput, PaymentRow, UpdateInput } from "./payment-kind.js";
import { checkNotStale } from "./payment-input.js";
import type { References } from "./payment-references.js";
import { findReferences } from "./payment-reference.store.js";
import type { PaymentsOf } from "./payment-kind.store.js";
import {
  type ProviderSecrets,
  changeSecret,
  checkSecret,
  sealNew,
} from "./secrets/provider-secrets.js";
import { type Ending, updateOnce } from "./update-once.service.js";

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

/**
 * Creates and updates the payments of one kind: charges, refunds or authorizations. A subclass defines which records
 * are locked first, which rule applies, and which related records are written.
 */
export abstract class PaymentKindService<
  P extends PaymentRow,
  Create extends CreateInput,
  Update extends UpdateInput,
> {
  /** @param noun the name of the kind in error messages. */
  constructor(
    private readonly noun: string,
    private readonly database: Database,
    private readonly store: PaymentsOf<P>,
    private readonly secrets: ProviderSecrets,
  ) {}

  /** Locks the records that a new payment depends on. @returns the rule that drafts it; it may run several times. */
  protected abstract lockForCreate(
    tx: Tx,
    caller: MerchantCaller,
    input: Create,
  ): Promise<DraftRule> | DraftRule;

  /** Locks the records that must be locked before the payment. @returns the rule that changes it. */
  protected abstract lockForUpdate(
    tx: Tx,
    caller: MerchantCaller,
    id: string,
    input: Update,
  ): Promise<ChangeRule<P>> | ChangeRule<P>;

  /** @returns null for an unknown id, and for another merchant's payment. */
  find({ merchantId }: MerchantCaller, id: string): Promise<P | null> {
    return this.store.find(merchantId, id);
  }

  /**
   * Creates a payment and updates its related payment in the same transaction.
   *
   * @param origin the id and the creation time of an imported record; new ones by default.
   */
  create(caller: MerchantCaller, input: Create, origin?: Origin): Promise<Outcome<P>> {
    const creation = {
      operation: `create${this.store.record.name}`,
      store: this.store,
      draft: (tx: Tx, id: string, audit: Audit) =>
        this.draft(tx, caller, input, { id, audit, at: origin?.at }),
      secrets: this.secrets,
    };
    return createOnce(this.database, caller, input, creation, origin?.id);
  }

  private async draft(
    tx: Tx,
    caller: MerchantCaller,
    input: Create,
    { id, audit, at }: CreationContext,
  ): Promise<Draft<P>> {
    const { merchantId, employeeId } = caller;
    const [rule, references] = await waitForAll(
      this.lockForCreate(tx, caller, input),
      findReferences(tx, merchantId, input),
    );
    const { errors, values, writeRelated } = rule(references);
    checkSecret(errors, this.secrets, input.providerSecret);
    const write = (): LastStatement<Outcome<P>> => {
      const key = { merchantId, id };
      const secret = sealNew(this.secrets, input.providerSecret, key);
      const payment = { ...values, ...secret, ...key, employeeId };
      return new LastStatement(async () => {
        const [, created] = await waitForAll(
          writeRelated?.(relatedAudit(audit)),
          this.store.insert(tx, payment, audit, at),
        );
        return done(created);
      });
    };
    return { errors, references, valuesFor: (found) => rule(found).values, write };
  }

  /**
   * Updates a payment and its related payment in the same transaction. Omitted fields stay unchanged; null clears a
   * field.
   *
   * @throws AppError NOT_FOUND.
   */
  async update(caller: MerchantCaller, id: string, input: Update): Promise<Outcome<P>> {
    const uuid = parseUuid(id);
    if (uuid === null) throw this.missing(id);
    return updateOnce(this.database, caller, {
      operation: `update${this.store.record.name}`,
      id: uuid,
      store: this.store,
      change: (tx, audit) => this.change(tx, caller, uuid, input, audit),
    });
  }

  private async change(
    tx: Tx,
    caller: MerchantCaller,
    id: string,
    input: Update,
    audit: Audit,
  ): Promise<Ending<P>> {
    const { merchantId, employeeId } = caller;
    const [rule, payment] = await waitForAll(
      this.lockForUpdate(tx, caller, id, input),
      this.store.lock(tx, merchantId, id),
    );
    if (payment === null) throw this.missing(id);
    const { errors, changes, writeRelated } = rule(payment);
    checkSecret(errors, this.secrets, input.providerSecret);
    const secret = changeSecret(this.secrets, caller, input.providerSecret, payment);
    const values = { ...changes, ...secret };
    checkNotStale(errors, input.expectedUpdatedAt, payment);
    if (errors.all.length > 0) return refused(...errors.all);
    if (Object.keys(values).length === 0) return done(payment);
    return new LastStatement(async () => {
      const [, updated] = await waitForAll(
        writeRelated?.(relatedAudit(audit)),
        this.store.update(tx, payment, values, employeeId, audit),
      );
      return done(updated);
    });
  }

  private missing(id: string): AppError {
    return new AppError("NOT_FOUND", `There is no ${this.noun} with the id ${id}.`);
  }
}
