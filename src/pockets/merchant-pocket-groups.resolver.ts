import { Args, Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { MerchantType } from "../access/access.type.js";
import type { Merchant } from "../access/merchant.record.js";
import type { Context } from "../graphql/context.js";
import { AllowScopes } from "../graphql/permission.js";
import type { Connection } from "../listing/connection.js";
import type { ListArguments } from "../listing/list-query.js";
import type { pocketGroupRecord } from "./pocket-group.record.js";
import type { PocketReader } from "./pocket.reader.js";
import { pocketGroupListTypes } from "./pocket.type.js";

/** Adds the granted pocket groups to merchants, whose module does not depend on pockets. */
@Resolver(() => MerchantType)
export class MerchantPocketGroupsResolver {
  constructor(private readonly reader: PocketReader) {}

  @FieldResolver(() => pocketGroupListTypes.Connection, {
    description:
      "The pocket groups that are granted to the merchant, so that it can charge and read them.",
  })
  @AllowScopes("POCKETS_READ", "OPERATOR")
  pocketGroups(
    @Root() { id }: Merchant,
    @Args(() => pocketGroupListTypes.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof pocketGroupRecord> {
    return this.reader.groups.of("merchant", [id], context, args);
  }
}
