import DataLoader from "dataloader";
import { isOperator, requireCaller } from "../callers/caller.js";
import { type Context, perRequest } from "../graphql/context.js";
import { type StatementAmounts, type StatementKey, statementOf } from "./pocket-statement.js";
import type { BalanceKey, PocketStatementStore } from "./pocket-statement.store.js";

/** Balances of the past and statements, with one statement for all pockets that are requested at the same time. */
export class PocketStatementLoader {
  constructor(private readonly store: PocketStatementStore) {}

  readonly balances = perRequest(
    (context) =>
      new DataLoader<BalanceKey, number, string>((keys) => this.store.balancesAt(context, keys), {
        cacheKeyFn: ({ time, ...pocket }) => `${pocketOf(pocket)} ${time}`,
      }),
  );

  readonly amounts = perRequest((context) => this.statements(context, false));

  readonly amountsAndTotals = perRequest((context) => this.statements(context, true));

  private statements(
    context: Context,
    hasTotals: boolean,
  ): DataLoader<StatementKey, StatementAmounts, string> {
    const caller = requireCaller(context.caller);
    const merchantId = isOperator(caller) ? null : caller.merchantId;
    return new DataLoader(
      async (keys) => {
        const read = await this.store.readStatements(context, keys, hasTotals, merchantId);
        return read.map(statementOf);
      },
      { cacheKeyFn: ({ from, to, ...pocket }) => `${pocketOf(pocket)} ${from} ${to}` },
    );
  }
}

function pocketOf({
  pocketGroupId,
  phoneNumber,
}: Pick<BalanceKey, "pocketGroupId" | "phoneNumber">): string {
  return `${pocketGroupId} ${phoneNumber}`;
}
