import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { Context } from "../../graphql/context.js";
import { AllowScopes } from "../../graphql/permission.js";
import { Related } from "../../graphql/related.js";
import type { RecordLoader } from "../../listing/loader.js";
import type { PaymentAuthorization } from "../authorizations/payment-authorization.record.js";
import { PaymentAuthorizationType } from "../authorizations/payment-authorization.type.js";
import type { PaymentMethod } from "../methods/payment-method.record.js";
import { PaymentMethodType } from "../methods/payment-method.type.js";
import { paymentKindResolver } from "../payment-kind.resolver.js";
import { providerSecretResolver } from "../secrets/provider-secret.resolver.js";
import type { UpdatePaymentCharge } from "./change-payment-charge.js";
import type { CreatePaymentCharge } from "./payment-charge.js";
import { CreatePaymentChargeInput, UpdatePaymentChargeInput } from "./payment-charge.input.js";
import type { PaymentCharge } from "./payment-charge.record.js";
import {
  PaymentChargePayload,
  PaymentChargeType,
  paymentChargeListTypes,
} from "./payment-charge.type.js";

export const PaymentChargeResolver = paymentKindResolver<
  PaymentCharge,
  CreatePaymentCharge,
  UpdatePaymentCharge
>({
  name: "PaymentCharge",
  noun: "payment charge",
  Type: PaymentChargeType,
  listTypes: paymentChargeListTypes,
  Payload: PaymentChargePayload,
  CreateInput: CreatePaymentChargeInput,
  UpdateInput: UpdatePaymentChargeInput,
  descriptions: {
    create: "Records a payment.",
    createInput: "The charge's amounts, mode, provider and relations. Only the amount is required.",
    update: "Updates a payment charge.",
    customer: "The customer who pays. Null if unknown.",
    employee: "The employee who created the charge. Null if the token was tied to no employee.",
    order: "The order that is paid. Null if there is none.",
  },
});

export const PaymentChargeSecretResolver = providerSecretResolver(PaymentChargeType);

@Resolver(() => PaymentChargeType)
export class PaymentChargeRelationsResolver {
  constructor(
    private readonly authorizations: RecordLoader<PaymentAuthorization>,
    private readonly methods: RecordLoader<PaymentMethod>,
  ) {}

  @Related()
  @FieldResolver(() => PaymentAuthorizationType, {
    nullable: true,
    description: "The authorization that the charge captures. Null if there is none.",
  })
  @AllowScopes("PAYMENTS_READ")
  paymentAuthorization(
    @Root() { paymentAuthorizationId }: PaymentCharge,
    @Ctx() context: Context,
  ): Promise<PaymentAuthorization | null> {
    return this.authorizations.load(context, paymentAuthorizationId);
  }

  @Related()
  @FieldResolver(() => PaymentMethodType, {
    nullable: true,
    description:
      "The payment method that is charged, even if it was detached. Null if there is none.",
  })
  @AllowScopes("PAYMENTS_READ")
  paymentMethod(
    @Root() { paymentMethodId }: PaymentCharge,
    @Ctx() context: Context,
  ): Promise<PaymentMethod | null> {
    return this.methods.load(context, paymentMethodId);
  }
}
