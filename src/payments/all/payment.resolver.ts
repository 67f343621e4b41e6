import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";
import { requireMerchant } from "../../callers/caller.js";
import type { Context } from "../../graphql/context.js";
import { AllowScopes } from "../../graphql/permission.js";
import type { Connection } from "../../listing/connection.js";
import type { ListArguments } from "../../listing/list.js";
import type { Order } from "../../orders/order.record.js";
import { OrderType } from "../../orders/order.type.js";
import type { RecordLoader } from "../../listing/loader.js";
import type { PaymentOwnerType } from "../payment-enums.js";
import type { PaymentLists } from "./payment.lists.js";
import type { Payment, paymentRecord } from "./payment.record.js";
import type { PaymentService } from "./payment.service.js";
import { type PaymentOwner, PaymentOwnerUnion, PaymentType, paymentLists } from "./payment.type.js";

@Resolver(() => PaymentType)
export class PaymentResolver {
  constructor(
    private readonly service: PaymentService,
    private readonly lists: PaymentLists,
    private readonly orders: RecordLoader<Order>,
    private readonly owners: Readonly<Record<PaymentOwnerType, RecordLoader<PaymentOwner>>>,
  ) {}

  @Query(() => PaymentType, {
    nullable: true,
    description:
      "Looks up a payment by its owner's id: null when the merchant has no charge, refund or authorization with it. Scope: `PAYMENTS_READ`.",
  })
  @AllowScopes("PAYMENTS_READ")
  payment(
    @Arg("id", () => ID, {
      description:
        "The UUIDv7 of the charge, refund or authorization. A text that is no UUID finds nothing.",
    })
    id: string,
    @Ctx() { caller }: Context,
  ): Promise<Payment | null> {
    return this.service.find(requireMerchant(caller), id);
  }

  @Query(() => paymentLists.Connection, {
    description:
      "Lists the merchant's charges, refunds and authorizations together. Scope: `PAYMENTS_READ`.",
  })
  @AllowScopes("PAYMENTS_READ")
  payments(
    @Args(() => paymentLists.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof paymentRecord> {
    return this.lists.payments.all(context, args);
  }

  @FieldResolver(() => OrderType, {
    nullable: true,
    description:
      "What was ordered and is paid, given back or held for; null when there is no order.",
  })
  @AllowScopes("PAYMENTS_READ")
  order(@Root() { orderId }: Payment, @Ctx() context: Context): Promise<Order | null> {
    return this.orders.load(context, orderId);
  }

  @FieldResolver(() => PaymentOwnerUnion, {
    description: "The charge, refund or authorization itself.",
  })
  owner(@Root() { id, ownerType }: Payment, @Ctx() context: Context): Promise<PaymentOwner | null> {
    return this.owners[ownerType].load(context, id);
  }
}
