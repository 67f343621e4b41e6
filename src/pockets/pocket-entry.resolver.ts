import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from "type-graphql";
import { MerchantType } from "../access/access.type.js";
import type { MerchantLoader } from "../access/merchant.loader.js";
import type { Merchant } from "../access/merchant.record.js";
import { requireCaller } from "../callers/caller.js";
import type { Context } from "../graphql/context.js";
import { AllowScopes } from "../graphql/permission.js";
import { Related } from "../graphql/related.js";
import { Amount, Uuid } from "../graphql/scalars.js";
import type { Connection } from "../listing/connection.js";
import type { ListArguments } from "../listing/list-query.js";
import type { PocketEntryLoader } from "./pocket-entry.loader.js";
import type { PocketEntry, pocketEntryRecord } from "./pocket-entry.record.js";
import { PocketEntryType, PocketHoldType, pocketEntryListTypes } from "./pocket-entry.type.js";
import type { PocketGroupLoader } from "./pocket-group.loader.js";
import type { PocketGroup } from "./pocket-group.record.js";
import type { PocketHoldRow } from "./pocket-hold.record.js";
import type { PocketLoader } from "./pocket.loader.js";
import type { PocketReader } from "./pocket.reader.js";
import type { Pocket } from "./pocket.record.js";
import { PocketGroupType, PocketType } from "./pocket.type.js";
import type { TraceByToken } from "./trace.service.js";

@Resolver(() => PocketEntryType)
export class PocketEntryResolver {
  constructor(
    private readonly traces: TraceByToken<typeof pocketEntryRecord>,
    private readonly reader: PocketReader,
    private readonly entries: PocketEntryLoader,
    private readonly groups: PocketGroupLoader,
    private readonly pockets: PocketLoader,
    private readonly merchants: MerchantLoader,
  ) {}

  @Query(() => PocketEntryType, {
    nullable: true,
    description:
      "Returns an entry (a charge, a debit or a reversal) by its token. Null if the merchant has not made it. `NOT_FOUND` if the group does not exist. Scope: `POCKETS_READ`, or an operator's token.",
  })
  @AllowScopes("POCKETS_READ", "OPERATOR")
  pocketEntry(
    @Arg("pocketGroupSlug", () => String, {
      description:
        "The unique name of the entry's pocket group in requests, such as `my-pocket-group`.",
    })
    pocketGroupSlug: string,
    @Arg("token", () => Uuid, { description: "The token with which the item was sent, a UUID." })
    token: string,
    @Ctx() { caller }: Context,
  ): Promise<PocketEntry | null> {
    return this.traces.trace(pocketGroupSlug, token, requireCaller(caller));
  }

  @Query(() => pocketEntryListTypes.Connection, {
    description:
      "Lists the entries that the merchant made in the groups granted to it; operators see all entries. Scope: `POCKETS_READ`, or an operator's token.",
  })
  @AllowScopes("POCKETS_READ", "OPERATOR")
  pocketEntries(
    @Args(() => pocketEntryListTypes.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof pocketEntryRecord> {
    return this.reader.entries.all(context, args);
  }

  @FieldResolver(() => Amount, {
    description:
      "How much of this entry was taken back by reversals, in the minor unit of the group's currency.",
  })
  reversedAmount(
    @Root() { pocketGroupId, id }: PocketEntry,
    @Ctx() context: Context,
  ): Promise<number> {
    return this.entries.reversedAmount(context).load({ pocketGroupId, id });
  }

  @FieldResolver(() => pocketEntryListTypes.Connection, {
    description: "The reversals of this entry that the merchant made; operators see all.",
  })
  @AllowScopes("POCKETS_READ", "OPERATOR")
  reversals(
    @Root() { pocketGroupId, id }: PocketEntry,
    @Args(() => pocketEntryListTypes.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof pocketEntryRecord> {
    return this.reader.entries.of("reversalOf", [pocketGroupId, id], context, args);
  }

  @FieldResolver(() => PocketEntryType, {
    nullable: true,
    description: "The entry that this reversal takes back. Null for other kinds.",
  })
  reversalOf(
    @Root() { pocketGroupId, reversalOfId }: PocketEntry,
    @Ctx() context: Context,
  ): Promise<PocketEntry | null> | null {
    return reversalOfId === null
      ? null
      : this.entries.byKey(context).load({ pocketGroupId, id: reversalOfId });
  }

  @FieldResolver(() => PocketHoldType, {
    nullable: true,
    description: "The hold that this debit captures. Null if there is none.",
  })
  pocketHold(
    @Root() { pocketGroupId, pocketHoldId }: PocketEntry,
    @Ctx() context: Context,
  ): Promise<PocketHoldRow | null> | null {
    return pocketHoldId === null
      ? null
      : this.entries.holdByKey(context).load({ pocketGroupId, id: pocketHoldId });
  }

  @Related()
  @FieldResolver(() => PocketGroupType, {
    description: "The group of the pocket, which determines the currency and limits.",
  })
  pocketGroup(
    @Root() { pocketGroupId }: PocketEntry,
    @Ctx() context: Context,
  ): Promise<PocketGroup | null> {
    return this.groups.byId(context).load(pocketGroupId);
  }

  @Related()
  @FieldResolver(() => PocketType, {
    description: "The pocket in its current state, which includes later entries.",
  })
  pocket(
    @Root() { pocketGroupId, phoneNumber }: PocketEntry,
    @Ctx() context: Context,
  ): Promise<Pocket | null> {
    return this.pockets.byKey(context).load({ pocketGroupId, phoneNumber });
  }

  @Related()
  @FieldResolver(() => MerchantType, {
    description: "The merchant whose token was used to make the entry.",
  })
  merchant(@Root() { merchantId }: PocketEntry, @Ctx() context: Context): Promise<Merchant | null> {
    return this.merchants.byId(context).load(merchantId);
  }
}
