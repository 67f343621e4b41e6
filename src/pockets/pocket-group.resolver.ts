import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";
import { MerchantType } from "../access/access.type.js";
import { requireCaller } from "../callers/caller.js";
import type { MerchantLoader } from "../access/merchant.loader.js";
import type { Merchant } from "../access/merchant.record.js";
import type { Context } from "../graphql/context.js";
import { AllowScopes } from "../graphql/permission.js";
import { payloadOf } from "../graphql/user-error.type.js";
import type { Connection } from "../listing/connection.js";
import type { ListArguments } from "../listing/list-query.js";
import { PAGE, PageInput } from "../listing/sort-and-page.type.js";
import { numberedPage } from "../listing/page.js";
import { present } from "../shared/assert.js";
import type { PocketGroupLoader } from "./pocket-group.loader.js";
import type { pocketChargeRecord } from "./pocket-charge.record.js";
import type { pocketEntryRecord } from "./pocket-entry.record.js";
import { pocketEntryListTypes, pocketHoldListTypes } from "./pocket-entry.type.js";
import type { pocketHoldRecord } from "./pocket-hold.record.js";
import type { PocketGroup, pocketGroupRecord } from "./pocket-group.record.js";
import type { PocketReader } from "./pocket.reader.js";
import type { pocketRecord } from "./pocket.record.js";
import type { PocketGroupService } from "./pocket-group.service.js";
import { CreatePocketGroupInput, UpdatePocketGroupInput } from "./pocket.input.js";
import {
  PocketGroupPayload,
  PocketGroupType,
  pocketChargeListTypes,
  pocketGroupListTypes,
  pocketListTypes,
} from "./pocket.type.js";

const SLUG = { description: "The group's unique name in requests, such as `my-pocket-group`." };

@Resolver(() => PocketGroupType)
export class PocketGroupResolver {
  constructor(
    private readonly service: PocketGroupService,
    private readonly reader: PocketReader,
    private readonly groupLoader: PocketGroupLoader,
    private readonly merchantLoader: MerchantLoader,
  ) {}

  @Query(() => PocketGroupType, {
    nullable: true,
    description:
      "Returns a pocket group. Null if it does not exist, `FORBIDDEN` if it is not granted to the merchant. Scope: `POCKETS_READ`, or an operator's token.",
  })
  @AllowScopes("POCKETS_READ", "OPERATOR")
  async pocketGroup(
    @Arg("slug", () => String, SLUG) slug: string,
    @Ctx() context: Context,
  ): Promise<PocketGroup | null> {
    const group = await this.service.find(slug, requireCaller(context.caller));
    if (group !== null) this.groupLoader.prime(context, [group]);
    return group;
  }

