import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";
import { requireMerchant } from "../callers/caller.js";
import type { Customer } from "../customers/customer.record.js";
import { CustomerType } from "../customers/customer.type.js";
import type { Context } from "../graphql/context.js";
import { AllowScopes } from "../graphql/permission.js";
import { Related } from "../graphql/related.js";
import { payloadOf } from "../graphql/user-error.type.js";
import type { Connection } from "../listing/connection.js";
import type { ListArguments } from "../listing/list-query.js";
import type { RecordLoader } from "../listing/loader.js";
import { CreateOrderInput, UpdateOrderInput } from "./order.input.js";
import type { OrderReader } from "./order.reader.js";
import type { Order, orderRecord } from "./order.record.js";
import type { OrderService } from "./order.service.js";
import { OrderPayload, OrderType, orderListTypes } from "./order.type.js";

@Resolver(() => OrderType)
export class OrderResolver {
  constructor(
    private readonly service: OrderService,
    private readonly reader: OrderReader,
    private readonly customers: RecordLoader<Customer>,
  ) {}

  @Query(() => OrderType, {
    nullable: true,
    description:
      "Returns an order. Null if the merchant has no order with this id. Scope: `PAYMENTS_READ`.",
  })
  @AllowScopes("PAYMENTS_READ")
  order(
    @Arg("id", () => ID, {
      description: "The record's `id`, a UUIDv7. A string that is not a UUID matches no record.",
    })
    id: string,
    @Ctx() { caller }: Context,
  ): Promise<Order | null> {
    return this.service.find(requireMerchant(caller), id);
  }

  @Query(() => orderListTypes.Connection, {
    description: "Lists the merchant's orders in every status. Scope: `PAYMENTS_READ`.",
  })
  @AllowScopes("PAYMENTS_READ")
  orders(
    @Args(() => orderListTypes.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof orderRecord> {
    return this.reader.orders.all(context, args);
  }

  @Mutation(() => OrderPayload, {
    description: "Creates an order with the merchant's next number. Scope: `PAYMENTS_WRITE`.",
  })
  @AllowScopes("PAYMENTS_WRITE")
  async createOrder(
    @Arg("input", () => CreateOrderInput, {
      description: "The details of the order. Every field has a default.",
    })
    input: CreateOrderInput,
    @Ctx() { caller }: Context,
  ): Promise<OrderPayload> {
    return payloadOf("order", await this.service.create(requireMerchant(caller), input));
  }

  @Mutation(() => OrderPayload, {
    description:
      "Updates an order. `NOT_FOUND` if the merchant has no order with this id. Scope: `PAYMENTS_WRITE`.",
  })
  @AllowScopes("PAYMENTS_WRITE")
  async updateOrder(
    @Arg("id", () => ID, {
      description: "The record's `id`, a UUIDv7. A string that is not a UUID matches no record.",
    })
    id: string,
    @Arg("input", () => UpdateOrderInput, {
      description: "The fields to change. Omitted fields keep their values.",
    })
    input: UpdateOrderInput,
    @Ctx() { caller }: Context,
  ): Promise<OrderPayload> {
    return payloadOf("order", await this.service.update(requireMerchant(caller), id, input));
  }

  @Related()
  @FieldResolver(() => CustomerType, {
    nullable: true,
    description: "The customer who ordered. Null if unknown.",
  })
  @AllowScopes("PAYMENTS_READ")
  customer(@Root() { customerId }: Order, @Ctx() context: Context): Promise<Customer | null> {
    return this.customers.load(context, customerId);
  }
}
