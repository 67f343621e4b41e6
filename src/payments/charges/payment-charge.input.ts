import { Field, ID, InputType } from "type-graphql";
import { enumTypeOf } from "../../graphql/enum-type.js";
import { Amount, Currency, DateTime, Uuid } from "../../graphql/scalars.js";
import type { Instant } from "../../shared/instant.js";
import { PaymentChargeMode, PaymentChargeStatus, PaymentProvider } from "../payment-enums.js";

@InputType({
  description: "A new payment charge. What is left out takes its default; null is the same.",
})
export class CreatePaymentChargeInput {
  @Field(() => Uuid, {
    nullable: true,
    description:
      "Any UUID. A retry with the same key and an equivalent input returns the same charge as it is now. A different input is refused.",
  })
  idempotencyKey?: string | null;

  @Field(() => enumTypeOf(PaymentChargeStatus), {
    nullable: true,
    description: "CREATED if left out, but SUCCEEDED for the mode MANUAL with the provider NONE.",
  })
  status?: PaymentChargeStatus | null;

  @Field(() => enumTypeOf(PaymentChargeMode), {
    nullable: true,
    description:
      "REQUEST if left out. OFF_SESSION needs a payment method, CAPTURE an authorization; CHECKOUT is refused.",
  })
  mode?: PaymentChargeMode | null;

  @Field(() => enumTypeOf(PaymentProvider), {
    nullable: true,
    description:
      "STRIPE if left out, or the authorization's; with an authorization that one or NONE.",
  })
  provider?: PaymentProvider | null;

  @Field(() => Amount, {
    nullable: true,
    description: "Required, 0 or more; together with the deposit above 0.",
  })
  amountInCents?: number | null;

  @Field(() => Amount, {
    nullable: true,
    description: "What is paid as a deposit beside the amount, 0 or more; 0 if left out.",
  })
  depositInCents?: number | null;

  @Field(() => Currency, {
    nullable: true,
    description:
      "If left out the order's, else the authorization's, else the merchant's default; it cannot differ from the first two.",
  })
  currency?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "What the payment is for, at most 5,000 characters.",
  })
  description?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The provider's own name for the payment, at most 255 characters.",
  })
  providerId?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "How it is paid, such as `credit_card`; `bank` if left out with MANUAL and NONE. At most 255 characters.",
  })
  providerMethod?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The provider's secret, stored encrypted; at most 4,096 characters. A retry with an `idempotencyKey` compares it only for tokens with `PROVIDER_SECRETS_READ`.",
  })
  providerSecret?: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: "When the payment succeeded; now if left out. For the status SUCCEEDED alone.",
  })
  succeededAt?: Instant | null;

  @Field(() => ID, {
    nullable: true,
    description: "What is paid for, by the id of one of the merchant's orders; never changed.",
  })
  orderId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "The customer who pays: the order's if left out, and no other than that.",
  })
  customerId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "The stored way to pay that is charged, by its id; required by OFF_SESSION.",
  })
  paymentMethodId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "The authorization whose funds a charge of the mode CAPTURE takes, once.",
  })
  paymentAuthorizationId?: string | null;
}

const FREEZES = "Cannot be changed once the status has left CREATED.";

@InputType({
  description:
    "Changes of a payment charge. A field left out stays as it is; null clears it where it may be null.",
})
export class UpdatePaymentChargeInput {
  @Field(() => DateTime, {
    nullable: true,
    description:
      "When given, the update is refused with STALE unless the charge still has this `updatedAt`.",
  })
  expectedUpdatedAt?: Instant | null;

  @Field(() => enumTypeOf(PaymentChargeStatus), {
    nullable: true,
    description: "The status to enter. The present one changes nothing.",
  })
  status?: PaymentChargeStatus | null;

  @Field(() => enumTypeOf(PaymentChargeMode), {
    nullable: true,
    description: `How the payment is taken. ${FREEZES}`,
  })
  mode?: PaymentChargeMode | null;

  @Field(() => enumTypeOf(PaymentProvider), {
    nullable: true,
    description: `Where the money moves. ${FREEZES}`,
  })
  provider?: PaymentProvider | null;

  @Field(() => Amount, { nullable: true, description: `The new amount, 0 or more. ${FREEZES}` })
  amountInCents?: number | null;

  @Field(() => Amount, { nullable: true, description: `The new deposit, 0 or more. ${FREEZES}` })
  depositInCents?: number | null;

  @Field(() => Currency, {
    nullable: true,
    description: `Another currency, if no order or authorization holds to the present one. ${FREEZES}`,
  })
  currency?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "What the payment is for, at most 5,000 characters.",
  })
  description?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The provider's own name for the payment, at most 255 characters.",
  })
  providerId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "How it is paid at the provider, at most 255 characters.",
  })
  providerMethod?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The provider's secret, stored encrypted; at most 4,096 characters. For tokens without `PROVIDER_SECRETS_READ`, the current secret also counts as a change, so that `updatedAt` cannot confirm a guess.",
  })
  providerSecret?: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description:
      "When the payment succeeded, for a charge that has; now when it is left out as the charge succeeds.",
  })
  succeededAt?: Instant | null;

  @Field(() => ID, {
    nullable: true,
    description: "Another stored method; null for none, but for the mode OFF_SESSION.",
  })
  paymentMethodId?: string | null;
}
