import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { Context } from "../../graphql/context.js";
import { AllowScopes } from "../../graphql/permission.js";
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
  paymentChargeLists,
} from "./payment-charge.type.js";

export const PaymentChargeResolver = paymentKindResolver<
  PaymentCharge,
  CreatePaymentCharge,
  UpdatePaymentCharge
>({
  name: "PaymentCharge",
  noun: "payment charge",
  Type: PaymentChargeType,
  listTypes: paymentChargeLists,
  Payload: PaymentChargePayload,
  CreateInput: CreatePaymentChargeInput,
  UpdateInput: UpdatePaymentChargeInput,
  descriptions: {
    create: "Records a payment.",
    createInput: "What is paid, how and by whom; the amount alone is required.",
    update: "Changes a payment charge",
    customer: "Who pays; null when that is not known.",
    employee: "Whose token recorded the charge; null for a token of no employee.",
    order: "What is paid for; null when there is no order.",
  },
});

export const PaymentChargeSecretResolver = providerSecretResolver(PaymentChargeType);

@Resolver(() => PaymentChargeType)
export class PaymentChargeRelationsResolver {
  constructor(
    private readonly authorizations: RecordLoader<PaymentAuthorization>,
    private readonly methods: RecordLoader<PaymentMethod>,
  ) {}

  @FieldResolver(() => PaymentAuthorizationType, {
    nullable: true,
    description: "The held funds that it is taken from; null when it is paid otherwise.",
  })
  @AllowScopes("PAYMENTS_READ")
  paymentAuthorization(
    @Root() { paymentAuthorizationId }: PaymentCharge,
    @Ctx() context: Context,
  ): Promise<PaymentAuthorization | null> {
    return this.authorizations.load(context, paymentAuthorizationId);
  }

  @FieldResolver(() => PaymentMethodType, {
    nullable: true,
    description: "What is charged, detached or not; null when nothing stored is.",
  })
  @AllowScopes("PAYMENTS_READ")
  paymentMethod(
    @Root() { paymentMethodId }: PaymentCharge,
    @Ctx() context: Context,
  ): Promise<PaymentMethod | null> {
    return this.methods.load(context, paymentMethodId);
  }
}
