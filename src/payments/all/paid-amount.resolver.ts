import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { Context } from "../../graphql/context.js";
import { Amount } from "../../graphql/scalars.js";
import type { Order } from "../../orders/order.record.js";
import { OrderType } from "../../orders/order.type.js";
import { isAmount } from "../../shared/amount.js";
import { assert } from "../../shared/assert.js";
import type { PaidAmountLoader } from "./paid-amount.loader.js";

/** What payments add to an order, which knows nothing of them. */
@Resolver(() => OrderType)
export class PaidAmountResolver {
  constructor(private readonly paidAmounts: PaidAmountLoader) {}

  @FieldResolver(() => Amount, {
    description:
      "What was paid: the order's succeeded charges less its succeeded refunds, deposits included.",
  })
  async paidInCents(@Root() { id }: Order, @Ctx() context: Context): Promise<number> {
    const paidInCents = (await this.paidAmounts.byOrder(context).load(id))?.paidInCents ?? 0;
    // Payments together may be more than an Amount can hold: an error rather than a wrong number.
    assert(isAmount(paidInCents), `what was paid of the order ${id} is beyond an Amount`);
    return paidInCents;
  }
}
