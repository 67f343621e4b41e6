/** A charge, a debit or a hold as a merchant sends it. */
interface Movement {
  readonly token: string;
  readonly phoneNumber: string;
  readonly amount: number;
}

interface Reversal {
  readonly token: string;
  readonly ofToken: string;
  readonly amount: number | null;
}

interface Capture {
  readonly token: string;
  readonly holdToken: string;
  readonly amount: number | null;
  readonly final: boolean;
}

/** The response that an item must get. */
export interface ModelAnswer {
  readonly code: string | null;
  readonly wasMadeBefore: boolean;
  readonly available: number | null;
  readonly remaining: number | null;
  /** The entry that the response contains, in words. */
  readonly entry: string | null;
  /** The hold that the response contains, in words. */
  readonly hold: string | null;
}

export type Freeze = "NONE" | "CREDITS" | "DEBITS" | "BOTH";

export interface ModelLimits {
  readonly minChargeAmount?: number;
  readonly maxChargeAmount?: number;
  readonly maxPocketBalance?: number;
  readonly minDebitAmount?: number;
  readonly maxDebitAmount?: number;
  readonly reversalWindowHours?: number;
}

interface Entry {
  readonly by: string;
  readonly token: string;
  readonly kind: "CHARGE" | "DEBIT" | "REVERSAL" | "HOLD";
  readonly phone: string;
  readonly effect: number;
  readonly balanceAfter: number;
  readonly hour: number;
  readonly reversalOf: Entry | null;
  readonly hold: Hold | null;
}

interface Hold {
  readonly by: string;
  readonly token: string;
  readonly phone: string;
  readonly amount: number;
  readonly expiryHour: number;
  captured: number;
  closedAs: "CAPTURED" | "RELEASED" | null;
}

const MAX = 2n ** 53n - 1n;

/** A simple model of one group's ledger, one item at a time, that shares no code with the server. */
export class LedgerModel {
  readonly balances = new Map<string, number>();
  private readonly freezes = new Map<string, Freeze>();
  private readonly entries: Entry[] = [];
  private readonly holds: Hold[] = [];
  private hour = 0;

  constructor(private readonly limits: ModelLimits) {}

  passTime(hours: number): void {
    this.hour += hours;
  }

  freeze(phone: string, freeze: Freeze): void {
    if (this.balances.has(phone)) this.freezes.set(phone, freeze);
  }

  /** What the open holds of each pocket reserve. */
  get heldAmounts(): Map<string, number> {
    return new Map([...this.balances.keys()].map((phone) => [phone, this.heldIn(phone)]));
  }

  /** Every hold, in words. */
  get shownHolds(): string[] {
    return this.holds.map((hold) => this.show(hold)).sort();
  }

  charge(by: string, { token, phoneNumber, amount }: Movement): ModelAnswer {
    const phone = phoneOf(phoneNumber);
    const { minChargeAmount = 1, maxChargeAmount = Infinity } = this.limits;
    return this.once(by, token, {
      isSame: ({ kind, ...earlier }) =>
        kind === "CHARGE" && earlier.phone === phone && earlier.effect === amount,
      make: (key) => {
        if (phone === null) return refused("INVALID_PHONE_NUMBER");
        if (amount < 1) return refused("INVALID_AMOUNT");
        if (amount < minChargeAmount) return refused("BELOW_MIN_CHARGE_AMOUNT");
        if (amount > maxChargeAmount) return refused("ABOVE_MAX_CHARGE_AMOUNT");
        if (this.isFrozen(phone, "CREDITS")) return refused("POCKET_FROZEN");
        const limit = BigInt(this.limits.maxPocketBalance ?? MAX);
        // The sum may exceed the precision of a number.
        if (BigInt(this.balanceOf(phone)) + BigInt(amount) > limit)
          return refused("ABOVE_MAX_POCKET_BALANCE");
        return this.enter({ by, token: key, kind: "CHARGE", phone, effect: amount });
      },
    });
  }

  debit(by: string, { token, phoneNumber, amount }: Movement): ModelAnswer {
    const phone = phoneOf(phoneNumber);
    return this.once(by, token, {
      isSame: ({ kind, hold, ...earlier }) =>
        kind === "DEBIT" && !hold && earlier.phone === phone && earlier.effect === -amount,
      make: (key) =>
        this.refuseSpending(phone, amount) ??
        this.enter({ by, token: key, kind: "DEBIT", phone: phone!, effect: -amount }),
    });
  }

