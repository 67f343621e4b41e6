import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { Context } from "../../graphql/context.js";
import { AllowScopes } from "../../graphql/permission.js";
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
  paymentAuthorizationLists,
} from "./payment-authorization.type.js";

export const PaymentAuthorizationResolver = paymentKindResolver<
  PaymentAuthorization,
  CreatePaymentAuthorization,
  UpdatePaymentAuthorization
>({
  name: "PaymentAuthorization",
  noun: "payment authorization",
  Type: PaymentAuthorizationType,
  listTypes: paymentAuthorizationLists,
  Payload: PaymentAuthorizationPayload,
  CreateInput: CreatePaymentAuthorizationInput,
  UpdateInput: UpdatePaymentAuthorizationInput,
  descriptions: {
    create: "Records funds that are held.",
    createInput: "What is held, how and for whom; mode and amount are required.",
    update: "Changes an authorization",
    customer: "Whose funds are held; null when that is not known.",
    employee: "Whose token recorded it; null for a token of no employee.",
    order: "What the funds are held for; null when there is no order.",
  },
});

export const PaymentAuthorizationSecretResolver = providerSecretResolver(PaymentAuthorizationType);

@Resolver(() => PaymentAuthorizationType)
export class AuthorizedMethodResolver {
  constructor(private readonly methods: RecordLoader<PaymentMethod>) {}

  @FieldResolver(() => PaymentMethodType, {
    nullable: true,
    description: "What the funds are held on, detached or not; null when nothing stored is.",
  })
  @AllowScopes("PAYMENTS_READ")
  paymentMethod(
    @Root() { paymentMethodId }: PaymentAuthorization,
    @Ctx() context: Context,
  ): Promise<PaymentMethod | null> {
    return this.methods.load(context, paymentMethodId);
  }
}
