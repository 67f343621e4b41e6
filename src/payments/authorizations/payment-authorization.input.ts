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
import {
  PaymentAuthorizationMode,
  PaymentAuthorizationStatus,
  PaymentProvider,
} from "../payment-enums.js";

@InputType({
  description: "The input for a new authorization. Omitted fields and null take their defaults.",
})
export class CreatePaymentAuthorizationInput {
  @Field(() => Uuid, {
    nullable: true,
    description:
      "Any UUID, which makes retries safe. A retry with the same key and an equivalent input returns the same authorization in its current state; a different input is refused.",
  })
  idempotencyKey?: string | null;

  @Field(() => enumTypeOf(PaymentAuthorizationStatus), {
    nullable: true,
    description:
      "The initial status. Defaults to CREATED. CAPTURED means that the funds were captured in full outside this server.",
  })
  status?: PaymentAuthorizationStatus | null;

  @Field(() => enumTypeOf(PaymentAuthorizationMode), {
    description:
      "How the funds are authorized. OFF_SESSION requires a payment method; CHECKOUT is refused.",
  })
  mode!: PaymentAuthorizationMode;

  @Field(() => enumTypeOf(PaymentProvider), {
    nullable: true,
    description: "The provider that holds the funds. Defaults to STRIPE.",
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
    description: "The deposit to hold in addition to the amount, 0 or more. Defaults to 0.",
  })
  depositInCents?: number | null;

  @Field(() => Currency, {
    nullable: true,
    description:
      "The currency. Must be the order's, if there is an order. Defaults to the order's currency, then to the merchant's default currency.",
  })
  currency?: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description:
      "When the authorization expires and can no longer be captured. If omitted, no expiry is known.",
  })
  captureBefore?: Instant | null;

  @Field(() => String, {
    nullable: true,
    description: "The purpose of the authorization, at most 5,000 characters.",
  })
  description?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The provider's id of the authorization, at most 255 characters.",
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
      "The provider's secret, at most 4,096 characters. It is stored encrypted. A retry with an `idempotencyKey` compares it only for tokens with `PROVIDER_SECRETS_READ`.",
  })
  providerSecret?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "The id of the order that the funds are held for.",
  })
  orderId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      "The id of the customer whose funds are held. Defaults to the order's customer and must not differ from it.",
  })
  customerId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "The id of the payment method on which the funds are held.",
  })
  paymentMethodId?: string | null;

  @ReferenceField()
  reference?: string | null;

  @MetadataField()
  metadata?: MetadataInput[] | null;
}

@InputType({
  description:
    "The changes to an authorization. Omitted fields keep their values; null clears a nullable field.",
})
export class UpdatePaymentAuthorizationInput {
  @Field(() => DateTime, {
    nullable: true,
    description:
      "The expected `updatedAt`. If the authorization has a different one, the update is refused with STALE.",
  })
  expectedUpdatedAt?: Instant | null;

  @Field(() => enumTypeOf(PaymentAuthorizationStatus), {
    nullable: true,
    description:
      "The new status. A charge with the mode CAPTURE sets CAPTURED automatically; set it here only if the funds were captured in full outside this server.",
  })
  status?: PaymentAuthorizationStatus | null;

  @Field(() => String, {
    nullable: true,
    description: "The purpose of the authorization, at most 5,000 characters.",
  })
  description?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The provider's id of the authorization, at most 255 characters.",
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
      "When the authorization expires and can no longer be captured. Null if no expiry is known.",
  })
  captureBefore?: Instant | null;

  @ReferenceField()
  reference?: string | null;

  @NewMetadataField()
  metadata?: MetadataInput[] | null;
}
