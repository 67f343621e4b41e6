import { Arg, Ctx, FieldResolver, Query, Resolver, Root } from "type-graphql";
import { requireCaller } from "../access/caller.js";
import type { Context } from "../graphql/context.js";
import { AllowScopes } from "../graphql/permission.js";
import type { PocketGroupLoader } from "./pocket-group.loader.js";
import type { PocketGroup } from "./pocket-group.record.js";
import type { Pocket } from "./pocket.record.js";
import type { PocketService } from "./pocket.service.js";
import { PocketGroupType, PocketType } from "./pocket.type.js";

@Resolver(() => PocketType)
export class PocketResolver {
  constructor(
    private readonly pockets: PocketService,
    private readonly groups: PocketGroupLoader,
  ) {}

  @Query(() => PocketType, {
    nullable: true,
    description:
      "Looks up a pocket of a granted group: null when the number has none. An unknown group is `NOT_FOUND`.",
  })
  @AllowScopes("POCKETS_READ", "OPERATOR")
  pocket(
    @Arg("pocketGroupSlug", () => String, { description: "The group's slug." })
    pocketGroupSlug: string,
    @Arg("phoneNumber", () => String, {
      description: "The mobile number, in any form that charges are sent with.",
    })
    phoneNumber: string,
    @Ctx() { caller }: Context,
  ): Promise<Pocket | null> {
    return this.pockets.find(pocketGroupSlug, phoneNumber, requireCaller(caller));
  }

  @FieldResolver(() => PocketGroupType, { description: "The group that the pocket is in." })
  pocketGroup(
    @Root() { pocketGroupId }: Pocket,
    @Ctx() context: Context,
  ): Promise<PocketGroup | null> {
    return this.groups.byId(context).load(pocketGroupId);
  }
}
