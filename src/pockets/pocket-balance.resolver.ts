import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, FieldResolver, Info, Resolver, Root } from "type-graphql";
import type { Context } from "../graphql/context.js";
import { AllowScopes } from "../graphql/permission.js";
import { Amount, DateTime } from "../graphql/scalars.js";
import { badInput } from "../listing/bad-input.js";
import { selectedPaths } from "../listing/selection.js";
import type { Instant } from "../shared/instant.js";
import type { PocketStatementLoader } from "./pocket-statement.loader.js";
import { PocketStatementType } from "./pocket-statement.type.js";
import type { Pocket } from "./pocket.record.js";
import { PocketType } from "./pocket.type.js";

/** What a pocket had in the past. */
@Resolver(() => PocketType)
export class PocketBalanceResolver {
  constructor(private readonly statements: PocketStatementLoader) {}

  @FieldResolver(() => Amount, {
    description:
      "The balance at a time, including the entries made then, in the minor unit of the group's currency. 0 before the first entry.",
  })
  @AllowScopes("POCKETS_READ", "OPERATOR")
  balanceAt(
    @Root() { pocketGroupId, phoneNumber }: Pocket,
    @Arg("time", () => DateTime, {
      description: "The time of the balance. In the future, it is the current one.",
    })
    time: Instant,
    @Ctx() context: Context,
  ): Promise<number> {
    return this.statements.balances(context).load({ pocketGroupId, phoneNumber, time });
  }

  @FieldResolver(() => PocketStatementType, {
    description:
      "The movements in the half-open interval from `from` to `to`, with the balances at both ends.",
  })
  @AllowScopes("POCKETS_READ", "OPERATOR")
  statement(
    @Root() { pocketGroupId, phoneNumber }: Pocket,
    @Arg("from", () => DateTime, {
      description: "The start: entries made at this time are included.",
    })
    from: Instant,
    @Arg("to", () => DateTime, {
      description: "The end, not before the start: entries made at this time are not included.",
    })
    to: Instant,
    @Info() info: GraphQLResolveInfo,
  ): PocketStatementType {
    if (to < from) throw badInput("to", "must not be before `from`.");
    const paths = selectedPaths(info);
    const hasTotals = paths.has("totals") || paths.has("otherMerchantsSum");
    return { pocketGroupId, phoneNumber, from, to, hasTotals };
  }
}
