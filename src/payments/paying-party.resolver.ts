import { Args, Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { Customer } from "../customers/customer.record.js";
import { CustomerType } from "../customers/customer.type.js";
import type { Context } from "../graphql/context.js";
import { AllowScopes } from "../graphql/permission.js";
import { Amount } from "../graphql/scalars.js";
import type { Connection } from "../listing/connection.js";
import type { ListArguments } from "../listing/list.js";
import type { Order } from "../orders/order.record.js";
import { OrderType } from "../orders/order.type.js";
import { isAmount } from "../shared/amount.js";
import { assert } from "../shared/assert.js";
import type { paymentChargeRecord } from "./charges/payment-charge.record.js";
import type { PaymentLists } from "./payment.lists.js";
import type { PaymentLoaders } from "./payment.loader.js";
import { paymentChargeLists } from "./payment.type.js";

/** What this feature adds to a customer, who knows nothing of payments. */
@Resolver(() => CustomerType)
export class CustomerPaymentsResolver {
  constructor(private readonly lists: PaymentLists) {}

  @FieldResolver(() => paymentChargeLists.Connection, {
    description: "The charges that the customer pays or has paid, in every status.",
  })
  @AllowScopes("PAYMENTS_READ")
  paymentCharges(
    @Root() { id }: Customer,
    @Args(() => paymentChargeLists.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof paymentChargeRecord> {
    return this.lists.charges.of("customer", [id], context, args);
  }
}

/** What this feature adds to an order, which knows nothing of payments. */
@Resolver(() => OrderType)
export class OrderPaymentsResolver {
  constructor(
    private readonly lists: PaymentLists,
    private readonly loaders: PaymentLoaders,
  ) {}

  @FieldResolver(() => paymentChargeLists.Connection, {
    description: "The charges with which the order is or was paid, in every status.",
  })
  @AllowScopes("PAYMENTS_READ")
  paymentCharges(
    @Root() { id }: Order,
    @Args(() => paymentChargeLists.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof paymentChargeRecord> {
    return this.lists.charges.of("order", [id], context, args);
  }

  @FieldResolver(() => Amount, {
    description:
      "The amount paid: the order's succeeded charges minus its succeeded refunds, including deposits.",
  })
  async paidInCents(@Root() { id }: Order, @Ctx() context: Context): Promise<number> {
    const paidInCents = (await this.loaders.paidAmounts(context).load(id))?.paidInCents ?? 0;
    // Payments together may be more than an Amount can hold: an error rather than a wrong number.
    assert(isAmount(paidInCents), `what was paid of the order ${id} is beyond an Amount`);
    return paidInCents;
  }
}
