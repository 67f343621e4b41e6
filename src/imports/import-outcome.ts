import type { Instant } from "../shared/instant.js";
import type { ReadRow } from "./import-row.js";

/** SUCCESS: made now. REPEATED: made by an earlier request, and not again. REFUSED: not made. */
export type RowStatus = "SUCCESS" | "REPEATED" | "REFUSED";

/** What became of a row. */
export interface RowOutcome extends ReadRow {
  readonly status: RowStatus;
  /** The reason of a refusal, as the mutation of the same kind has it. */
  readonly code: string | null;
  readonly message: string;
  /** The stored form of the phone number if the row succeeded, otherwise as it was sent. */
  readonly phoneNumber: string;
  /** In a dry run: when an entry was made that looks like the row; see `AlikeRows`. Null if there is none. */
  readonly alikeAt: Instant | null;
}

/** The rows of one status, and the sum of their amounts. */
export interface Tally {
  readonly rows: number;
  readonly amount: bigint;
}

const NOTHING: Tally = { rows: 0, amount: 0n };

/** What became of the rows so far. */
export class ImportTotals {
  private tallies: Readonly<Record<RowStatus, Tally>> = {
    SUCCESS: NOTHING,
    REPEATED: NOTHING,
    REFUSED: NOTHING,
  };
  private readonly codes = new Map<string, number>();
  private alikeRows = 0;

  /** The rows that look like entries which were made before. */
  get alike(): number {
    return this.alikeRows;
  }

  get rows(): number {
    return Object.values(this.tallies).reduce((sum, { rows }) => sum + rows, 0);
  }

  /** The refused rows by code. */
  get refusedByCode(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.codes);
  }

  of(status: RowStatus): Tally {
    return this.tallies[status];
  }

  add(outcomes: readonly RowOutcome[]): void {
    const tallies = { ...this.tallies };
    for (const { status, code, request, alikeAt } of outcomes) {
      if (alikeAt !== null) this.alikeRows++;
      const { rows, amount } = tallies[status];
      tallies[status] = { rows: rows + 1, amount: amount + counted(request.amount) };
      if (status === "REFUSED" && code !== null)
        this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
    }
    this.tallies = tallies;
  }
}

/** A refused row may have an amount that is not above 0. It counts as a row, without an amount. */
function counted(amount: number): bigint {
  return BigInt(Math.max(0, amount));
}
