import type { MerchantCaller } from "../callers/caller.js";
import type { Composed } from "../app/services.js";
import { instantDaysAgo } from "./days-ago.js";
import { DAYS } from "./demo-records.js";

const COUNT = 72;
const POCKET_COUNT = 6;

/**
 * A year of charges of a few pockets, to trace, to list and to group. Their tokens are fixed, so that seeding again is
 * refused as a duplicate.
 */
export class DemoPocketCharges {
  constructor(
    private readonly services: Composed["services"],
    private readonly caller: MerchantCaller,
  ) {}

  /** Leaves a pocket that has later charges unchanged. */
  async seed(pocketGroupSlug: string): Promise<void> {
    const now = Date.now();
    const pockets = Array.from({ length: POCKET_COUNT }, (_, pocket) => pocket);
    await Promise.all(
      pockets.map(async (pocket) => {
        // In the order of their times, as in every pocket.
        for (let index = pocket; index < COUNT; index += POCKET_COUNT) {
          const charge = {
            token: demoPocketChargeToken(index),
            phoneNumber: demoPhoneNumber(pocket),
            amount: 5_000 + ((index * 7_919) % 20) * 2_500,
          };
          const at = instantDaysAgo(now, DAYS - (index * DAYS) / COUNT);
          await this.services.chargeInThePast.charge(this.caller, pocketGroupSlug, charge, at);
        }
      }),
    );
  }
}

export function demoPocketChargeToken(index: number): string {
  return `01988f7a-0007-7000-8000-${index.toString(16).padStart(12, "0")}`;
}

export function demoPhoneNumber(pocket: number): string {
  return `9891211100${String(pocket + 1).padStart(2, "0")}`;
}
