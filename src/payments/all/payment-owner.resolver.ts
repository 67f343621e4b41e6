import { Args, Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { Context } from "../../graphql/context.js";
import type { Connection } from "../../listing/connection.js";
import type { GraphqlClass } from "../../listing/graphql-class.js";
import { PageArgumentsType } from "../../listing/list-arguments.type.js";
import type { PageArguments } from "../../listing/page.js";
import { PaymentAuthorizationType } from "../authorizations/payment-authorization.type.js";
import { PaymentChargeType } from "../charges/payment-charge.type.js";
import type { PaymentOwnerType } from "../payment-enums.js";
import { PaymentRefundType } from "../refunds/payment-refund.type.js";
import type { PaymentReader } from "./payment.reader.js";
import type { Payment } from "./payment.record.js";
import { type PaymentOwner, PaymentType } from "./payment.type.js";
import type { statusChangeRecord } from "./status-change.record.js";
import {
  type StatusHistory,
  authorizationHistory,
  chargeHistory,
  refundHistory,
} from "./status-history.type.js";

/** Adds the fields of the common payment list to one kind of payment. */
function paymentOwnerResolver(
  Owner: GraphqlClass,
  ownerType: PaymentOwnerType,
  { Connection: Page }: StatusHistory,
) {
  @Resolver(() => Owner)
  class PaymentOwnerResolver {
    constructor(private readonly reader: PaymentReader) {}

    @FieldResolver(() => PaymentType, {
      description: "The entry in the combined list of charges, refunds and authorizations.",
    })
    payment(@Root() owner: PaymentOwner): Payment {
      const { merchantId, id, createdAt, updatedAt, status, orderId } = owner;
      const { amountInCents, depositInCents, totalInCents, currency } = owner;
      const amounts = { amountInCents, depositInCents, totalInCents, currency };
      return { merchantId, id, createdAt, updatedAt, status, ...amounts, orderId, ownerType };
    }

    @FieldResolver(() => Page, {
      description: "A page of the record's status changes, oldest first.",
    })
    statusHistory(
      @Root() { id }: PaymentOwner,
      @Args(() => PageArgumentsType) args: PageArguments,
      @Ctx() context: Context,
    ): Connection<typeof statusChangeRecord> {
      return this.reader.historyOf(id, context, args);
    }
  }
  return PaymentOwnerResolver;
}

export const PAYMENT_OWNER_RESOLVERS = [
  paymentOwnerResolver(PaymentChargeType, "PAYMENT_CHARGE", chargeHistory),
  paymentOwnerResolver(PaymentRefundType, "PAYMENT_REFUND", refundHistory),
  paymentOwnerResolver(PaymentAuthorizationType, "PAYMENT_AUTHORIZATION", authorizationHistory),
] as const;
