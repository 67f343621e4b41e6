import type { MerchantCaller } from "../callers/caller.js";
import { answerCharges } from "../pockets/charge-answer.js";
import type { ChargePockets } from "../pockets/charge-pockets.service.js";
import { answerItems } from "../pockets/item-answer.js";
import type { PocketChargeRequest } from "../pockets/pocket-charge.js";
import type { SpendPockets } from "../pockets/spend-pockets.service.js";
import { present } from "../shared/assert.js";
import type { AlikeRows } from "./alike-rows.service.js";
import type { ImportKind } from "./import-kind.js";
import type { RowOutcome } from "./import-outcome.js";
import type { ReadRow } from "./import-row.js";

/** The services that charge and debit, or preview it. */
export interface PocketServices {
  readonly chargePockets: ChargePockets;
  readonly spendPockets: SpendPockets;
}

/** The answer to one item, as far as a row has it. */
interface ItemAnswer {
  readonly status: "SUCCESS" | "ERROR";
  readonly code: string | null;
  readonly message: string;
  readonly wasMadeBefore: boolean;
  readonly phoneNumber: string | null;
}

/** Charges or debits rows as the mutations do, and has their answers. */
export class PostRows {
  constructor(
    private readonly kind: ImportKind,
    private readonly pockets: PocketServices,
    /** For services that change nothing, which then also recognize rows that were made before; otherwise null. */
    private readonly alike: AlikeRows | null,
  ) {}

  /**
   * @param rows from 1 to 1,000.
   * @returns one outcome for each row, in the same order.
   * @throws as `PocketLedger.post`. Then nothing was done, or the same rows can be posted again.
   */
  async post(
    caller: MerchantCaller,
    slug: string,
    rows: readonly ReadRow[],
  ): Promise<RowOutcome[]> {
    const sent = rows.filter(({ problem }) => problem === null);
    const requests = sent.map(({ request }) => request);
    const answers = requests.length === 0 ? [] : await this.answersTo(caller, slug, requests);
    const answerOf = new Map(sent.map((row, index) => [row.row, answers[index]]));
    const outcomes = rows.map((row) => this.outcomeOf(row, answerOf.get(row.row)));
    return this.alike === null ? outcomes : this.alike.mark(caller, outcomes);
  }

  private async answersTo(
    caller: MerchantCaller,
    slug: string,
    requests: readonly PocketChargeRequest[],
  ): Promise<ItemAnswer[]> {
    if (this.kind === "CHARGE") {
      const results = await this.pockets.chargePockets.charge(caller, slug, requests);
      return answerCharges(requests, results);
    }
    const results = await this.pockets.spendPockets.debit(caller, slug, requests);
    const tokens = requests.map(({ token }) => token);
    return answerItems("debit", tokens, results).map((answer) => ({
      ...answer,
      phoneNumber: answer.pocketEntry?.phoneNumber ?? null,
    }));
  }

  private outcomeOf(row: ReadRow, answered: ItemAnswer | undefined): RowOutcome {
    const { request, problem } = row;
    const written = { ...row, phoneNumber: request.phoneNumber, alikeAt: null };
    if (problem !== null) return { ...written, status: "REFUSED", ...problem };
    const answer = present(answered, "the answer to a row");
    const { code, message } = answer;
    if (answer.status === "ERROR" && !answer.wasMadeBefore)
      return { ...written, status: "REFUSED", code, message: MESSAGES[code ?? ""] ?? message };
    const status = answer.status === "SUCCESS" ? "SUCCESS" : "REPEATED";
    const phoneNumber = answer.phoneNumber ?? request.phoneNumber;
    return { ...written, phoneNumber, status, code, message: this.messageOf(status) };
  }

  private messageOf(status: "SUCCESS" | "REPEATED"): string {
    const name = this.kind === "CHARGE" ? "charge" : "debit";
    if (status === "REPEATED") return `This ${name} was made before, and is not made again.`;
    return `The ${name} ${this.alike === null ? "was" : "would be"} successful.`;
  }
}

/** Messages that say more than the mutation's. */
const MESSAGES: Readonly<Record<string, string>> = {
  TOKEN_CONFLICT:
    "The row's token was used with other values before, for example by a corrected copy of the row. The row is not made.",
};
