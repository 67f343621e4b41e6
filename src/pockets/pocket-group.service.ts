import { type Caller, type MerchantCaller, isOperator } from "../callers/caller.js";
import type { MerchantService } from "../access/merchant.service.js";
import { type Author, auditOf } from "../records/audit.js";
import { isUniqueViolation } from "../database/failure.js";
import type { Tx } from "../database/transaction.js";
import { AppError } from "../shared/errors.js";
import {
  type Outcome,
  UserErrors,
  done,
  given,
  givenOrNull,
  refused,
} from "../shared/user-error.js";
import { isTimeZone } from "../shared/time-zone.js";
import { newId } from "../shared/uuid.js";
import type {
  Acting,
  GroupPermits,
  LedgerGroups,
  UsableGroup,
} from "./ledger/ledger-groups.service.js";
import { checkPeriodLimits } from "./ledger/period-limit.js";
import { type CreatePocketGroup, type UpdatePocketGroup, changesOf } from "./pocket-group-input.js";
import { checkLimits, checkRegion, checkSlug, checkTimeZone } from "./pocket-group.js";
import type { PocketGroup } from "./pocket-group.record.js";
import type { PocketGroupStore } from "./pocket-group.store.js";

/** The maximum number of cached groups, and of cached pairs of merchant and group. */
const MAX_KNOWN = 10_000;

export class PocketGroupService implements LedgerGroups {
  /** The groups as they were last read, by slug. A slug never changes its group. */
  private readonly known = new Map<string, UsableGroup>();
  /** The pairs of merchant and slug that could be used when last checked. */
  private readonly usableKeys = new Set<string>();

  constructor(
    private readonly store: PocketGroupStore,
    private readonly merchants: MerchantService,
  ) {}

  /**
   * @returns null if there is no such group.
   * @throws AppError FORBIDDEN if it is not granted to the caller's merchant. Operators read all.
   */
  async find(slug: string, caller: Caller): Promise<PocketGroup | null> {
    const group = await this.store.findBySlug(slug);
    if (group !== null) await this.requireGrant(group, caller);
    return group;
  }

  /** Like `find`. @throws AppError NOT_FOUND if there is no such group. */
  async get(slug: string, caller: Caller): Promise<PocketGroup> {
    const group = await this.find(slug, caller);
    if (group === null) throw noSuchGroup(slug);
    return group;
  }

  /** @throws AppError NOT_FOUND if there is no such group. */
  async idOf(slug: string): Promise<string> {
    return (await this.knownOf(slug)).id;
  }

  private async knownOf(slug: string): Promise<UsableGroup> {
    return this.known.get(slug) ?? this.remember(await this.getAny(slug));
  }

  private remember({ slug, id, phoneNumberRegion }: PocketGroup): UsableGroup {
    const group = { id, phoneNumberRegion };
    if (this.known.size >= MAX_KNOWN) this.known.clear();
    this.known.set(slug, group);
    return group;
  }

  /** Makes the next request for the group read it again. */
  forget(slug: string): void {
    this.known.delete(slug);
  }

  /**
   * A group whose pockets the merchant may change, possibly according to an earlier check. The transaction must check the current
   * state with `permitsFor`.
   *
   * @throws AppError NOT_FOUND if there is no such group, FORBIDDEN if it is not granted or inactive.
   */
  async usable(slug: string, caller: MerchantCaller): Promise<UsableGroup> {
    const key = usableKey(caller.merchantId, slug);
    if (this.usableKeys.has(key)) return this.knownOf(slug);
    const group = await this.get(slug, caller);
    if (!group.isActive) throw inactive(slug);
    if (this.usableKeys.size >= MAX_KNOWN) this.usableKeys.clear();
    this.usableKeys.add(key);
    return this.remember(group);
  }

  /** Which of the merchants may change the group's pockets in this transaction, and within which limits. */
  async permitsFor(tx: Tx, id: string, merchantIds: readonly string[]): Promise<GroupPermits> {
    const { grantedTo, ...group } = await this.store.findWithGrants(tx, id, merchantIds);
    return {
      limits: group,
      refusalOf: ({ merchantId, pocketGroupSlug: slug }) => {
        if (!grantedTo.includes(merchantId)) return notGranted(slug);
        return group.isActive ? null : inactive(slug);
      },
    };
  }

