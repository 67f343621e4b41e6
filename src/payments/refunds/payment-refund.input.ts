import { Field, ID, InputType } from "type-graphql";
import {
  MetadataField,
  type MetadataInput,
  NewMetadataField,
  ReferenceField,
} from "../../graphql/merchant-data.type.js";
import { enumTypeOf } from "../../graphql/enum-type.js";
import { Amount, Currency, DateTime, Uuid } from "../../graphql/scalars.js";
import type { Instant } from "../../shared/instant.js";
import { PaymentProvider, PaymentRefundStatus } from "../payment-enums.js";

@InputType({
  description: "The input for a new refund. Omitted fields and null take their defaults.",
})
export class CreatePaymentRefundInput {
  @Field(() => Uuid, {
    nullable: true,
    description:
      "Any UUID, which makes retries safe. A retry with the same key and an equivalent input returns the same refund in its current state; a different input is refused.",
  })
  idempotencyKey?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      "The id of the charge to refund, which must have the status SUCCEEDED. Can be omitted only with the provider NONE.",
  })
  paymentChargeId?: string | null;

  @Field(() => enumTypeOf(PaymentRefundStatus), {
    nullable: true,
    description: "The initial status. Defaults to CREATED, or to SUCCEEDED with the provider NONE.",
  })
  status?: PaymentRefundStatus | null;

  @Field(() => enumTypeOf(PaymentProvider), {
    nullable: true,
    description: "The provider. Must be the charge's or NONE. Defaults to the charge's.",
  })
  provider?: PaymentProvider | null;

  @Field(() => Amount, {
    nullable: true,
    description:
      "The part of the amount to refund, from 0 to the refundable amount, in the minor unit of the currency. Required. Amount plus deposit must be above 0.",
  })
  amountInCents?: number | null;

  @Field(() => Amount, {
    nullable: true,
    description:
      "The part of the deposit to refund, from 0 to the refundable deposit. Defaults to 0.",
  })
  depositInCents?: number | null;

  @Field(() => Currency, {
    nullable: true,
    description:
      "The currency. Must be the charge's, if there is a charge. Defaults to the charge's, then the order's, then the merchant's default currency.",
  })
  currency?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "A description of the refund, at most 5,000 characters.",
  })
  description?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The reason for the refund, at most 5,000 characters.",
  })
  reason?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The provider's id of the refund, at most 255 characters.",
  })
  providerId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The provider's name of the method, such as `bank`, at most 255 characters.",
  })
  providerMethod?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      "The id of the order that was paid. Defaults to the charge's order and must not differ from it.",
  })
  orderId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      "The id of the customer who is refunded. Defaults to the customer of the charge, then of the order, and must not differ from it.",
  })
  customerId?: string | null;

  @ReferenceField()
  reference?: string | null;

  @MetadataField()
  metadata?: MetadataInput[] | null;
}

@InputType({
  description:
    "The changes to a refund. Omitted fields keep their values; null clears a nullable field.",
})
export class UpdatePaymentRefundInput {
  @Field(() => DateTime, {
    nullable: true,
    description:
      "The expected `updatedAt`. If the refund has a different one, the update is refused with STALE.",
  })
  expectedUpdatedAt?: Instant | null;

  @Field(() => enumTypeOf(PaymentRefundStatus), {
    nullable: true,
    description:
      "The new status. Leaving SUCCEEDED makes the amount refundable again. Returning to SUCCEEDED or to a pending status requires that the amount is still refundable.",
  })
  status?: PaymentRefundStatus | null;

  @Field(() => String, {
    nullable: true,
    description: "A description of the refund, at most 5,000 characters.",
  })
  description?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The reason for the refund, at most 5,000 characters.",
  })
  reason?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The reason why the refund failed, at most 5,000 characters.",
  })
  failureReason?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The provider's id of the refund, at most 255 characters.",
  })
  providerId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The provider's name of the method, such as `bank`, at most 255 characters.",
  })
  providerMethod?: string | null;

  @ReferenceField()
  reference?: string | null;

  @NewMetadataField()
  metadata?: MetadataInput[] | null;
}
