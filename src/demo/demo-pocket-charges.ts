import type { MerchantCaller } from "../callers/caller.js";
import type { Composed } from "../app/services.js";

const COUNT = 24;
const POCKET_COUNT = 6;

/**
 * Charges of a few pockets to trace and to list. Their tokens are fixed, so that seeding again is refused as
 * a duplicate.
 */
export class DemoPocketCharges {
  constructor(
    private readonly services: Composed["services"],
    private readonly caller: MerchantCaller,
  ) {}

  async seed(pocketGroupSlug: string): Promise<void> {
    const charges = Array.from({ length: COUNT }, (_, index) => ({
      token: demoPocketChargeToken(index),
      phoneNumber: demoPhoneNumber(index % POCKET_COUNT),
      amount: 5_000 + ((index * 7_919) % 20) * 2_500,
    }));
    await this.services.chargePockets.charge(this.caller, pocketGroupSlug, charges);
  }
}

export function demoPocketChargeToken(index: number): string {
  return `01988f7a-0007-7000-8000-${index.toString(16).padStart(12, "0")}`;
}

export function demoPhoneNumber(pocket: number): string {
  return `9891211100${String(pocket + 1).padStart(2, "0")}`;
}