  hold(by: string, item: Movement & { readonly expiresInHours: number | null }): ModelAnswer {
    const { token, phoneNumber, amount, expiresInHours } = item;
    const phone = phoneOf(phoneNumber);
    return this.once(by, token, {
      isSame: ({ kind, ...earlier }) =>
        kind === "HOLD" && earlier.phone === phone && earlier.hold?.amount === amount,
      make: (key) => {
        const refusal = this.refuseSpending(phone, amount);
        if (refusal !== null) return refusal;
        if (expiresInHours !== null && expiresInHours <= 0) return refused("INVALID_EXPIRY");
        const made: Hold = {
          ...{ by, token: key, phone: phone!, amount, captured: 0, closedAs: null },
          expiryHour: expiresInHours === null ? Infinity : this.hour + expiresInHours,
        };
        this.holds.push(made);
        const of = { by, token: key, kind: "HOLD", phone: phone!, effect: 0, hold: made } as const;
        return { ...this.enter(of), entry: null, hold: this.show(made) };
      },
      hold: (earlier) => (earlier.kind === "HOLD" ? earlier.hold : null),
    });
  }

  reverse(by: string, { token, ofToken, amount }: Reversal): ModelAnswer {
    return this.once(by, token, {
      isSame: ({ reversalOf, effect }) =>
        reversalOf?.token === ofToken.toLowerCase() &&
        (amount === null || Math.abs(effect) === amount),
      make: (key) => {
        if (amount !== null && amount < 1) return refused("INVALID_AMOUNT");
        const original = this.find(ofToken);
        if (original?.by !== by || original.kind === "HOLD") return refused("ENTRY_NOT_FOUND");
        if (original.kind === "REVERSAL") return refused("NOT_REVERSIBLE");
        const { phone } = original;
        const remaining = this.leftOf(original);
        const { reversalWindowHours: window = Infinity } = this.limits;
        if (remaining === 0) return refused("ALREADY_REVERSED", { remaining });
        if (this.hour - original.hour > window)
          return refused("REVERSAL_WINDOW_ENDED", { remaining });
        const asked = amount ?? remaining;
        if (asked > remaining) return refused("ABOVE_REVERSIBLE_AMOUNT", { remaining });
        const effect = original.kind === "CHARGE" ? -asked : asked;
        if (effect < 0) {
          const refusal = this.refuseTaking(phone, asked);
          if (refusal !== null) return { ...refusal, remaining };
        }
        if (effect > 0 && this.isFrozen(phone, "CREDITS"))
          return refused("POCKET_FROZEN", { remaining });
        if (BigInt(this.balanceOf(phone)) + BigInt(effect) > MAX)
          return refused("ABOVE_MAX_POCKET_BALANCE", { remaining });
        const kind = "REVERSAL";
        return this.enter({ by, token: key, kind, phone, effect, reversalOf: original });
      },
    });
  }

  capture(by: string, { token, holdToken, amount, final }: Capture): ModelAnswer {
    const hold = this.ownHold(by, holdToken);
    const shown = { hold: hold && this.show(hold) };
    return this.once(by, token, {
      isSame: ({ kind, effect, ...earlier }) =>
        kind === "DEBIT" &&
        earlier.hold?.token === holdToken.toLowerCase() &&
        (amount === null || -effect === amount),
      make: (key) => {
        if (amount !== null && amount < 1) return refused("INVALID_AMOUNT", shown);
        if (hold === null) return refused("HOLD_NOT_FOUND");
        if (this.statusOf(hold) === "EXPIRED") return refused("HOLD_EXPIRED", shown);
        if (this.statusOf(hold) !== "OPEN") return refused("HOLD_CLOSED", shown);
        const remaining = hold.amount - hold.captured;
        const asked = amount ?? remaining;
        if (asked > remaining) return refused("ABOVE_HELD_AMOUNT", { ...shown, remaining });
        if (this.isFrozen(hold.phone, "DEBITS")) return refused("POCKET_FROZEN", shown);
        hold.captured += asked;
        if (final || asked === remaining) hold.closedAs = "CAPTURED";
        const of = { by, token: key, kind: "DEBIT", phone: hold.phone, effect: -asked } as const;
        return { ...this.enter({ ...of, hold }), hold: this.show(hold) };
      },
      hold: () => hold,
    });
  }

  release(by: string, holdToken: string): ModelAnswer {
    const hold = this.ownHold(by, holdToken);
    if (hold === null) return refused("HOLD_NOT_FOUND");
    const status = this.statusOf(hold);
    if (status !== "OPEN") {
      const code = status === "EXPIRED" ? "HOLD_EXPIRED" : "HOLD_CLOSED";
      const wasMadeBefore = status === "RELEASED";
      return { ...refused(code), wasMadeBefore, hold: this.show(hold) };
    }
    hold.closedAs = "RELEASED";
    return { ...DONE, available: this.availableIn(hold.phone), hold: this.show(hold) };
  }

