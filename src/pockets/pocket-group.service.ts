import { type Caller, type MerchantCaller, isOperator } from "../callers/caller.js";
import type { MerchantService } from "../access/merchant.service.js";
import { type Author, auditOf } from "../records/audit.js";
import type { Database } from "../database/database.js";
import { isUniqueViolation } from "../database/failure.js";
import { type Tx, inTransaction } from "../database/transaction.js";
import { present } from "../shared/assert.js";
import { AppError } from "../shared/errors.js";
import {
  type Outcome,
  UserErrors,
  done,
  differing,
  given,
  givenOrNull,
  refused,
} from "../shared/user-error.js";
import { newId } from "../shared/uuid.js";
import type { ChargeLimits } from "./pocket-charge.js";
import { type PocketGroupLimits, checkLimits, checkSlug } from "./pocket-group.js";
import type { PocketGroup } from "./pocket-group.record.js";
import type { PocketGroupStore } from "./pocket-group.store.js";

export interface CreatePocketGroup extends PocketGroupLimits {
  readonly slug: string;
  readonly name: string;
  readonly currency?: string | null | undefined;
}

export interface UpdatePocketGroup extends PocketGroupLimits {
  readonly name?: string | null | undefined;
  readonly isActive?: boolean | null | undefined;
}

/** A merchant and the slug of the group that it charges. */
interface Charging {
  readonly merchantId: string;
  readonly pocketGroupSlug: string;
}

/** Who may charge a group, as one transaction sees it. */
export interface ChargePermits {
  readonly limits: ChargeLimits;
  /** @returns why the merchant may not charge the group; null when it may. */
  refusalOf(charging: Charging): AppError | null;
}

/** How many groups, and pairs of merchant and group, are remembered. */
const MAX_KNOWN = 10_000;

export class PocketGroupService {
  /** The group of a slug, which is the same for ever. */
  private readonly ids = new Map<string, string>();
  /** Merchant and slug of what could be charged when it was looked at last. */
  private readonly chargeable = new Set<string>();

  constructor(
    private readonly database: Database,
    private readonly store: PocketGroupStore,
    private readonly merchants: MerchantService,
  ) {}

  /**
   * @returns null when there is no such group.
   * @throws AppError FORBIDDEN when it is not granted to the caller's merchant. Operators read all.
   */
  async find(slug: string, caller: Caller): Promise<PocketGroup | null> {
    const group = await this.store.findBySlug(slug);
    if (group !== null) await this.requireGrant(group, caller);
    return group;
  }

  /** As `find`, for whatever lies in a group. @throws AppError NOT_FOUND when there is no such group. */
  async get(slug: string, caller: Caller): Promise<PocketGroup> {
    const group = await this.find(slug, caller);
    if (group === null) throw noSuchGroup(slug);
    return group;
  }

  /** @throws AppError NOT_FOUND when there is no such group. */
  async idOf(slug: string): Promise<string> {
    const known = this.ids.get(slug);
    if (known !== undefined) return known;
    const { id } = await this.getAny(slug);
    if (this.ids.size >= MAX_KNOWN) this.ids.clear();
    this.ids.set(slug, id);
    return id;
  }

  /**
   * The id of a group that the merchant may charge, as far as this server knows: it has been so
   * before. What it is now is for `permitsToCharge` to say.
   *
   * @throws AppError NOT_FOUND when there is no such group, FORBIDDEN when it is not granted or inactive.
   */
  async idOfChargeable(slug: string, caller: MerchantCaller): Promise<string> {
    const key = chargeableKey(caller.merchantId, slug);
    if (this.chargeable.has(key)) return this.idOf(slug);
    const group = await this.get(slug, caller);
    if (!group.isActive) throw inactive(slug);
    if (this.chargeable.size >= MAX_KNOWN) this.chargeable.clear();
    this.chargeable.add(key);
    return group.id;
  }

  /** Who of the merchants may charge the group in this transaction, and within which limits. */
  async permitsToCharge(
    tx: Tx,
    id: string,
    merchantIds: readonly string[],
  ): Promise<ChargePermits> {
    const { grantedTo, ...group } = await this.store.findWithGrants(tx, id, merchantIds);
    return {
      limits: group,
      refusalOf: ({ merchantId, pocketGroupSlug: slug }) => {
        if (!grantedTo.includes(merchantId)) return notGranted(slug);
        return group.isActive ? null : inactive(slug);
      },
    };
  }

