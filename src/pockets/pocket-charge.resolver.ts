import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from "type-graphql";
import { MerchantType } from "../access/access.type.js";
import { requireCaller } from "../callers/caller.js";
import type { MerchantLoader } from "../access/merchant.loader.js";
import type { Merchant } from "../access/merchant.record.js";
import type { Context } from "../graphql/context.js";
import { AllowScopes } from "../graphql/permission.js";
import { Related } from "../graphql/related.js";
import { Uuid } from "../graphql/scalars.js";
import type { PocketCharge, pocketChargeRecord } from "./pocket-charge.record.js";
import type { Connection } from "../listing/connection.js";
import type { ListArguments } from "../listing/list-query.js";
import type { PocketGroupLoader } from "./pocket-group.loader.js";
import type { PocketGroup } from "./pocket-group.record.js";
import type { PocketReader } from "./pocket.reader.js";
import type { PocketLoader } from "./pocket.loader.js";
import type { Pocket } from "./pocket.record.js";
import {
  PocketChargeType,
  PocketGroupType,
  PocketType,
  pocketChargeListTypes,
} from "./pocket.type.js";
import type { TraceByToken } from "./trace.service.js";

@Resolver(() => PocketChargeType)
export class PocketChargeResolver {
  constructor(
    private readonly traces: TraceByToken<typeof pocketChargeRecord>,
    private readonly reader: PocketReader,
    private readonly groups: PocketGroupLoader,
    private readonly pockets: PocketLoader,
    private readonly merchants: MerchantLoader,
  ) {}

  @Query(() => PocketChargeType, {
    nullable: true,
    description:
      "Returns a charge by its token. Null if the merchant has not made the charge, which may then be sent again. `NOT_FOUND` if the group does not exist. Scope: `POCKETS_READ`, or an operator's token.",
  })
  @AllowScopes("POCKETS_READ", "OPERATOR")
  pocketCharge(
    @Arg("pocketGroupSlug", () => String, {
      description:
        "The unique name of the charge's pocket group in requests, such as `my-pocket-group`.",
    })
    pocketGroupSlug: string,
    @Arg("token", () => Uuid, { description: "The token with which the charge was sent, a UUID." })
    token: string,
    @Ctx() { caller }: Context,
  ): Promise<PocketCharge | null> {
    return this.traces.trace(pocketGroupSlug, token, requireCaller(caller));
  }

  @Query(() => pocketChargeListTypes.Connection, {
    description:
      "Lists the charges that the merchant made in the groups granted to it; operators see all charges. Scope: `POCKETS_READ`, or an operator's token.",
  })
  @AllowScopes("POCKETS_READ", "OPERATOR")
  pocketCharges(
    @Args(() => pocketChargeListTypes.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof pocketChargeRecord> {
    return this.reader.charges.all(context, args);
  }

  @Related()
  @FieldResolver(() => PocketGroupType, {
    description: "The group of the charged pocket, which determines the currency and limits.",
  })
  pocketGroup(
    @Root() { pocketGroupId }: PocketCharge,
    @Ctx() context: Context,
  ): Promise<PocketGroup | null> {
    return this.groups.byId(context).load(pocketGroupId);
  }

  @Related()
  @FieldResolver(() => PocketType, {
    description: "The charged pocket in its current state, which includes later entries.",
  })
  pocket(
    @Root() { pocketGroupId, phoneNumber }: PocketCharge,
    @Ctx() context: Context,
  ): Promise<Pocket | null> {
    return this.pockets.byKey(context).load({ pocketGroupId, phoneNumber });
  }

  @Related()
  @FieldResolver(() => MerchantType, {
    description: "The merchant whose token was used to make the charge.",
  })
  merchant(
    @Root() { merchantId }: PocketCharge,
    @Ctx() context: Context,
  ): Promise<Merchant | null> {
    return this.merchants.byId(context).load(merchantId);
  }
}
