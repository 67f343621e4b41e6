import { Field, ID, InputType } from "type-graphql";
import { enumTypeOf } from "../../graphql/enum-type.js";
import { Amount, Currency, DateTime, Uuid } from "../../graphql/scalars.js";
import type { Instant } from "../../shared/instant.js";
import {
  PaymentAuthorizationMode,
  PaymentAuthorizationStatus,
  PaymentProvider,
} from "../payment-enums.js";

@InputType({
  description: "A new authorization. What is left out takes its default; null is the same.",
})
export class CreatePaymentAuthorizationInput {
  @Field(() => Uuid, {
    nullable: true,
    description:
      "Any UUID. A retry with the same key and an equivalent input returns the same authorization as it is now. A different input is refused.",
  })
  idempotencyKey?: string | null;

  @Field(() => enumTypeOf(PaymentAuthorizationStatus), {
    nullable: true,
    description: "CREATED if left out. CAPTURED tells that it was captured in full elsewhere.",
  })
  status?: PaymentAuthorizationStatus | null;

  @Field(() => enumTypeOf(PaymentAuthorizationMode), {
    description:
      "How the funds come to be held. OFF_SESSION needs a payment method; CHECKOUT is refused.",
  })
  mode!: PaymentAuthorizationMode;

  @Field(() => enumTypeOf(PaymentProvider), {
    nullable: true,
    description: "Who holds the funds; STRIPE if left out.",
  })
  provider?: PaymentProvider | null;

  @Field(() => Amount, {
    nullable: true,
    description: "Required, 0 or more; together with the deposit above 0.",
  })
  amountInCents?: number | null;

  @Field(() => Amount, {
    nullable: true,
    description: "What is held as a deposit beside the amount, 0 or more; 0 if left out.",
  })
  depositInCents?: number | null;

  @Field(() => Currency, {
    nullable: true,
    description:
      "The order's, else the merchant's default if left out; it cannot differ from the order's.",
  })
  currency?: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: "Until when the funds can be captured; no known end if left out.",
  })
  captureBefore?: Instant | null;

  @Field(() => String, {
    nullable: true,
    description: "What the authorization is for, at most 5,000 characters.",
  })
  description?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The provider's own name for the authorization, at most 255 characters.",
  })
  providerId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "How it is held at the provider, at most 255 characters.",
  })
  providerMethod?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The provider's secret, stored encrypted; at most 4,096 characters. A retry with an `idempotencyKey` compares it only for tokens with `PROVIDER_SECRETS_READ`.",
  })
  providerSecret?: string | null;

  @Field(() => ID, { nullable: true, description: "The order that the funds are held for." })
  orderId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "Whose funds are held: the order's customer if left out, and no other than that.",
  })
  customerId?: string | null;

  @Field(() => ID, { nullable: true, description: "The stored method that they are held on." })
  paymentMethodId?: string | null;
}

@InputType({
  description:
    "Changes of an authorization. A field left out stays as it is; null clears it where it may be null.",
})
export class UpdatePaymentAuthorizationInput {
  @Field(() => DateTime, {
    nullable: true,
    description:
      "When given, the update is refused with STALE unless the authorization still has this `updatedAt`.",
  })
  expectedUpdatedAt?: Instant | null;

  @Field(() => enumTypeOf(PaymentAuthorizationStatus), {
    nullable: true,
    description:
      "The status to enter. CAPTURED tells that the funds were captured in full elsewhere; a charge of the mode CAPTURE sets it by itself.",
  })
  status?: PaymentAuthorizationStatus | null;

  @Field(() => String, {
    nullable: true,
    description: "What the authorization is for, at most 5,000 characters.",
  })
  description?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The provider's own name for the authorization, at most 255 characters.",
  })
  providerId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "How it is held at the provider, at most 255 characters.",
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
    description: "Until when the funds can be captured; null for no known end.",
  })
  captureBefore?: Instant | null;
}
