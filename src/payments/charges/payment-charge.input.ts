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
import { PaymentChargeMode, PaymentChargeStatus, PaymentProvider } from "../payment-enums.js";

@InputType({
  description: "The input for a new payment charge. Omitted fields and null take their defaults.",
})
export class CreatePaymentChargeInput {
  @Field(() => Uuid, {
    nullable: true,
    description:
      "Any UUID, which makes retries safe. A retry with the same key and an equivalent input returns the same charge in its current state; a different input is refused.",
  })
  idempotencyKey?: string | null;

  @Field(() => enumTypeOf(PaymentChargeStatus), {
    nullable: true,
    description:
      "The initial status. Defaults to CREATED, or to SUCCEEDED for the mode MANUAL with the provider NONE.",
  })
  status?: PaymentChargeStatus | null;

  @Field(() => enumTypeOf(PaymentChargeMode), {
    nullable: true,
    description:
      "How the payment is taken. Defaults to REQUEST. OFF_SESSION requires a payment method and CAPTURE an authorization; CHECKOUT is refused.",
  })
  mode?: PaymentChargeMode | null;

  @Field(() => enumTypeOf(PaymentProvider), {
    nullable: true,
    description:
      "The provider. Defaults to the authorization's, or to STRIPE without an authorization. With an authorization, only its provider or NONE is allowed.",
  })
  provider?: PaymentProvider | null;

  @Field(() => Amount, {
    nullable: true,
    description:
      "The amount without the deposit, 0 or more, in the minor unit of the currency. Required. Amount plus deposit must be above 0.",
  })
  amountInCents?: number | null;

  @Field(() => Amount, {
    nullable: true,
    description: "The deposit paid in addition to the amount, 0 or more. Defaults to 0.",
  })
  depositInCents?: number | null;

  @Field(() => Currency, {
    nullable: true,
    description:
      "The currency. Must be that of the order and of the authorization, if given. Defaults to the order's, then the authorization's, then the merchant's default currency.",
  })
  currency?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The purpose of the payment, at most 5,000 characters.",
  })
  description?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The provider's id of the payment, at most 255 characters.",
  })
  providerId?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The provider's name of the method, such as `credit_card`, at most 255 characters. Defaults to `bank` for the mode MANUAL with the provider NONE.",
  })
  providerMethod?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The provider's secret, at most 4,096 characters. It is stored encrypted. A retry with an `idempotencyKey` compares it only for tokens with `PROVIDER_SECRETS_READ`.",
  })
  providerSecret?: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description:
      "When the payment succeeded. Defaults to now. Allowed only with the status SUCCEEDED.",
  })
  succeededAt?: Instant | null;

  @Field(() => ID, {
    nullable: true,
    description: "The id of the order that is paid. Cannot be changed later.",
  })
  orderId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      "The id of the customer who pays. Defaults to the order's customer and must not differ from it.",
  })
  customerId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "The id of the payment method that is charged. Required for the mode OFF_SESSION.",
  })
  paymentMethodId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      "The id of the authorization that the charge captures. Required for the mode CAPTURE.",
  })
  paymentAuthorizationId?: string | null;

  @ReferenceField()
  reference?: string | null;

  @MetadataField()
  metadata?: MetadataInput[] | null;
}

const FREEZES = "Cannot be changed once the status has left CREATED.";

@InputType({
  description:
    "The changes to a payment charge. Omitted fields keep their values; null clears a nullable field.",
})
export class UpdatePaymentChargeInput {
  @Field(() => DateTime, {
    nullable: true,
    description:
      "The expected `updatedAt`. If the charge has a different one, the update is refused with STALE.",
  })
  expectedUpdatedAt?: Instant | null;

  @Field(() => enumTypeOf(PaymentChargeStatus), {
    nullable: true,
    description: "The new status. Setting the current status has no effect.",
  })
  status?: PaymentChargeStatus | null;

  @Field(() => enumTypeOf(PaymentChargeMode), {
    nullable: true,
    description: `How the payment is taken. ${FREEZES}`,
  })
  mode?: PaymentChargeMode | null;

  @Field(() => enumTypeOf(PaymentProvider), {
    nullable: true,
    description: `The provider that moves the money. ${FREEZES}`,
  })
  provider?: PaymentProvider | null;

  @Field(() => Amount, { nullable: true, description: `The new amount, 0 or more. ${FREEZES}` })
  amountInCents?: number | null;

  @Field(() => Amount, { nullable: true, description: `The new deposit, 0 or more. ${FREEZES}` })
  depositInCents?: number | null;

  @Field(() => Currency, {
    nullable: true,
    description: `The new currency. Must be that of the order and of the authorization, if there is one. ${FREEZES}`,
  })
  currency?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The purpose of the payment, at most 5,000 characters.",
  })
  description?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The provider's id of the payment, at most 255 characters.",
  })
  providerId?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The provider's name of the method, such as `credit_card`, at most 255 characters.",
  })
  providerMethod?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The provider's secret, at most 4,096 characters. It is stored encrypted. For tokens without `PROVIDER_SECRETS_READ`, setting the current secret also counts as a change, so that `updatedAt` cannot confirm a guess.",
  })
  providerSecret?: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description:
      "When the payment succeeded. Allowed only for a charge that succeeds or has succeeded. Defaults to now when the status becomes SUCCEEDED.",
  })
  succeededAt?: Instant | null;

  @Field(() => ID, {
    nullable: true,
    description:
      "The id of another payment method, or null for none. Cannot be null for the mode OFF_SESSION.",
  })
  paymentMethodId?: string | null;

  @ReferenceField()
  reference?: string | null;

  @NewMetadataField()
  metadata?: MetadataInput[] | null;
}
