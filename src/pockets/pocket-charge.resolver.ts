import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from "type-graphql";
import { MerchantType } from "../access/access.type.js";
import { requireCaller } from "../callers/caller.js";
import type { MerchantLoader } from "../access/merchant.loader.js";
import type { Merchant } from "../access/merchant.record.js";
import type { Context } from "../graphql/context.js";
import { AllowScopes } from "../graphql/permission.js";
import { Uuid } from "../graphql/scalars.js";
import type { PocketCharge, pocketChargeRecord } from "./pocket-charge.record.js";
import type { Connection } from "../listing/connection.js";
import type { ListArguments } from "../listing/list.js";
import type { PocketChargeService } from "./pocket-charge.service.js";
import type { PocketGroupLoader } from "./pocket-group.loader.js";
import type { PocketGroup } from "./pocket-group.record.js";
import type { PocketLists } from "./pocket.lists.js";
import type { PocketLoader } from "./pocket.loader.js";
import type { Pocket } from "./pocket.record.js";
import { PocketChargeType, PocketGroupType, PocketType, pocketChargeLists } from "./pocket.type.js";

@Resolver(() => PocketChargeType)
export class PocketChargeResolver {
  constructor(
    private readonly service: PocketChargeService,
    private readonly lists: PocketLists,
    private readonly groups: PocketGroupLoader,
    private readonly pockets: PocketLoader,
    private readonly merchants: MerchantLoader,
  ) {}

  @Query(() => PocketChargeType, {
    nullable: true,
    description:
      "Traces one charge by its token. Null means that the merchant has made no such charge, so that it may be sent again; an unknown group is `NOT_FOUND`. Scope: `POCKETS_READ`, or an operator's token.",
  })
  @AllowScopes("POCKETS_READ", "OPERATOR")
  pocketCharge(
    @Arg("pocketGroupSlug", () => String, {
      description:
        "The group that the charge was sent for, by its name in requests, such as `my-pocket-group`.",
    })
    pocketGroupSlug: string,
    @Arg("token", () => Uuid, { description: "The UUID that the charge was sent with." })
    token: string,
    @Ctx() { caller }: Context,
  ): Promise<PocketCharge | null> {
    return this.service.trace(pocketGroupSlug, token, requireCaller(caller));
  }

  @Query(() => pocketChargeLists.Connection, {
    description:
      "Lists the charges that the merchant made in the groups granted to it, for operators all charges. Scope: `POCKETS_READ`, or an operator's token.",
  })
  @AllowScopes("POCKETS_READ", "OPERATOR")
  pocketCharges(
    @Args(() => pocketChargeLists.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof pocketChargeRecord> {
    return this.lists.charges.all(context, args);
  }

  @FieldResolver(() => PocketGroupType, {
    description: "The wallet programme that was charged in.",
  })
  pocketGroup(
    @Root() { pocketGroupId }: PocketCharge,
    @Ctx() context: Context,
  ): Promise<PocketGroup | null> {
    return this.groups.byId(context).load(pocketGroupId);
  }

  @FieldResolver(() => PocketType, {
    description: "The charged pocket as it is now, later charges included.",
  })
  pocket(
    @Root() { pocketGroupId, phoneNumber }: PocketCharge,
    @Ctx() context: Context,
  ): Promise<Pocket | null> {
    return this.pockets.byKey(context).load({ pocketGroupId, phoneNumber });
  }

  @FieldResolver(() => MerchantType, { description: "Whose token made the charge." })
  merchant(
    @Root() { merchantId }: PocketCharge,
    @Ctx() context: Context,
  ): Promise<Merchant | null> {
    return this.merchants.byId(context).load(merchantId);
  }
}
