import { Field, ID, InputType } from "type-graphql";
import { enumTypeOf } from "../../graphql/enum-type.js";
import { Amount, Currency, DateTime, Uuid } from "../../graphql/scalars.js";
import type { Instant } from "../../shared/instant.js";
import { PaymentProvider, PaymentRefundStatus } from "../payment-enums.js";

@InputType({
  description: "A new refund. What is left out takes its default; null is the same.",
})
export class CreatePaymentRefundInput {
  @Field(() => Uuid, {
    nullable: true,
    description:
      "Any UUID. A retry with the same key and an equivalent input returns the same refund as it is now. A different input is refused.",
  })
  idempotencyKey?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      "The charge to refund, which has SUCCEEDED. Left out with the provider NONE alone.",
  })
  paymentChargeId?: string | null;

  @Field(() => enumTypeOf(PaymentRefundStatus), {
    nullable: true,
    description: "CREATED if left out, but SUCCEEDED with the provider NONE.",
  })
  status?: PaymentRefundStatus | null;

  @Field(() => enumTypeOf(PaymentProvider), {
    nullable: true,
    description: "The charge's if left out; that one or NONE.",
  })
  provider?: PaymentProvider | null;

  @Field(() => Amount, {
    nullable: true,
    description:
      "Required, 0 or more, and no more than is left of the charge's amount; together with the deposit above 0.",
  })
  amountInCents?: number | null;

  @Field(() => Amount, {
    nullable: true,
    description:
      "What goes back of the deposit, 0 or more and no more than is left of it; 0 if left out.",
  })
  depositInCents?: number | null;

  @Field(() => Currency, {
    nullable: true,
    description: "The charge's, else the order's, else the merchant's default if left out.",
  })
  currency?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "What the refund is for, at most 5,000 characters.",
  })
  description?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Why the money goes back, at most 5,000 characters.",
  })
  reason?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The provider's own name for the refund, at most 255 characters.",
  })
  providerId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "How it goes back at the provider, at most 255 characters.",
  })
  providerMethod?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "The order that was paid: with a charge the charge's, and no other.",
  })
  orderId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "Who is refunded: the charge's customer, else the order's, and no other.",
  })
  customerId?: string | null;
}

@InputType({
  description:
    "Changes of a refund. A field left out stays as it is; null clears it where it may be null.",
})
export class UpdatePaymentRefundInput {
  @Field(() => DateTime, {
    nullable: true,
    description:
      "When given, the update is refused with STALE unless the refund still has this `updatedAt`.",
  })
  expectedUpdatedAt?: Instant | null;

  @Field(() => enumTypeOf(PaymentRefundStatus), {
    nullable: true,
    description:
      "The status to enter. Leaving SUCCEEDED gives the amount back; coming back to it, or on the way there, needs that it is still left.",
  })
  status?: PaymentRefundStatus | null;

  @Field(() => String, {
    nullable: true,
    description: "What the refund is for, at most 5,000 characters.",
  })
  description?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Why the money goes back, at most 5,000 characters.",
  })
  reason?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Why the refund failed, at most 5,000 characters.",
  })
  failureReason?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The provider's own name for the refund, at most 255 characters.",
  })
  providerId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "How it goes back at the provider, at most 255 characters.",
  })
  providerMethod?: string | null;
}
