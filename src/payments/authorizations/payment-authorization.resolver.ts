import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { Context } from "../../graphql/context.js";
import { AllowScopes } from "../../graphql/permission.js";
import { Related } from "../../graphql/related.js";
import type { RecordLoader } from "../../listing/loader.js";
import type { PaymentMethod } from "../methods/payment-method.record.js";
import { PaymentMethodType } from "../methods/payment-method.type.js";
import { paymentKindResolver } from "../payment-kind.resolver.js";
import { providerSecretResolver } from "../secrets/provider-secret.resolver.js";
import type {
  CreatePaymentAuthorization,
  UpdatePaymentAuthorization,
} from "./payment-authorization.js";
import {
  CreatePaymentAuthorizationInput,
  UpdatePaymentAuthorizationInput,
} from "./payment-authorization.input.js";
import type { PaymentAuthorization } from "./payment-authorization.record.js";
import {
  PaymentAuthorizationPayload,
  PaymentAuthorizationType,
  paymentAuthorizationListTypes,
} from "./payment-authorization.type.js";

export const PaymentAuthorizationResolver = paymentKindResolver<
  PaymentAuthorization,
  CreatePaymentAuthorization,
  UpdatePaymentAuthorization
>({
  name: "PaymentAuthorization",
  noun: "payment authorization",
  Type: PaymentAuthorizationType,
  listTypes: paymentAuthorizationListTypes,
  Payload: PaymentAuthorizationPayload,
  CreateInput: CreatePaymentAuthorizationInput,
  UpdateInput: UpdatePaymentAuthorizationInput,
  descriptions: {
    create: "Records an authorization of funds.",
    createInput:
      "The authorization's amounts, mode, provider and relations. The mode and the amount are required.",
    update: "Updates an authorization.",
    customer: "The customer whose funds are held. Null if unknown.",
    employee:
      "The employee who created the authorization. Null if the token was tied to no employee.",
    order: "The order that the funds are held for. Null if there is none.",
  },
});

export const PaymentAuthorizationSecretResolver = providerSecretResolver(PaymentAuthorizationType);

@Resolver(() => PaymentAuthorizationType)
export class AuthorizedMethodResolver {
  constructor(private readonly methods: RecordLoader<PaymentMethod>) {}

  @Related()
  @FieldResolver(() => PaymentMethodType, {
    nullable: true,
    description:
      "The payment method on which the funds are held, even if it was detached. Null if there is none.",
  })
  @AllowScopes("PAYMENTS_READ")
  paymentMethod(
    @Root() { paymentMethodId }: PaymentAuthorization,
    @Ctx() context: Context,
  ): Promise<PaymentMethod | null> {
    return this.methods.load(context, paymentMethodId);
  }
}
