import { type Caller, isOperator } from "../callers/caller.js";
import { auditOf } from "../records/audit.js";
import { AppError } from "../shared/errors.js";
import { readPhoneNumber } from "../shared/phone-number.js";
import { describePhoneNumbers } from "../shared/phone-number-region.js";
import {
  type Outcome,
  UserErrors,
  changedValues,
  done,
  given,
  givenOrNull,
  refused,
} from "../shared/user-error.js";
import type { PocketFreeze } from "./ledger/pocket-freeze.js";
import type { PocketGroup } from "./pocket-group.record.js";
import { type PocketGroupService, inactive } from "./pocket-group.service.js";
import type { Pocket } from "./pocket.record.js";
import type { PocketKey, PocketStore } from "./pocket.store.js";

/** The changes of a pocket. Omitted fields keep their values. */
export interface UpdatePocket {
  readonly freeze?: PocketFreeze | null | undefined;
  /** Null removes the reason. */
  readonly reason?: string | null | undefined;
}

/** In characters. */
const MAX_REASON_LENGTH = 500;

export class PocketService {
  constructor(
    private readonly store: PocketStore,
    private readonly groups: PocketGroupService,
  ) {}

  /**
   * Finds a pocket by its phone number, in any form that charges accept, or in the international form of any country:
   * a group keeps its pockets when its region changes.
   *
   * @returns null if the number has no pocket in the group.
   * @throws AppError BAD_USER_INPUT if it is not a mobile number, NOT_FOUND for an unknown group, FORBIDDEN for a group
   *   that is not granted.
   */
  async find(pocketGroupSlug: string, phoneNumber: string, caller: Caller): Promise<Pocket | null> {
    return this.findFirst(await this.keysFor(pocketGroupSlug, phoneNumber, caller));
  }

  /**
   * The keys that the pocket of a number may have.
   *
   * @throws AppError as `find`.
   */
  async keysFor(
    pocketGroupSlug: string,
    phoneNumber: string,
    caller: Caller,
  ): Promise<readonly PocketKey[]> {
    return keysOf(await this.groups.get(pocketGroupSlug, caller), phoneNumber);
  }

  /** The pocket with the first of the keys that has one. */
  async findFirst(keys: readonly PocketKey[]): Promise<Pocket | null> {
    const found = await this.store.findByKeys(keys);
    const pockets = keys.map((key) => found.find((one) => one.phoneNumber === key.phoneNumber));
    return pockets.find((pocket) => pocket !== undefined) ?? null;
  }

  /**
   * Freezes a pocket or lifts its freeze. A charge, debit or hold that begins after this has returned is settled with
   * the new freeze.
   *
   * @param phoneNumber as in `find`.
   * @throws AppError NOT_FOUND for an unknown group or a number without a pocket, FORBIDDEN for a merchant if the group
   *   is not granted or not active, BAD_USER_INPUT if it is not a mobile number.
   */
  async update(
    pocketGroupSlug: string,
    phoneNumber: string,
    { freeze, reason }: UpdatePocket,
    caller: Caller,
  ): Promise<Outcome<Pocket>> {
    const group = await this.groups.get(pocketGroupSlug, caller);
    if (!group.isActive && !isOperator(caller)) throw inactive(pocketGroupSlug);
    const errors = new UserErrors();
    errors.refuseNull("freeze", freeze);
    errors.checkLength("reason", reason, MAX_REASON_LENGTH);
    const keys = keysOf(group, phoneNumber);
    if (errors.all.length > 0) return refused(...errors.all);
    const values = { ...given({ freezeScope: freeze }), ...givenOrNull({ freezeReason: reason }) };
    const audit = auditOf(caller, "updatePocket");
    for (const key of keys) {
      const pocket = await this.store.change(key, (one) => changedValues(one, values), audit);
      if (pocket !== null) return done(pocket);
    }
    throw new AppError("NOT_FOUND", `This number has no pocket in ${pocketGroupSlug}.`);
  }
}

/**
 * The keys that a pocket may have.
 *
 * @throws AppError BAD_USER_INPUT if it is not a mobile number.
 */
function keysOf({ id, phoneNumberRegion }: PocketGroup, phoneNumber: string): PocketKey[] {
  const numbers = [phoneNumberRegion, null]
    .map((region) => readPhoneNumber(phoneNumber, region))
    .filter((number) => number !== null);
  if (numbers.length > 0)
    return [...new Set(numbers)].map((number) => ({ pocketGroupId: id, phoneNumber: number }));
  const expected = describePhoneNumbers(phoneNumberRegion);
  throw new AppError("BAD_USER_INPUT", `phoneNumber must be ${expected}.`, {
    argument: "phoneNumber",
  });
}
