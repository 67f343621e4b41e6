import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { MerchantType } from "../access/access.type.js";
import type { MerchantLoader } from "../access/merchant.loader.js";
import type { Merchant } from "../access/merchant.record.js";
import type { Context } from "../graphql/context.js";
import type { GraphqlClass } from "../listing/graphql-class.js";
import { pocketEntryListTypes, pocketHoldListTypes } from "./pocket-entry.type.js";
import type { PocketGroupLoader } from "./pocket-group.loader.js";
import type { PocketGroup } from "./pocket-group.record.js";
import { PocketGroupType, pocketChargeListTypes, pocketListTypes } from "./pocket.type.js";

/** The keys of a group that are relations. The records are grouped by their ids. */
interface GroupingValues {
  readonly pocketGroupId?: string;
  readonly merchantId?: string;
}

const POCKET_GROUP = {
  nullable: true,
  description: "The pocket group of the records. Null unless it is a grouping key.",
};

@Resolver(() => pocketListTypes.GroupingValues)
export class PocketGroupingResolver {
  constructor(private readonly groups: PocketGroupLoader) {}

  @FieldResolver(() => PocketGroupType, POCKET_GROUP)
  pocketGroup(
    @Root() { pocketGroupId }: GroupingValues,
    @Ctx() context: Context,
  ): Promise<PocketGroup | null> | null {
    return pocketGroupId === undefined ? null : this.groups.byId(context).load(pocketGroupId);
  }
}

/** The relations of the groups of a merchant's own charges, entries or holds. */
function ownGroupingResolver(values: GraphqlClass) {
  @Resolver(() => values)
  class OwnGroupingResolver {
    constructor(
      private readonly groups: PocketGroupLoader,
      private readonly merchants: MerchantLoader,
    ) {}

    @FieldResolver(() => PocketGroupType, POCKET_GROUP)
    pocketGroup(
      @Root() { pocketGroupId }: GroupingValues,
      @Ctx() context: Context,
    ): Promise<PocketGroup | null> | null {
      return pocketGroupId === undefined ? null : this.groups.byId(context).load(pocketGroupId);
    }

    @FieldResolver(() => MerchantType, {
      nullable: true,
      description: "The merchant that made the records. Null unless it is a grouping key.",
    })
    merchant(
      @Root() { merchantId }: GroupingValues,
      @Ctx() context: Context,
    ): Promise<Merchant | null> | null {
      return merchantId === undefined ? null : this.merchants.byId(context).load(merchantId);
    }
  }
  return OwnGroupingResolver;
}

export const OWN_GROUPING_RESOLVERS = [
  pocketChargeListTypes,
  pocketEntryListTypes,
  pocketHoldListTypes,
].map(({ GroupingValues }) => ownGroupingResolver(GroupingValues));
