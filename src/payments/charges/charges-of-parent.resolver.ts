import { Args, Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { CustomerType } from "../../customers/customer.type.js";
import type { Context } from "../../graphql/context.js";
import { AllowScopes } from "../../graphql/permission.js";
import type { Connection } from "../../listing/connection.js";
import type { GraphqlClass } from "../../listing/graphql-class.js";
import type { ListArguments } from "../../listing/list-query.js";
import { OrderType } from "../../orders/order.type.js";
import { PaymentAuthorizationType } from "../authorizations/payment-authorization.type.js";
import type { PaymentChargeReader } from "./payment-charge.reader.js";
import type { paymentChargeRecord } from "./payment-charge.record.js";
import { paymentChargeListTypes } from "./payment-charge.type.js";

/** Adds the list of charges to a parent record, whose module does not depend on charges. */
function chargesOf(
  Parent: GraphqlClass,
  parent: Parameters<PaymentChargeReader["of"]>[0],
  description: string,
) {
  @Resolver(() => Parent)
  class ChargesOfParentResolver {
    constructor(private readonly charges: PaymentChargeReader) {}

    @FieldResolver(() => paymentChargeListTypes.Connection, { description })
    @AllowScopes("PAYMENTS_READ")
    paymentCharges(
      @Root() { id }: { readonly id: string },
      @Args(() => paymentChargeListTypes.Arguments) args: ListArguments,
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
    "The charges that the customer pays or has paid, in every status.",
  ),
  chargesOf(
    OrderType,
    "order",
    "The charges with which the order is or was paid, in every status.",
  ),
  chargesOf(
    PaymentAuthorizationType,
    "paymentAuthorization",
    "The charges that refer to the authorization. At most one of them has captured it.",
  ),
] as const;
