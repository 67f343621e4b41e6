import { Args, Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { Bounded } from "../graphql/bounded.js";
import type { Context } from "../graphql/context.js";
import { AllowScopes } from "../graphql/permission.js";
import { Amount, BigIntString } from "../graphql/scalars.js";
import { Weighted } from "../graphql/weighted.js";
import type { Connection } from "../listing/connection.js";
import type { ListArguments } from "../listing/list-query.js";
import { valuesOf } from "../shared/enumeration.js";
import { PocketEntryKind } from "./ledger/ledger-entry.record.js";
import type { pocketEntryRecord } from "./pocket-entry.record.js";
import { pocketEntryListTypes } from "./pocket-entry.type.js";
import type { PocketStatementLoader } from "./pocket-statement.loader.js";
import type { StatementAmounts } from "./pocket-statement.js";
import { PocketStatementTotal, PocketStatementType } from "./pocket-statement.type.js";
import type { PocketReader } from "./pocket.reader.js";

const KIND_COUNT = valuesOf(PocketEntryKind).length;

/** The sums read all entries of the interval, like the aggregates of a list. */
const SUM_POINTS = 100;

@Resolver(() => PocketStatementType)
export class PocketStatementResolver {
  constructor(
    private readonly statements: PocketStatementLoader,
    private readonly reader: PocketReader,
  ) {}

  @FieldResolver(() => Amount, {
    description:
      "The pocket's balance before the first entry of the interval, in the minor unit of the group's currency.",
  })
  async openingBalance(
    @Root() statement: PocketStatementType,
    @Ctx() context: Context,
  ): Promise<number> {
    return (await this.amountsOf(statement, context)).openingBalance;
  }

  @FieldResolver(() => Amount, {
    description:
      "The pocket's balance after the last entry of the interval, in the minor unit of the group's currency.",
  })
  async closingBalance(
    @Root() statement: PocketStatementType,
    @Ctx() context: Context,
  ): Promise<number> {
    return (await this.amountsOf(statement, context)).closingBalance;
  }

  @Bounded(KIND_COUNT)
  @Weighted(SUM_POINTS / KIND_COUNT)
  @FieldResolver(() => [PocketStatementTotal], {
    description:
      "The count and sum of the entries in the interval, by kind. Only kinds that occur are listed. A merchant's own entries; operators see those of all merchants.",
  })
  async totals(
    @Root() statement: PocketStatementType,
    @Ctx() context: Context,
  ): Promise<readonly PocketStatementTotal[]> {
    return (await this.amountsOf(statement, context)).totals;
  }

  @Weighted(SUM_POINTS)
  @FieldResolver(() => BigIntString, {
    description:
      "The sum of the entries in the interval that other merchants made, in the minor unit of the group's currency. Always 0 for operators, whose totals include them.",
  })
  async otherMerchantsSum(
    @Root() statement: PocketStatementType,
    @Ctx() context: Context,
  ): Promise<string> {
    return (await this.amountsOf(statement, context)).otherMerchantsSum;
  }

  @FieldResolver(() => pocketEntryListTypes.Connection, {
    description:
      "The entries in the interval that the merchant made: charges, debits and reversals. Operators see all entries.",
  })
  @AllowScopes("POCKETS_READ", "OPERATOR")
  entries(
    @Root() { pocketGroupId, phoneNumber, from, to }: PocketStatementType,
    @Args(() => pocketEntryListTypes.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof pocketEntryRecord> {
    const key = [pocketGroupId, phoneNumber, from, to];
    return this.reader.entries.of("statement", key, context, args);
  }

  /** Reads the balances, and in the same statement the sums if they are selected too. */
  private amountsOf(
    { hasTotals, ...key }: PocketStatementType,
    context: Context,
  ): Promise<StatementAmounts> {
    const loader = hasTotals ? this.statements.amountsAndTotals : this.statements.amounts;
    return loader(context).load(key);
  }
}
