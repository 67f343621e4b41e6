import type { Composed } from "../app/services.js";
import type { MerchantCaller } from "../callers/caller.js";
import { LaterEntryError } from "../pockets/ledger/past-ledger.service.js";
import type { PocketReversalRequest } from "../pockets/spend-pockets.service.js";
import { instantDaysAgo } from "./days-ago.js";
import { DAYS } from "./demo-records.js";

const CHARGE_COUNT = 72;
const POCKET_COUNT = 6;

type PocketsAt = ReturnType<Composed["services"]["pocketsAt"]>;

/** A change of a pocket. */
interface Step {
  readonly daysAgo: number;
  readonly change: (at: PocketsAt, caller: MerchantCaller, slug: string) => Promise<unknown>;
}

/**
 * A year of a few pockets, to trace, to list and to group: charges, debits, reversals and holds. Their tokens are fixed,
 * so that seeding again is refused as a duplicate.
 */
export class DemoPockets {
  constructor(
    private readonly services: Composed["services"],
    private readonly caller: MerchantCaller,
  ) {}

  async seed(pocketGroupSlug: string): Promise<void> {
    const now = Date.now();
    const pockets = Array.from({ length: POCKET_COUNT }, (_, pocket) => pocket);
    await Promise.all(pockets.map((pocket) => this.seedPocket(pocketGroupSlug, pocket, now)));
  }

  /** Makes the changes in the order of their times, and none before an entry that was made otherwise. */
  private async seedPocket(slug: string, pocket: number, now: number): Promise<void> {
    const steps = stepsOf(pocket, now).toSorted((a, b) => b.daysAgo - a.daysAgo);
    try {
      for (const { daysAgo, change } of steps) {
        await change(this.services.pocketsAt(instantDaysAgo(now, daysAgo)), this.caller, slug);
      }
    } catch (error) {
      if (!(error instanceof LaterEntryError)) throw error;
    }
  }
}

export function demoPocketChargeToken(index: number): string {
  return tokenOf(7, index);
}

export function demoPocketHoldToken(index: number): string {
  return tokenOf(10, index);
}

export function demoPhoneNumber(pocket: number): string {
  return `9891211100${String(pocket + 1).padStart(2, "0")}`;
}

/** @param now in milliseconds. */
function stepsOf(pocket: number, now: number): Step[] {
  const indexes = Array.from(
    { length: CHARGE_COUNT / POCKET_COUNT },
    (_, month) => pocket + month * POCKET_COUNT,
  );
  return [...indexes.flatMap(purchasesOf), ...reversalsOf(pocket), ...holdsOf(pocket, now)];
}

/** A charge, and a debit twelve days later, unless that is in the future. */
function purchasesOf(index: number): Step[] {
  const phoneNumber = demoPhoneNumber(index % POCKET_COUNT);
  const amount = 5_000 + ((index * 7_919) % 20) * 2_500;
  const charge = { token: demoPocketChargeToken(index), phoneNumber, amount };
  const debit = {
    ...{ token: debitToken(index), phoneNumber, amount: amount * 0.4 },
    reference: `invoice-${String(1_000 + index)}`,
  };
  const daysAgo = daysSinceCharge(index);
  const steps: Step[] = [
    {
      daysAgo,
      change: (at, caller, slug) => at.chargePockets.charge(caller, slug, [charge]),
    },
    {
      daysAgo: daysAgo - 12,
      change: (at, caller, slug) => at.spendPockets.debit(caller, slug, [debit]),
    },
  ];
  return steps.filter((step) => step.daysAgo > 0);
}

/** The whole debit of a month in every other pocket, and a part of a charge in one. */
function reversalsOf(pocket: number): Step[] {
  const debit = pocket + 3 * POCKET_COUNT;
  const charge = pocket + 5 * POCKET_COUNT;
  const ofDebit = { ofToken: debitToken(debit), reason: "Returned goods" };
  const ofCharge = { ofToken: demoPocketChargeToken(charge), reason: "Charged too much" };
  if (pocket === 1) return [reversal(charge, { ...ofCharge, amount: 1_000 })];
  return pocket % 2 === 0 ? [reversal(debit, ofDebit)] : [];
}

/** Two weeks after the charge with this index. */
function reversal(index: number, of: Omit<PocketReversalRequest, "token">): Step {
  const request = { token: tokenOf(9, index), ...of };
  return {
    daysAgo: daysSinceCharge(index) - 14,
    change: (at, caller, slug) => at.spendPockets.reverse(caller, slug, [request]),
  };
}

/** One hold of each status; the fifth has expired and is still stored as open. */
function holdsOf(pocket: number, now: number): Step[] {
  const holdToken = demoPocketHoldToken(pocket);
  const month = pocket < 3 ? 8 : 11;
  const daysAgo = daysSinceCharge(pocket + month * POCKET_COUNT) - (pocket < 3 ? 14 : 1);
  const hold = (daysValid?: number): Step => ({
    daysAgo,
    change: (at, caller, slug) =>
      at.spendPockets.hold(caller, slug, [
        {
          ...{ token: holdToken, phoneNumber: demoPhoneNumber(pocket), amount: 5_000 },
          expiresAt: daysValid === undefined ? null : instantDaysAgo(now, daysAgo - daysValid),
          reference: `booking-${String(pocket + 1)}`,
        },
      ]),
  });
  const capture = (part: number, amount: number, final: boolean): Step => ({
    daysAgo: daysAgo - part,
    change: (at, caller, slug) =>
      at.spendPockets.capture(caller, slug, [
        { token: tokenOf(11, part), holdToken, amount, final },
      ]),
  });
  const release: Step = {
    daysAgo: daysAgo - 1,
    change: (at, caller, slug) => at.spendPockets.release(caller, slug, [holdToken]),
  };
  const steps = [
    [hold(), capture(1, 3_000, false), capture(2, 1_500, true)],
    [hold(), release],
    [hold(2)],
    [hold()],
    [hold(1)],
  ];
  return steps[pocket] ?? [];
}

function debitToken(index: number): string {
  return tokenOf(8, index);
}

function daysSinceCharge(index: number): number {
  return DAYS - (index * DAYS) / CHARGE_COUNT;
}

/** @param kind what the token is for. */
function tokenOf(kind: number, index: number): string {
  return `01988f7a-${kind.toString(16).padStart(4, "0")}-7000-8000-${index.toString(16).padStart(12, "0")}`;
}
