import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from "type-graphql";
import { requireCaller } from "../callers/caller.js";
import type { Context } from "../graphql/context.js";
import { AllowScopes } from "../graphql/permission.js";
import { payloadOf } from "../graphql/user-error.type.js";
import type { Connection } from "../listing/connection.js";
import type { ListArguments } from "../listing/list-query.js";
import { PHONE_NUMBER_FORMS } from "../shared/phone-number.js";
import type { PocketGroupLoader } from "./pocket-group.loader.js";
import type { PocketGroup } from "./pocket-group.record.js";
import type { pocketChargeRecord } from "./pocket-charge.record.js";
import type { pocketEntryRecord } from "./pocket-entry.record.js";
import { pocketEntryListTypes, pocketHoldListTypes } from "./pocket-entry.type.js";
import type { pocketHoldRecord } from "./pocket-hold.record.js";
import { UpdatePocketInput } from "./pocket.input.js";
import type { PocketReader } from "./pocket.reader.js";
import type { Pocket, pocketRecord } from "./pocket.record.js";
import type { PocketService } from "./pocket.service.js";
import {
  PocketGroupType,
  PocketPayload,
  PocketType,
  pocketChargeListTypes,
  pocketListTypes,
} from "./pocket.type.js";

export const GROUP_SLUG =
  "The unique name of the pocket group in requests, such as `my-pocket-group`.";
export const NUMBER = `The mobile number, ${PHONE_NUMBER_FORMS}. Numbers of other countries are accepted in international form, because the group's region may have changed.`;

@Resolver(() => PocketType)
export class PocketResolver {
  constructor(
    private readonly service: PocketService,
    private readonly reader: PocketReader,
    private readonly groups: PocketGroupLoader,
  ) {}

  @Query(() => PocketType, {
    nullable: true,
    description:
      "Returns a pocket of a granted group. Null if the number has no pocket. `NOT_FOUND` if the group does not exist. Scope: `POCKETS_READ`, or an operator's token.",
  })
  @AllowScopes("POCKETS_READ", "OPERATOR")
  pocket(
    @Arg("pocketGroupSlug", () => String, { description: GROUP_SLUG }) pocketGroupSlug: string,
    @Arg("phoneNumber", () => String, { description: NUMBER }) phoneNumber: string,
    @Ctx() { caller }: Context,
  ): Promise<Pocket | null> {
    return this.service.find(pocketGroupSlug, phoneNumber, requireCaller(caller));
  }

  @Query(() => pocketListTypes.Connection, {
    description:
      "Lists the pockets of the groups granted to the merchant; operators see those of all groups. Scope: `POCKETS_READ`, or an operator's token.",
  })
  @AllowScopes("POCKETS_READ", "OPERATOR")
  pockets(
    @Args(() => pocketListTypes.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof pocketRecord> {
    return this.reader.pockets.all(context, args);
  }

  @Mutation(() => PocketPayload, {
    description:
      "Freezes a pocket, or lifts its freeze. Charges, debits and holds that are sent after the response are settled with the new freeze. `NOT_FOUND` if the number has no pocket in the group. Scope: `POCKETS_DEBIT`, or an operator's token.",
  })
  @AllowScopes("POCKETS_DEBIT", "OPERATOR")
  async updatePocket(
    @Arg("pocketGroupSlug", () => String, { description: GROUP_SLUG }) pocketGroupSlug: string,
    @Arg("phoneNumber", () => String, { description: NUMBER }) phoneNumber: string,
    @Arg("input", () => UpdatePocketInput, {
      description: "The fields to change. Omitted fields keep their values.",
    })
    input: UpdatePocketInput,
    @Ctx() { caller }: Context,
  ): Promise<PocketPayload> {
    const by = requireCaller(caller);
    return payloadOf("pocket", await this.service.update(pocketGroupSlug, phoneNumber, input, by));
  }

  @FieldResolver(() => pocketChargeListTypes.Connection, {
    description: "The charges that the merchant made to the pocket; operators see all charges.",
  })
  @AllowScopes("POCKETS_READ", "OPERATOR")
  pocketCharges(
    @Root() { pocketGroupId, phoneNumber }: Pocket,
    @Args(() => pocketChargeListTypes.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof pocketChargeRecord> {
    return this.reader.charges.of("pocket", [pocketGroupId, phoneNumber], context, args);
  }

  @FieldResolver(() => pocketEntryListTypes.Connection, {
    description:
      "The entries of the pocket that the merchant made: charges, debits and reversals. Operators see all entries.",
  })
  @AllowScopes("POCKETS_READ", "OPERATOR")
  pocketEntries(
    @Root() { pocketGroupId, phoneNumber }: Pocket,
    @Args(() => pocketEntryListTypes.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof pocketEntryRecord> {
    return this.reader.entries.of("pocket", [pocketGroupId, phoneNumber], context, args);
  }

  @FieldResolver(() => pocketHoldListTypes.Connection, {
    description: "The holds of the pocket that the merchant made. Operators see all holds.",
  })
  @AllowScopes("POCKETS_READ", "OPERATOR")
  pocketHolds(
    @Root() { pocketGroupId, phoneNumber }: Pocket,
    @Args(() => pocketHoldListTypes.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof pocketHoldRecord> {
    return this.reader.holds.of("pocket", [pocketGroupId, phoneNumber], context, args);
  }

  @FieldResolver(() => PocketGroupType, {
    description: "The pocket's group, which determines its currency and limits.",
  })
  pocketGroup(
    @Root() { pocketGroupId }: Pocket,
    @Ctx() context: Context,
  ): Promise<PocketGroup | null> {
    return this.groups.byId(context).load(pocketGroupId);
  }
}
