import { MAX_AMOUNT } from "../../shared/amount.js";
import { type Instant, hoursAfter } from "../../shared/instant.js";
import type { PhoneNumber } from "../../shared/phone-number.js";
import {
  type PeriodLimit,
  type PocketPeriodLimitKind,
  type WindowKey,
  windowKey,
} from "./period-limit.js";

/** What the items of one kind in a pocket come to in the current window of a limit. */
export interface WindowUsage extends WindowKey {
  readonly phoneNumber: PhoneNumber;
  readonly startsAt: Instant;
  /** The end of a day or a month; null for rolling hours. */
  readonly endsAt: Instant | null;
  readonly sum: number;
  readonly count: number;
  /** The time of the first of the items; null if there is none. */
  readonly firstAt: Instant | null;
}

/** Why a limit over time refuses an item. */
export interface PeriodRefusal {
  /** What is left of the limit: an amount, or 0 items. */
  readonly remaining: number;
  /**
   * When something is given back: at the end of the day or month, or when the first counted item leaves the rolling
   * hours. Null if the item exceeds the limit by itself.
   */
  readonly resetsAt: Instant | null;
}

/** What a hold gives back when it is closed. */
interface ClosedHold {
  readonly phoneNumber: PhoneNumber;
  readonly createdAt: Instant;
  readonly capturedAmount: number;
}

/** The usage of the limits over time by the pockets of a transaction, which counts its items in their order. */
export class PeriodUsage {
  private readonly windows: Map<string, WindowUsage>;

  /**
   * @param limits the group's limits of the kinds whose usage was read.
   * @param usages the usage of each window by each pocket.
   * @param now the time of the transaction's items.
   */
  constructor(
    private readonly limits: readonly PeriodLimit[],
    usages: readonly WindowUsage[],
    private readonly now: Instant,
  ) {
    this.windows = new Map(usages.map((usage) => [placeOf(usage, usage.phoneNumber), usage]));
  }

  /**
   * Counts an item if every limit of its kind allows it.
   *
   * @returns null, or the refusal by the limit that resets last.
   */
  take(
    kind: PocketPeriodLimitKind,
    phoneNumber: PhoneNumber,
    amount: number,
  ): PeriodRefusal | null {
    // Most groups have no such limits, and charging must not pay for them.
    if (this.limits.length === 0) return null;
    const refusals = this.limits
      .filter((limit) => limit.kind === kind)
      .map((limit) => this.refusalBy(limit, phoneNumber, amount))
      .filter((refusal) => refusal !== null);
    const [first, ...others] = refusals;
    if (first !== undefined) return others.reduce(laterOf, first);
    this.change(kind, phoneNumber, this.now, amount, 1);
    return null;
  }

  /** Counts items that no limit refused before, without checking them again. */
  count(
    kind: PocketPeriodLimitKind,
    phoneNumber: PhoneNumber,
    amount: number,
    count: number,
  ): void {
    this.change(kind, phoneNumber, this.now, amount, count);
  }

  /** Gives back what a hold has counted and did not capture. A hold without captures no longer counts. */
  giveBack({ phoneNumber, createdAt, capturedAmount }: ClosedHold, amount: number): void {
    this.change("DEBIT", phoneNumber, createdAt, -amount, capturedAmount === 0 ? -1 : 0);
  }

  private refusalBy(
    limit: PeriodLimit,
    phoneNumber: PhoneNumber,
    amount: number,
  ): PeriodRefusal | null {
    const usage = this.windows.get(placeOf(limit, phoneNumber));
    if (usage === undefined) return null;
    const isSum = limit.measure === "SUM";
    const wanted = isSum ? amount : 1;
    const remaining = Math.max(0, limit.limit - (isSum ? usage.sum : usage.count));
    if (wanted <= remaining) return null;
    return { remaining, resetsAt: wanted > limit.limit ? null : this.resetOf(usage) };
  }

  private resetOf({ endsAt, firstAt, hours }: WindowUsage): Instant {
    return endsAt ?? hoursAfter(firstAt ?? this.now, hours ?? 0);
  }

  /** Changes the usage of the windows that contain a time. */
  private change(
    kind: PocketPeriodLimitKind,
    phoneNumber: PhoneNumber,
    at: Instant,
    amount: number,
    count: number,
  ): void {
    const places = new Set(
      this.limits
        .filter((limit) => limit.kind === kind)
        .map((limit) => placeOf(limit, phoneNumber)),
    );
    for (const place of places) {
      const usage = this.windows.get(place);
      if (usage === undefined || at < usage.startsAt) continue;
      const sum = Math.min(usage.sum + amount, MAX_AMOUNT);
      const firstAt = usage.firstAt ?? at;
      this.windows.set(place, { ...usage, sum, count: usage.count + count, firstAt });
    }
  }
}

function placeOf(window: WindowKey, phoneNumber: PhoneNumber): string {
  return `${windowKey(window)} ${phoneNumber}`;
}

/** Null is never, and so the latest. */
function laterOf(one: PeriodRefusal, other: PeriodRefusal): PeriodRefusal {
  if (one.resetsAt === null) return one;
  return other.resetsAt === null || other.resetsAt > one.resetsAt ? other : one;
}
