import type { Caller } from "../callers/caller.js";
import { AppError } from "../shared/errors.js";
import { readPhoneNumber } from "../shared/phone-number.js";
import { describePhoneNumbers } from "../shared/phone-number-region.js";
import type { PocketGroupService } from "./pocket-group.service.js";
import type { Pocket } from "./pocket.record.js";
import type { PocketStore } from "./pocket.store.js";

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
    const group = await this.groups.get(pocketGroupSlug, caller);
    const { phoneNumberRegion } = group;
    const keys = [phoneNumberRegion, null]
      .map((region) => readPhoneNumber(phoneNumber, region))
      .filter((number) => number !== null)
      .map((number) => ({ pocketGroupId: group.id, phoneNumber: number }));
    if (keys.length === 0) {
      const expected = describePhoneNumbers(phoneNumberRegion);
      throw new AppError("BAD_USER_INPUT", `phoneNumber must be ${expected}.`, {
        argument: "phoneNumber",
      });
    }
    const found = await this.store.findByKeys(keys);
    const pockets = keys.map((key) => found.find((one) => one.phoneNumber === key.phoneNumber));
    return pockets.find((pocket) => pocket !== undefined) ?? null;
  }
}
