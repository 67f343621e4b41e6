import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from "type-graphql";
import { MerchantType } from "../access/access.type.js";
import type { MerchantLoader } from "../access/merchant.loader.js";
import type { Merchant } from "../access/merchant.record.js";
import { requireCaller } from "../callers/caller.js";
import type { Context } from "../graphql/context.js";
import { AllowScopes } from "../graphql/permission.js";
import { Related } from "../graphql/related.js";
import { Uuid } from "../graphql/scalars.js";
import type { Connection } from "../listing/connection.js";
import type { ListArguments } from "../listing/list-query.js";
import type { pocketEntryRecord } from "./pocket-entry.record.js";
import { PocketHoldType, pocketEntryListTypes, pocketHoldListTypes } from "./pocket-entry.type.js";
import type { PocketGroupLoader } from "./pocket-group.loader.js";
import type { PocketGroup } from "./pocket-group.record.js";
import type { PocketHoldRow, pocketHoldRecord } from "./pocket-hold.record.js";
import type { PocketLoader } from "./pocket.loader.js";
import type { PocketReader } from "./pocket.reader.js";
import type { Pocket } from "./pocket.record.js";
import { PocketGroupType, PocketType } from "./pocket.type.js";
import type { TraceByToken } from "./trace.service.js";

@Resolver(() => PocketHoldType)
export class PocketHoldResolver {
  constructor(
    private readonly traces: TraceByToken<typeof pocketHoldRecord>,
    private readonly reader: PocketReader,
    private readonly groups: PocketGroupLoader,
    private readonly pockets: PocketLoader,
    private readonly merchants: MerchantLoader,
  ) {}

  @Query(() => PocketHoldType, {
    nullable: true,
    description:
      "Returns a hold by its token. Null if the merchant has not made it. `NOT_FOUND` if the group does not exist. Scope: `POCKETS_READ`, or an operator's token.",
  })
  @AllowScopes("POCKETS_READ", "OPERATOR")
  pocketHold(
    @Arg("pocketGroupSlug", () => String, {
      description:
        "The unique name of the hold's pocket group in requests, such as `my-pocket-group`.",
    })
    pocketGroupSlug: string,
    @Arg("token", () => Uuid, { description: "The token with which the hold was sent, a UUID." })
    token: string,
    @Ctx() { caller }: Context,
  ): Promise<PocketHoldRow | null> {
    return this.traces.trace(pocketGroupSlug, token, requireCaller(caller));
  }

  @Query(() => pocketHoldListTypes.Connection, {
    description:
      "Lists the holds that the merchant made in the groups granted to it; operators see all holds. Scope: `POCKETS_READ`, or an operator's token.",
  })
  @AllowScopes("POCKETS_READ", "OPERATOR")
  pocketHolds(
    @Args(() => pocketHoldListTypes.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof pocketHoldRecord> {
    return this.reader.holds.all(context, args);
  }

  @FieldResolver(() => pocketEntryListTypes.Connection, {
    description: "The debits that took out parts of the held amount.",
  })
  @AllowScopes("POCKETS_READ", "OPERATOR")
  captures(
    @Root() { pocketGroupId, id }: PocketHoldRow,
    @Args(() => pocketEntryListTypes.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof pocketEntryRecord> {
    return this.reader.entries.of("pocketHold", [pocketGroupId, id], context, args);
  }

  @Related()
  @FieldResolver(() => PocketGroupType, {
    description: "The group of the pocket, which determines the currency and limits.",
  })
  pocketGroup(
    @Root() { pocketGroupId }: PocketHoldRow,
    @Ctx() context: Context,
  ): Promise<PocketGroup | null> {
    return this.groups.byId(context).load(pocketGroupId);
  }

  @Related()
  @FieldResolver(() => PocketType, { description: "The pocket in its current state." })
  pocket(
    @Root() { pocketGroupId, phoneNumber }: PocketHoldRow,
    @Ctx() context: Context,
  ): Promise<Pocket | null> {
    return this.pockets.byKey(context).load({ pocketGroupId, phoneNumber });
  }

  @Related()
  @FieldResolver(() => MerchantType, {
    description: "The merchant whose token was used to make the hold.",
  })
  merchant(
    @Root() { merchantId }: PocketHoldRow,
    @Ctx() context: Context,
  ): Promise<Merchant | null> {
    return this.merchants.byId(context).load(merchantId);
  }
}
