import type { MerchantCaller } from "../callers/caller.js";
import type { ImportKind } from "./import-kind.js";
import type { RowOutcome } from "./import-outcome.js";
import type { ImportStore } from "./import.store.js";

/**
 * Recognizes rows that look like charges or debits of the last week: the same phone number, amount and reference. An
 * edited copy of a file that was imported has such rows, and as another file it would make them again.
 */
export class AlikeRows {
  constructor(
    private readonly store: Pick<ImportStore, "findAlike">,
    private readonly kind: ImportKind,
    private readonly pocketGroupId: string,
  ) {}

  /** @returns the outcomes, with the time of the entry that looks like the row, and a message that has it. */
  async mark(
    { merchantId }: MerchantCaller,
    outcomes: readonly RowOutcome[],
  ): Promise<RowOutcome[]> {
    // A row with a token of its own is made once, whatever file it is in.
    const isAtRisk = ({ status, hasOwnToken }: RowOutcome): boolean =>
      status === "SUCCESS" && !hasOwnToken;
    const rows = outcomes.filter(isAtRisk);
    if (rows.length === 0) return [...outcomes];
    const { kind, pocketGroupId } = this;
    const times = await this.store.findAlike(
      { merchantId, pocketGroupId, kind },
      rows.map(({ phoneNumber, request: { amount, reference } }) => {
        return { phoneNumber, amount, reference: reference ?? null };
      }),
    );
    const alikeAtOf = new Map(rows.map(({ row }, index) => [row, times[index] ?? null]));
    return outcomes.map((one) => {
      const alikeAt = alikeAtOf.get(one.row) ?? null;
      return alikeAt === null ? one : { ...one, alikeAt, message: messageOf(one, alikeAt) };
    });
  }
}

function messageOf({ message }: RowOutcome, alikeAt: string): string {
  return `${message} The last one with this phone number, amount and reference was made at ${alikeAt}.`;
}
