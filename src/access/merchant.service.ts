import { type Author, auditOf } from "../records/audit.js";
import { AppError } from "../shared/errors.js";
import { present } from "../shared/assert.js";
import {
  type Outcome,
  UserErrors,
  changedValues,
  done,
  given,
  refused,
} from "../shared/user-error.js";
import { newId, parseUuid } from "../shared/uuid.js";
import type { Merchant } from "./merchant.record.js";
import type { MerchantStore } from "./merchant.store.js";
import type { TokensInUse } from "./tokens-in-use.store.js";

export interface CreateMerchant {
  readonly name: string;
  readonly defaultCurrency?: string | null | undefined;
}

export interface UpdateMerchant {
  readonly name?: string | null | undefined;
  readonly isActive?: boolean | null | undefined;
  readonly defaultCurrency?: string | null | undefined;
}

export class MerchantService {
  constructor(
    private readonly store: MerchantStore,
    private readonly tokensInUse: TokensInUse,
  ) {}

  async find(id: string): Promise<Merchant | null> {
    const uuid = parseUuid(id);
    return uuid === null ? null : this.store.find(uuid);
  }

  /** @throws AppError NOT_FOUND. */
  async get(id: string): Promise<Merchant> {
    const merchant = await this.find(id);
    if (merchant === null)
      throw new AppError("NOT_FOUND", `There is no merchant with the id ${id}.`);
    return merchant;
  }

  /** True if no merchant was ever created. */
  isEmpty(): Promise<boolean> {
    return this.store.isEmpty();
  }

  /** @param by the caller; null for the program itself. */
  async create(
    input: CreateMerchant,
    by: Author = null,
    id: string = newId(),
  ): Promise<Outcome<Merchant>> {
    const errors = new UserErrors();
    errors.checkName("name", input.name);
    errors.checkCurrency("defaultCurrency", input.defaultCurrency);
    if (errors.all.length > 0) return refused(...errors.all);
    const { name, defaultCurrency } = input;
    const merchant = { id, name, ...(defaultCurrency ? { defaultCurrency } : {}) };
    return done(await this.store.insert(merchant, auditOf(by, "createMerchant")));
  }

  /** @param by the caller; null for the program itself. @throws AppError NOT_FOUND. */
  async update(id: string, input: UpdateMerchant, by: Author = null): Promise<Outcome<Merchant>> {
    const merchant = await this.get(id);
    const errors = new UserErrors();
    for (const [field, value] of Object.entries(input)) errors.refuseNull(field, value);
    errors.checkName("name", input.name);
    const changes = changedValues(merchant, given(input));
    errors.checkCurrency("defaultCurrency", changes.defaultCurrency);
    if (errors.all.length > 0) return refused(...errors.all);
    if (Object.keys(changes).length === 0) return done(merchant);
    const audit = auditOf(by, "updateMerchant");
    const updated = await this.store.update(merchant.id, changes, audit);
    this.tokensInUse.forget();
    return done(present(updated, "the updated merchant"));
  }
}
