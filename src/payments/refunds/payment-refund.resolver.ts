import { Args, Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { Context } from "../../graphql/context.js";
import { AllowScopes } from "../../graphql/permission.js";
import type { Connection } from "../../listing/connection.js";
import type { ListArguments } from "../../listing/list.js";
import type { RecordLoader } from "../../listing/loader.js";
import type { PaymentCharge } from "../charges/payment-charge.record.js";
import { PaymentChargeType } from "../charges/payment-charge.type.js";
import { paymentKindResolver } from "../payment-kind.resolver.js";
import type { CreatePaymentRefund, UpdatePaymentRefund } from "./payment-refund.js";
import { CreatePaymentRefundInput, UpdatePaymentRefundInput } from "./payment-refund.input.js";
import type { PaymentRefundReader } from "./payment-refund.lists.js";
import type { PaymentRefund, paymentRefundRecord } from "./payment-refund.record.js";
import {
  PaymentRefundPayload,
  PaymentRefundType,
  paymentRefundLists,
} from "./payment-refund.type.js";

export const PaymentRefundResolver = paymentKindResolver<
  PaymentRefund,
  CreatePaymentRefund,
  UpdatePaymentRefund
>({
  name: "PaymentRefund",
  noun: "payment refund",
  Type: PaymentRefundType,
  listTypes: paymentRefundLists,
  Payload: PaymentRefundPayload,
  CreateInput: CreatePaymentRefundInput,
  UpdateInput: UpdatePaymentRefundInput,
  descriptions: {
    create: "Records a refund and what it takes from its charge, never more than is left.",
    createInput: "What goes back, and of which charge; without a charge the provider must be NONE.",
    update: "Changes a refund",
    customer: "Who gets the money back; null when that is not known.",
    employee: "Whose token recorded the refund; null for a token of no employee.",
    order: "What had been paid for; null when there is no order.",
  },
});

@Resolver(() => PaymentRefundType)
export class RefundedChargeResolver {
  constructor(private readonly charges: RecordLoader<PaymentCharge>) {}

  @FieldResolver(() => PaymentChargeType, {
    nullable: true,
    description: "The payment that goes back; null for money that was paid elsewhere.",
  })
  @AllowScopes("PAYMENTS_READ")
  paymentCharge(
    @Root() { paymentChargeId }: PaymentRefund,
    @Ctx() context: Context,
  ): Promise<PaymentCharge | null> {
    return this.charges.load(context, paymentChargeId);
  }
}

/** What refunds add to a charge, which knows nothing of them. */
@Resolver(() => PaymentChargeType)
export class RefundsOfChargeResolver {
  constructor(private readonly refunds: PaymentRefundReader) {}

  @FieldResolver(() => paymentRefundLists.Connection, {
    description: "What went back of it or is about to, in whatever status.",
  })
  @AllowScopes("PAYMENTS_READ")
  paymentRefunds(
    @Root() { id }: PaymentCharge,
    @Args(() => paymentRefundLists.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof paymentRefundRecord> {
    return this.refunds.of("paymentCharge", [id], context, args);
  }
}