  @Query(() => pocketGroupListTypes.Connection, {
    description:
      "Lists the pocket groups granted to the merchant; operators see all groups. Scope: `POCKETS_READ`, or an operator's token.",
  })
  @AllowScopes("POCKETS_READ", "OPERATOR")
  pocketGroups(
    @Args(() => pocketGroupListTypes.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof pocketGroupRecord> {
    return this.reader.groups.all(context, args);
  }

  @FieldResolver(() => pocketListTypes.Connection, {
    description:
      "The pockets in the group: one for each phone number that any merchant has charged.",
  })
  @AllowScopes("POCKETS_READ", "OPERATOR")
  pockets(
    @Root() { id }: PocketGroup,
    @Args(() => pocketListTypes.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof pocketRecord> {
    return this.reader.pockets.of("pocketGroup", [id], context, args);
  }

  @FieldResolver(() => pocketChargeListTypes.Connection, {
    description: "The charges that the merchant made in the group; operators see all charges.",
  })
  @AllowScopes("POCKETS_READ", "OPERATOR")
  pocketCharges(
    @Root() { id }: PocketGroup,
    @Args(() => pocketChargeListTypes.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof pocketChargeRecord> {
    return this.reader.charges.of("pocketGroup", [id], context, args);
  }

  @FieldResolver(() => pocketEntryListTypes.Connection, {
    description:
      "The entries in the group that the merchant made: charges, debits and reversals. Operators see all entries.",
  })
  @AllowScopes("POCKETS_READ", "OPERATOR")
  pocketEntries(
    @Root() { id }: PocketGroup,
    @Args(() => pocketEntryListTypes.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof pocketEntryRecord> {
    return this.reader.entries.of("pocketGroup", [id], context, args);
  }

  @FieldResolver(() => pocketHoldListTypes.Connection, {
    description: "The holds in the group that the merchant made. Operators see all holds.",
  })
  @AllowScopes("POCKETS_READ", "OPERATOR")
  pocketHolds(
    @Root() { id }: PocketGroup,
    @Args(() => pocketHoldListTypes.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof pocketHoldRecord> {
    return this.reader.holds.of("pocketGroup", [id], context, args);
  }

  @Mutation(() => PocketGroupPayload, {
    description:
      "Creates a pocket group, which is active immediately but granted to no merchant. Operators only.",
  })
  @AllowScopes("OPERATOR")
  async createPocketGroup(
    @Arg("input", () => CreatePocketGroupInput, {
      description:
        "The group's slug, name, currency and limits. The slug and the name are required.",
    })
    input: CreatePocketGroupInput,
    @Ctx() { caller }: Context,
  ): Promise<PocketGroupPayload> {
    return payloadOf("pocketGroup", await this.service.create(input, requireCaller(caller)));
  }

  @Mutation(() => PocketGroupPayload, {
    description: "Updates a pocket group. `NOT_FOUND` if it does not exist. Operators only.",
  })
  @AllowScopes("OPERATOR")
  async updatePocketGroup(
    @Arg("slug", () => String, SLUG) slug: string,
    @Arg("input", () => UpdatePocketGroupInput, {
      description: "The fields to change. Omitted fields keep their values.",
    })
    input: UpdatePocketGroupInput,
    @Ctx() { caller }: Context,
  ): Promise<PocketGroupPayload> {
    const outcome = await this.service.update(slug, input, requireCaller(caller));
    return payloadOf("pocketGroup", outcome);
  }

  @Mutation(() => PocketGroupPayload, {
    description:
      "Lets a merchant read and change the pockets of a group, as far as the scopes of its tokens allow. Granting again has no effect. `NOT_FOUND` if the merchant or the group does not exist. Operators only.",
  })
  @AllowScopes("OPERATOR")
  async grantPocketGroup(
    @Arg("slug", () => String, SLUG) slug: string,
    @Arg("merchantId", () => ID, {
      description: "The id of the merchant that may then use the group.",
    })
    merchantId: string,
    @Ctx() { caller }: Context,
  ): Promise<PocketGroupPayload> {
    const pocketGroup = await this.service.grant(slug, merchantId, requireCaller(caller));
    return { pocketGroup, userErrors: [] };
  }

  @Mutation(() => PocketGroupPayload, {
    description:
      "Ends a grant: the merchant's requests for the group are `FORBIDDEN` from now on. What it has charged stays. Operators only.",
  })
  @AllowScopes("OPERATOR")
  async revokePocketGroup(
    @Arg("slug", () => String, SLUG) slug: string,
    @Arg("merchantId", () => ID, {
      description: "The id of the merchant that may then no longer use the group.",
    })
    merchantId: string,
    @Ctx() { caller }: Context,
  ): Promise<PocketGroupPayload> {
    const pocketGroup = await this.service.revoke(slug, merchantId, requireCaller(caller));
    return { pocketGroup, userErrors: [] };
  }

  @FieldResolver(() => [MerchantType], {
    description:
      "A page of the merchants that the group is granted to, oldest grant first. Without `page`, the first 20. Operators only.",
  })
  @AllowScopes("OPERATOR")
  async merchants(
    @Root() { id }: PocketGroup,
    @Arg("page", () => PageInput, PAGE) page: PageInput | null,
    @Ctx() context: Context,
  ): Promise<Merchant[]> {
    const granted = await this.groupLoader.merchantIdsOf(context, id, numberedPage(page));
    const merchants = granted.map((merchantId) =>
      this.merchantLoader.byId(context).load(merchantId),
    );
    return (await Promise.all(merchants)).map((merchant) =>
      present(merchant, "a granted merchant"),
    );
  }
}