  /** Has the merchant's next charge look the group up again, before a transaction. */
  forgetChargeable({ merchantId, pocketGroupSlug }: Charging): void {
    this.chargeable.delete(chargeableKey(merchantId, pocketGroupSlug));
  }

  /** @param by who makes it; left out by the program itself. */
  async create(
    input: CreatePocketGroup,
    by: Author = null,
    id: string = newId(),
  ): Promise<Outcome<PocketGroup>> {
    const errors = new UserErrors();
    checkSlug(errors, input.slug);
    errors.checkName("name", input.name);
    errors.checkCurrency("currency", input.currency);
    checkLimits(errors, input);
    const { slug, name, currency, ...limits } = input;
    const taken = { code: "TAKEN", message: `There is a pocket group ${slug} already.` } as const;
    if ((await this.store.findBySlug(slug)) !== null) errors.add(taken.code, "slug", taken.message);
    if (errors.all.length > 0) return refused(...errors.all);
    const group = { id, slug, name, ...given({ currency, ...limits }) };
    try {
      await this.store.insert(group, auditOf(by, "createPocketGroup"));
    } catch (error) {
      // Taken since it was looked for.
      if (!isUniqueViolation(error)) throw error;
      return refused({ ...taken, field: ["slug"] });
    }
    return done(present(await this.store.findBySlug(slug), "the group just made"));
  }

  /**
   * Null takes a limit away.
   *
   * @param by who changes it; left out by the program itself.
   * @throws AppError NOT_FOUND.
   */
  async update(
    slug: string,
    input: UpdatePocketGroup,
    by: Author = null,
  ): Promise<Outcome<PocketGroup>> {
    const { id } = await this.getAny(slug);
    const audit = auditOf(by, "updatePocketGroup");
    const { name, isActive, ...limits } = input;
    return inTransaction(this.database.pool, async (tx) => {
      // Locked, since the limits given now must fit those that are there when they are written.
      const group = await this.store.lock(tx, id);
      const errors = new UserErrors();
      errors.refuseNull("name", name);
      errors.refuseNull("isActive", isActive);
      errors.checkName("name", name);
      checkLimits(errors, limits, group);
      if (errors.all.length > 0) return refused(...errors.all);
      const wanted = { ...given({ name, isActive }), ...givenOrNull(limits) };
      const changes = differing(group, wanted);
      if (Object.keys(changes).length === 0) return done(group);
      return done(await this.store.update(tx, group, changes, audit));
    });
  }

  /** Lets a merchant charge and read the group's pockets. @throws AppError NOT_FOUND for either. */
  async grant(slug: string, merchantId: string, by: Author = null): Promise<PocketGroup> {
    const [group, merchant] = [await this.getAny(slug), await this.merchants.get(merchantId)];
    const grant = { pocketGroupId: group.id, merchantId: merchant.id };
    await this.store.grant(grant, auditOf(by, "grantPocketGroup"));
    return group;
  }

  /** Ends what `grant` began; charges that were made stay. @throws AppError NOT_FOUND for either. */
  async revoke(slug: string, merchantId: string, by: Author = null): Promise<PocketGroup> {
    const [group, merchant] = [await this.getAny(slug), await this.merchants.get(merchantId)];
    const grant = { pocketGroupId: group.id, merchantId: merchant.id };
    await this.store.revoke(grant, auditOf(by, "revokePocketGroup"));
    return group;
  }

  private async getAny(slug: string): Promise<PocketGroup> {
    const group = await this.store.findBySlug(slug);
    if (group === null) throw noSuchGroup(slug);
    return group;
  }

  private async requireGrant(group: PocketGroup, caller: Caller): Promise<void> {
    if (isOperator(caller)) return;
    const { merchantId } = caller;
    if (
      merchantId !== null &&
      (await this.store.isGranted({ pocketGroupId: group.id, merchantId }))
    )
      return;
    throw notGranted(group.slug);
  }
}

function chargeableKey(merchantId: string, slug: string): string {
  return `${merchantId}/${slug}`;
}

export function notGranted(slug: string): AppError {
  return new AppError("FORBIDDEN", `The pocket group ${slug} is not granted to your merchant.`);
}

function inactive(slug: string): AppError {
  return new AppError("FORBIDDEN", `The pocket group ${slug} is inactive: it takes no charges.`);
}

function noSuchGroup(slug: string): AppError {
  return new AppError("NOT_FOUND", `There is no pocket group ${JSON.stringify(slug)}.`);
}