  /** Makes the merchant's next request check the group again before its transaction. */
  forgetUsable({ merchantId, pocketGroupSlug }: Acting): void {
    this.usableKeys.delete(usableKey(merchantId, pocketGroupSlug));
  }

  /** @param by the caller; null for the program itself. */
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
    const { slug, name, currency, phoneNumberRegion, hasUniqueReferences, ...rest } = input;
    const { timeZone, periodLimits: sentLimits, ...limits } = rest;
    const region = checkRegion(errors, phoneNumberRegion);
    checkTimeZone(errors, timeZone, await this.knowsTimeZone(timeZone));
    const periodLimits = checkPeriodLimits(errors, sentLimits);
    const taken = { code: "TAKEN", message: `There is a pocket group ${slug} already.` } as const;
    if ((await this.store.findBySlug(slug)) !== null) errors.add(taken.code, "slug", taken.message);
    if (errors.all.length > 0) return refused(...errors.all);
    const group = {
      id,
      slug,
      name,
      ...given({ currency, hasUniqueReferences, timeZone, ...limits }),
      ...givenOrNull({ ...region, periodLimits }),
    };
    try {
      return done(await this.store.insert(group, auditOf(by, "createPocketGroup")));
    } catch (error) {
      // Another request took the slug after the check.
      if (!isUniqueViolation(error)) throw error;
      return refused({ ...taken, field: ["slug"] });
    }
  }

  /**
   * Null removes a limit.
   *
   * @param by the caller; null for the program itself.
   * @throws AppError NOT_FOUND.
   */
  async update(
    slug: string,
    input: UpdatePocketGroup,
    by: Author = null,
  ): Promise<Outcome<PocketGroup>> {
    const { id } = await this.getAny(slug);
    const isKnownZone = await this.knowsTimeZone(input.timeZone);
    let errors = new UserErrors();
    // Check the new limits against the locked group, so that they fit its current limits.
    const decide = (group: PocketGroup) => {
      errors = new UserErrors();
      return changesOf(errors, group, input, isKnownZone);
    };
    const group = await this.store.update(id, decide, auditOf(by, "updatePocketGroup"));
    return errors.all.length > 0 ? refused(...errors.all) : done(group);
  }

  /** Lets a merchant charge and read the group's pockets. @throws AppError NOT_FOUND for group or merchant. */
  async grant(slug: string, merchantId: string, by: Author = null): Promise<PocketGroup> {
    const [group, merchant] = [await this.getAny(slug), await this.merchants.get(merchantId)];
    const grant = { pocketGroupId: group.id, merchantId: merchant.id };
    await this.store.grant(grant, auditOf(by, "grantPocketGroup"));
    return group;
  }

  /** Revokes a grant. Existing charges stay. @throws AppError NOT_FOUND for group or merchant. */
  async revoke(slug: string, merchantId: string, by: Author = null): Promise<PocketGroup> {
    const [group, merchant] = [await this.getAny(slug), await this.merchants.get(merchantId)];
    const grant = { pocketGroupId: group.id, merchantId: merchant.id };
    await this.store.revoke(grant, auditOf(by, "revokePocketGroup"));
    return group;
  }

  /** Whether PostgreSQL, which computes the days and months, knows a time zone. */
  private knowsTimeZone(timeZone: string | null | undefined): Promise<boolean> {
    return typeof timeZone === "string" && isTimeZone(timeZone)
      ? this.store.knowsTimeZone(timeZone)
      : Promise.resolve(false);
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

function usableKey(merchantId: string, slug: string): string {
  return `${merchantId}/${slug}`;
}

export function notGranted(slug: string): AppError {
  return new AppError("FORBIDDEN", `The pocket group ${slug} is not granted to your merchant.`);
}

export function inactive(slug: string): AppError {
  return new AppError(
    "FORBIDDEN",
    `The pocket group ${slug} is inactive: its pockets cannot be changed.`,
  );
}

function noSuchGroup(slug: string): AppError {
  return new AppError("NOT_FOUND", `There is no pocket group ${JSON.stringify(slug)}.`);
}