  /** Refuses a token that was used before; otherwise makes what the item asks for. */
  private once(
    by: string,
    token: string,
    item: {
      readonly isSame: (earlier: Entry) => boolean;
      readonly make: (key: string) => ModelAnswer;
      /** The hold that the response contains if the token was used before. */
      readonly hold?: (earlier: Entry) => Hold | null;
    },
  ): ModelAnswer {
    const key = token.toLowerCase();
    if (!/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(key))
      return refused("INVALID_TOKEN");
    const earlier = this.find(key);
    if (earlier === undefined) return item.make(key);
    const isSame = item.isSame(earlier);
    const code = isSame ? "DUPLICATE_TOKEN" : "TOKEN_CONFLICT";
    if (earlier.by !== by) return refused(code);
    const hold = item.hold?.(earlier) ?? null;
    return {
      ...refused(code),
      wasMadeBefore: isSame,
      entry: earlier.kind === "HOLD" ? null : shownEntry(earlier),
      hold: hold && this.show(hold),
    };
  }

  private refuseSpending(phone: string | null, amount: number): ModelAnswer | null {
    const { minDebitAmount = 1, maxDebitAmount = Infinity } = this.limits;
    if (phone === null) return refused("INVALID_PHONE_NUMBER");
    if (amount < 1) return refused("INVALID_AMOUNT");
    if (amount < minDebitAmount) return refused("BELOW_MIN_DEBIT_AMOUNT");
    if (amount > maxDebitAmount) return refused("ABOVE_MAX_DEBIT_AMOUNT");
    return this.balances.has(phone)
      ? this.refuseTaking(phone, amount)
      : refused("POCKET_NOT_FOUND");
  }

  private refuseTaking(phone: string, amount: number): ModelAnswer | null {
    const available = this.availableIn(phone);
    if (this.isFrozen(phone, "DEBITS")) return refused("POCKET_FROZEN", { available });
    return amount > available ? refused("INSUFFICIENT_FUNDS", { available }) : null;
  }

  private enter(
    given: Pick<Entry, "by" | "token" | "kind" | "phone" | "effect"> & Partial<Entry>,
  ): ModelAnswer {
    const balanceAfter = this.balanceOf(given.phone) + given.effect;
    const entry = { reversalOf: null, hold: null, hour: this.hour, balanceAfter, ...given };
    this.entries.push(entry);
    this.balances.set(given.phone, balanceAfter);
    return { ...DONE, available: this.availableIn(given.phone), entry: shownEntry(entry) };
  }

  private find(token: string): Entry | undefined {
    return this.entries.find((entry) => entry.token === token.toLowerCase());
  }

  private ownHold(by: string, token: string): Hold | null {
    const key = token.toLowerCase();
    return this.holds.find((hold) => hold.token === key && hold.by === by) ?? null;
  }

  private leftOf(original: Entry): number {
    const reversals = this.entries.filter(({ reversalOf }) => reversalOf === original);
    return reversals.reduce(
      (left, { effect }) => left - Math.abs(effect),
      Math.abs(original.effect),
    );
  }

  private balanceOf(phone: string): number {
    return this.balances.get(phone) ?? 0;
  }

  private heldIn(phone: string): number {
    return this.holds
      .filter((hold) => hold.phone === phone && this.statusOf(hold) === "OPEN")
      .reduce((sum, { amount, captured }) => sum + amount - captured, 0);
  }

  private availableIn(phone: string): number {
    return this.balanceOf(phone) - this.heldIn(phone);
  }

  private isFrozen(phone: string, change: "CREDITS" | "DEBITS"): boolean {
    const freeze = this.freezes.get(phone) ?? "NONE";
    return freeze === change || freeze === "BOTH";
  }

  private statusOf({ closedAs, expiryHour }: Hold): string {
    return closedAs ?? (expiryHour <= this.hour ? "EXPIRED" : "OPEN");
  }

  private show(hold: Hold): string {
    const { token, captured, amount } = hold;
    return showHold({ token, status: this.statusOf(hold), captured, amount });
  }
}

const DONE: ModelAnswer = {
  ...{ code: null, wasMadeBefore: false, available: null, remaining: null },
  ...{ entry: null, hold: null },
};

function refused(code: string, details: Partial<ModelAnswer> = {}): ModelAnswer {
  return { ...DONE, code, ...details };
}

/** The canonical form of an Iranian mobile number; null if it is none. */
function phoneOf(written: string): string | null {
  const digits = written.replace(/^\+/, "").replace(/^0098|^98|^0/, "");
  return /^9\d{9}$/.test(digits) ? `98${digits}` : null;
}

function shownEntry({ effect, ...entry }: Entry): string {
  return showEntry({ ...entry, amount: effect });
}

/** An entry in words, as in a model's answers. */
export function showEntry(entry: {
  readonly token: string;
  readonly kind: string;
  readonly amount: number;
  readonly balanceAfter: number;
}): string {
  const { token, kind, amount, balanceAfter } = entry;
  return `${token} ${kind} ${String(amount)}, balance ${String(balanceAfter)}`;
}

/** A hold in words, as in a model's answers. */
export function showHold(hold: {
  readonly token: string;
  readonly status: string;
  readonly captured: number;
  readonly amount: number;
}): string {
  const { token, status, captured, amount } = hold;
  return `${token} ${status} ${String(captured)} of ${String(amount)}`;
}
