import { Arg, Args, Ctx, ID, Mutation, Query, Resolver } from "type-graphql";
import { requireMerchant } from "../callers/caller.js";
import type { Context } from "../graphql/context.js";
import { AllowScopes } from "../graphql/permission.js";
import { payloadOf } from "../graphql/user-error.type.js";
import type { Connection } from "../listing/connection.js";
import type { ListArguments } from "../listing/list-query.js";
import { CreateCustomerInput, UpdateCustomerInput } from "./customer.input.js";
import type { CustomerReader } from "./customer.reader.js";
import type { Customer, customerRecord } from "./customer.record.js";
import type { CustomerService } from "./customer.service.js";
import { CustomerPayload, CustomerType, customerListTypes } from "./customer.type.js";

@Resolver(() => CustomerType)
export class CustomerResolver {
  constructor(
    private readonly service: CustomerService,
    private readonly reader: CustomerReader,
  ) {}

  @Query(() => CustomerType, {
    nullable: true,
    description:
      "Returns a customer. Null if the merchant has no customer with this id. Scope: `PAYMENTS_READ`.",
  })
  @AllowScopes("PAYMENTS_READ")
  customer(
    @Arg("id", () => ID, {
      description: "The record's `id`, a UUIDv7. A string that is not a UUID matches no record.",
    })
    id: string,
    @Ctx() { caller }: Context,
  ): Promise<Customer | null> {
    return this.service.find(requireMerchant(caller), id);
  }

  @Query(() => customerListTypes.Connection, {
    description: "Lists the merchant's customers, including archived ones. Scope: `PAYMENTS_READ`.",
  })
  @AllowScopes("PAYMENTS_READ")
  customers(
    @Args(() => customerListTypes.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof customerRecord> {
    return this.reader.customers.all(context, args);
  }

  @Mutation(() => CustomerPayload, {
    description: "Creates a customer with the merchant's next number. Scope: `PAYMENTS_WRITE`.",
  })
  @AllowScopes("PAYMENTS_WRITE")
  async createCustomer(
    @Arg("input", () => CreateCustomerInput, {
      description: "The customer's name and contact details. Only the name is required.",
    })
    input: CreateCustomerInput,
    @Ctx() { caller }: Context,
  ): Promise<CustomerPayload> {
    return payloadOf("customer", await this.service.create(requireMerchant(caller), input));
  }

  @Mutation(() => CustomerPayload, {
    description:
      "Updates a customer. `NOT_FOUND` if the merchant has no customer with this id. Scope: `PAYMENTS_WRITE`.",
  })
  @AllowScopes("PAYMENTS_WRITE")
  async updateCustomer(
    @Arg("id", () => ID, {
      description: "The record's `id`, a UUIDv7. A string that is not a UUID matches no record.",
    })
    id: string,
    @Arg("input", () => UpdateCustomerInput, {
      description: "The fields to change. Omitted fields keep their values.",
    })
    input: UpdateCustomerInput,
    @Ctx() { caller }: Context,
  ): Promise<CustomerPayload> {
    return payloadOf("customer", await this.service.update(requireMerchant(caller), id, input));
  }
}
