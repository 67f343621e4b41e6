import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";
import type { Context } from "../graphql/context.js";
import { AllowScopes } from "../graphql/permission.js";
import { payloadOf } from "../graphql/user-error.type.js";
import type { Connection } from "../listing/connection.js";
import type { ListArguments } from "../listing/list-query.js";
import { PAGE, PageInput } from "../listing/sort-and-page.type.js";
import type { AccessReader } from "./access.reader.js";
import { CreateMerchantInput, UpdateMerchantInput } from "./access.input.js";
import {
  ApiTokenType,
  MerchantPayload,
  MerchantType,
  employeeListTypes,
  merchantListTypes,
} from "./access.type.js";
import type { ApiToken } from "./api-token.record.js";
import { requireCaller } from "../callers/caller.js";
import type { employeeRecord } from "./employee.record.js";
import type { Merchant, merchantRecord } from "./merchant.record.js";
import type { MerchantService } from "./merchant.service.js";

@Resolver(() => MerchantType)
export class MerchantResolver {
  constructor(
    private readonly service: MerchantService,
    private readonly reader: AccessReader,
  ) {}

  @Query(() => MerchantType, {
    nullable: true,
    description: "Returns a merchant. Null if no merchant has this id. Operators only.",
  })
  @AllowScopes("OPERATOR")
  merchant(
    @Arg("id", () => ID, {
      description: "The record's `id`, a UUIDv7. A string that is not a UUID matches no record.",
    })
    id: string,
  ): Promise<Merchant | null> {
    return this.service.find(id);
  }

  @Query(() => merchantListTypes.Connection, {
    description: "Lists all merchants, including inactive ones. Operators only.",
  })
  @AllowScopes("OPERATOR")
  merchants(
    @Args(() => merchantListTypes.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof merchantRecord> {
    return this.reader.merchants.all(context, args);
  }

  @Mutation(() => MerchantPayload, {
    description:
      "Creates a merchant, which is active immediately but has no tokens or grants. Operators only.",
  })
  @AllowScopes("OPERATOR")
  async createMerchant(
    @Arg("input", () => CreateMerchantInput, {
      description: "The merchant's name and default currency.",
    })
    input: CreateMerchantInput,
    @Ctx() { caller }: Context,
  ): Promise<MerchantPayload> {
    return payloadOf("merchant", await this.service.create(input, requireCaller(caller)));
  }

  @Mutation(() => MerchantPayload, {
    description: "Updates a merchant. `NOT_FOUND` if the merchant does not exist. Operators only.",
  })
  @AllowScopes("OPERATOR")
  async updateMerchant(
    @Arg("id", () => ID, {
      description: "The record's `id`, a UUIDv7. A string that is not a UUID matches no record.",
    })
    id: string,
    @Arg("input", () => UpdateMerchantInput, {
      description: "The fields to change. Omitted fields keep their values.",
    })
    input: UpdateMerchantInput,
    @Ctx() { caller }: Context,
  ): Promise<MerchantPayload> {
    return payloadOf("merchant", await this.service.update(id, input, requireCaller(caller)));
  }

  @FieldResolver(() => employeeListTypes.Connection, {
    description: "The merchant's employees, including inactive ones.",
  })
  employees(
    @Root() { id }: Merchant,
    @Args(() => employeeListTypes.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof employeeRecord> {
    return this.reader.employees.of("merchant", [id], context, args);
  }

  @FieldResolver(() => [ApiTokenType], {
    description:
      "A page of the merchant's tokens, oldest first, including expired and revoked ones. Without `page`, the first 20. Secrets are never returned.",
  })
  apiTokens(
    @Root() { id }: Merchant,
    @Arg("page", () => PageInput, PAGE) page: PageInput | null,
    @Ctx() context: Context,
  ): Promise<readonly ApiToken[]> {
    return this.reader.apiTokensOf(id, context, { page });
  }
}
