import type { Caller } from "../callers/caller.js";
import { AppError } from "../shared/errors.js";
import { parsePhoneNumber } from "../shared/phone-number.js";
import type { PocketGroupService } from "./pocket-group.service.js";
import type { Pocket } from "./pocket.record.js";
import type { PocketStore } from "./pocket.store.js";

export class PocketService {
  constructor(
    private readonly store: PocketStore,
    private readonly groups: PocketGroupService,
  ) {}

  /**
   * Finds a pocket by its phone number, in any form that charges accept.
   *
   * @returns null if the number has no pocket in the group.
   * @throws AppError BAD_USER_INPUT if it is not an Iranian mobile number, NOT_FOUND for an unknown group, FORBIDDEN
   *   for a group that is not granted.
   */
  async find(pocketGroupSlug: string, phoneNumber: string, caller: Caller): Promise<Pocket | null> {
    const group = await this.groups.get(pocketGroupSlug, caller);
    const number = parsePhoneNumber(phoneNumber);
    if (number === null) {
      throw new AppError(
        "BAD_USER_INPUT",
        "phoneNumber must be an Iranian mobile number, such as 989123456789.",
        { argument: "phoneNumber" },
      );
    }
    return (
      (await this.store.findByKeys([{ pocketGroupId: group.id, phoneNumber: number }]))[0] ?? null
    );
  }
}
