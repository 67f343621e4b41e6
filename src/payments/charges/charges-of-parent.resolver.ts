import { Args, Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { CustomerType } from "../../customers/customer.type.js";
import type { Context } from "../../graphql/context.js";
import { AllowScopes } from "../../graphql/permission.js";
import type { Connection } from "../../listing/connection.js";
import type { GraphqlClass } from "../../listing/graphql-class.js";
import type { ListArguments } from "../../listing/list.js";
import { OrderType } from "../../orders/order.type.js";
import { PaymentAuthorizationType } from "../authorizations/payment-authorization.type.js";
import type { PaymentChargeReader } from "./payment-charge.lists.js";
import type { paymentChargeRecord } from "./payment-charge.record.js";
import { paymentChargeLists } from "./payment-charge.type.js";

/** Adds the list of its charges to a record that knows nothing of them. */
function chargesOf(
  Parent: GraphqlClass,
  parent: Parameters<PaymentChargeReader["of"]>[0],
  description: string,
) {
  @Resolver(() => Parent)
  class ChargesOfParentResolver {
    constructor(private readonly charges: PaymentChargeReader) {}

    @FieldResolver(() => paymentChargeLists.Connection, { description })
    @AllowScopes("PAYMENTS_READ")
    paymentCharges(
      @Root() { id }: { readonly id: string },
      @Args(() => paymentChargeLists.Arguments) args: ListArguments,
      @Ctx() context: Context,
    ): Connection<typeof paymentChargeRecord> {
      return this.charges.of(parent, [id], context, args);
    }
  }
  return ChargesOfParentResolver;
}

export const CHARGES_OF_PARENT_RESOLVERS = [
  chargesOf(
    CustomerType,
    "customer",
    "What the customer paid or was asked to pay, in whatever status.",
  ),
  chargesOf(OrderType, "order", "What was paid or asked for it, in whatever status."),
  chargesOf(
    PaymentAuthorizationType,
    "paymentAuthorization",
    "The charges that refer to the authorization. At most one of them captured it.",
  ),
] as const;
