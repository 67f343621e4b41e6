import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";
import { requireMerchant } from "../../callers/caller.js";
import type { Context } from "../../graphql/context.js";
import { AllowScopes } from "../../graphql/permission.js";
import type { Connection } from "../../listing/connection.js";
import type { ListArguments } from "../../listing/list-query.js";
import type { Order } from "../../orders/order.record.js";
import { OrderType } from "../../orders/order.type.js";
import type { RecordLoader } from "../../listing/loader.js";
import type { PaymentOwnerType } from "../payment-enums.js";
import type { PaymentReader } from "./payment.reader.js";
import type { Payment, paymentRecord } from "./payment.record.js";
import type { PaymentService } from "./payment.service.js";
import {
  type PaymentOwner,
  PaymentOwnerUnion,
  PaymentType,
  paymentListTypes,
} from "./payment.type.js";

@Resolver(() => PaymentType)
export class PaymentResolver {
  constructor(
    private readonly service: PaymentService,
    private readonly reader: PaymentReader,
    private readonly orders: RecordLoader<Order>,
    private readonly owners: Readonly<Record<PaymentOwnerType, RecordLoader<PaymentOwner>>>,
  ) {}

  @Query(() => PaymentType, {
    nullable: true,
    description:
      "Returns a payment by its own id, or by the id of its charge, refund or authorization. Null if the merchant has none with this id. Scope: `PAYMENTS_READ`.",
  })
  @AllowScopes("PAYMENTS_READ")
  payment(
    @Arg("id", () => ID, {
      description:
        "The payment's `id`, or the UUIDv7 of the charge, refund or authorization. A string that is not a UUID matches no record.",
    })
    id: string,
    @Ctx() { caller }: Context,
  ): Promise<Payment | null> {
    return this.service.find(requireMerchant(caller), id);
  }

  @Query(() => paymentListTypes.Connection, {
    description:
      "Lists the merchant's charges, refunds and authorizations in one list. Scope: `PAYMENTS_READ`.",
  })
  @AllowScopes("PAYMENTS_READ")
  payments(
    @Args(() => paymentListTypes.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof paymentRecord> {
    return this.reader.payments.all(context, args);
  }

  @FieldResolver(() => OrderType, {
    nullable: true,
    description: "The order of the charge, refund or authorization. Null if there is none.",
  })
  @AllowScopes("PAYMENTS_READ")
  order(@Root() { orderId }: Payment, @Ctx() context: Context): Promise<Order | null> {
    return this.orders.load(context, orderId);
  }

  @FieldResolver(() => PaymentOwnerUnion, {
    description: "The charge, refund or authorization.",
  })
  owner(@Root() { id, ownerType }: Payment, @Ctx() context: Context): Promise<PaymentOwner | null> {
    return this.owners[ownerType].load(context, id);
  }
}
