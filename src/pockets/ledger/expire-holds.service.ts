import type { Database } from "../../database/database.js";
import { type LastStatement, inTransaction } from "../../database/transaction.js";
import type { PhoneNumber } from "../../shared/phone-number.js";
import type { LedgerStore, PocketOfLedger } from "./ledger.store.js";
import { OpenLedger } from "./open-ledger.js";

/** The maximum number of holds that one query finds. */
const HOLDS_AT_ONCE = 100;

/**
 * Closes holds whose time has passed, so that their expiry becomes an event soon. Nothing else depends on it: an expired
 * hold reserves nothing, and the next change of its pocket closes it too.
 */
export class ExpireHolds {
  constructor(
    private readonly database: Database,
    private readonly store: LedgerStore,
  ) {}

  /** Closes the holds that have expired by now. */
  async expireDue(): Promise<void> {
    let due: PocketOfLedger[];
    do {
      due = await this.store.findExpired(HOLDS_AT_ONCE);
      const groupIds = new Set(due.map(({ pocketGroupId }) => pocketGroupId));
      for (const pocketGroupId of groupIds) {
        const own = due.filter((pocket) => pocket.pocketGroupId === pocketGroupId);
        await this.expire(
          pocketGroupId,
          own.map(({ phoneNumber }) => phoneNumber),
        );
      }
    } while (due.length > 0);
  }

  private expire(pocketGroupId: string, phoneNumbers: readonly PhoneNumber[]): Promise<void> {
    const nothing = { tokens: [], reversedTokens: [], references: [] };
    const wanted = { phoneNumbers, ...nothing, needsHolds: "ALWAYS" } as const;
    return inTransaction(this.database.pool, async (tx): Promise<void | LastStatement<void>> => {
      const ledger = await this.store.lookUp(tx, pocketGroupId, wanted);
      const open = new OpenLedger(pocketGroupId, ledger);
      open.closeExpired();
      if (open.changedPockets.size === 0) return;
      return this.store.write(tx, pocketGroupId, ledger, open, undefined);
    });
  }
}
