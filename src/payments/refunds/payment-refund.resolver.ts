import { Args, Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { Context } from "../../graphql/context.js";
import { AllowScopes } from "../../graphql/permission.js";
import { Related } from "../../graphql/related.js";
import type { Connection } from "../../listing/connection.js";
import type { ListArguments } from "../../listing/list-query.js";
import type { RecordLoader } from "../../listing/loader.js";
import type { PaymentCharge } from "../charges/payment-charge.record.js";
import { PaymentChargeType } from "../charges/payment-charge.type.js";
import { paymentKindResolver } from "../payment-kind.resolver.js";
import type { CreatePaymentRefund, UpdatePaymentRefund } from "./payment-refund.js";
import { CreatePaymentRefundInput, UpdatePaymentRefundInput } from "./payment-refund.input.js";
import type { PaymentRefundReader } from "./payment-refund.reader.js";
import type { PaymentRefund, paymentRefundRecord } from "./payment-refund.record.js";
import {
  PaymentRefundPayload,
  PaymentRefundType,
  paymentRefundListTypes,
} from "./payment-refund.type.js";

export const PaymentRefundResolver = paymentKindResolver<
  PaymentRefund,
  CreatePaymentRefund,
  UpdatePaymentRefund
>({
  name: "PaymentRefund",
  noun: "payment refund",
  Type: PaymentRefundType,
  listTypes: paymentRefundListTypes,
  Payload: PaymentRefundPayload,
  CreateInput: CreatePaymentRefundInput,
  UpdateInput: UpdatePaymentRefundInput,
  descriptions: {
    create:
      "Records a refund and reserves its amount on the charge, never more than is refundable.",
    createInput:
      "The charge to refund, and the amounts. Without a charge, the provider must be NONE.",
    update: "Updates a refund.",
    customer: "The customer who is refunded. Null if unknown.",
    employee: "The employee who created the refund. Null if the token was tied to no employee.",
    order: "The order that was paid. Null if there is none.",
  },
});

@Resolver(() => PaymentRefundType)
export class RefundedChargeResolver {
  constructor(private readonly charges: RecordLoader<PaymentCharge>) {}

  @Related()
  @FieldResolver(() => PaymentChargeType, {
    nullable: true,
    description: "The refunded charge. Null for a payment that is not recorded here.",
  })
  @AllowScopes("PAYMENTS_READ")
  paymentCharge(
    @Root() { paymentChargeId }: PaymentRefund,
    @Ctx() context: Context,
  ): Promise<PaymentCharge | null> {
    return this.charges.load(context, paymentChargeId);
  }
}

/** Adds the list of refunds to charges, whose module does not depend on refunds. */
@Resolver(() => PaymentChargeType)
export class RefundsOfChargeResolver {
  constructor(private readonly refunds: PaymentRefundReader) {}

  @FieldResolver(() => paymentRefundListTypes.Connection, {
    description: "The refunds of the charge, including pending, failed and canceled ones.",
  })
  @AllowScopes("PAYMENTS_READ")
  paymentRefunds(
    @Root() { id }: PaymentCharge,
    @Args(() => paymentRefundListTypes.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof paymentRefundRecord> {
    return this.refunds.of("paymentCharge", [id], context, args);
  }
}
