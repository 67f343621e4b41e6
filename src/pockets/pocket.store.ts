import type { Database } from "../database/database.js";
import { batchedLookUp } from "../database/look-ups.js";
import { findByKeys } from "../records/record.js";
import { type Pocket, pocketRecord } from "./pocket.record.js";

/** The key of a pocket: its group and its phone number in stored form. */
export interface PocketKey {
  readonly pocketGroupId: string;
  readonly phoneNumber: string;
}

export class PocketStore {
  constructor(private readonly database: Database) {}

  findByKeys(keys: readonly PocketKey[]): Promise<Pocket[]> {
    return batchedLookUp<PocketKey, Pocket>(
      this.database.pool,
      "pockets",
      keys,
      ({ pocketGroupId, phoneNumber }) => `${pocketGroupId} ${phoneNumber}`,
      (wanted) => this.readByKeys(wanted),
    );
  }

  private readByKeys(keys: readonly PocketKey[]): Promise<Pocket[]> {
    const pocketGroupIds = keys.map(({ pocketGroupId }) => pocketGroupId);
    const phoneNumbers = keys.map(({ phoneNumber }) => phoneNumber);
    return findByKeys(
      this.database.pool,
      pocketRecord,
      [],
      [
        { column: "pocket_group_id", type: "uuid", values: pocketGroupIds },
        { column: "phone_number", type: "text", values: phoneNumbers },
      ],
      "find_pockets",
    );
  }
}
