import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { Context } from "../../graphql/context.js";
import { Amount } from "../../graphql/scalars.js";
import type { Order } from "../../orders/order.record.js";
import { OrderType } from "../../orders/order.type.js";
import { isAmount } from "../../shared/amount.js";
import { assert } from "../../shared/assert.js";
import type { PaidAmountLoader } from "./paid-amount.loader.js";

/** Adds the paid amount to orders, whose module does not depend on payments. */
@Resolver(() => OrderType)
export class PaidAmountResolver {
  constructor(private readonly paidAmounts: PaidAmountLoader) {}

  @FieldResolver(() => Amount, {
    description:
      "The amount paid: the order's succeeded charges minus its succeeded refunds, including deposits.",
  })
  async paidInCents(@Root() { id }: Order, @Ctx() context: Context): Promise<number> {
    const paidInCents = (await this.paidAmounts.byOrder(context).load(id))?.paidInCents ?? 0;
    // The sum of payments may exceed the maximum Amount. Report an error instead of a rounded number.
    assert(isAmount(paidInCents), `the paid amount of the order ${id} exceeds the maximum Amount`);
    return paidInCents;
  }
}
