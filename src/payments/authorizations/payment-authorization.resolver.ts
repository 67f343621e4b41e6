import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";
import { EmployeeType } from "../../access/access.type.js";
import { requireMerchant } from "../../callers/caller.js";
import type { Employee } from "../../access/employee.record.js";
import type { Customer } from "../../customers/customer.record.js";
import { CustomerType } from "../../customers/customer.type.js";
import type { Context } from "../../graphql/context.js";
import { AllowScopes } from "../../graphql/permission.js";
import { payloadOf } from "../../graphql/user-error.type.js";
import type { Connection } from "../../listing/connection.js";
import type { ListArguments } from "../../listing/list.js";
import type { Order } from "../../orders/order.record.js";
import { OrderType } from "../../orders/order.type.js";
import {
  CreatePaymentAuthorizationInput,
  UpdatePaymentAuthorizationInput,
} from "./payment-authorization.input.js";
import type {
  PaymentAuthorization,
  paymentAuthorizationRecord,
} from "./payment-authorization.record.js";
import type { PaymentAuthorizationService } from "./payment-authorization.service.js";
import type { paymentChargeRecord } from "../charges/payment-charge.record.js";
import type { PaymentMethod } from "../methods/payment-method.record.js";
import type { PaymentRelations } from "../payment-relations.resolver.js";
import type { PaymentLists } from "../payment.lists.js";
import type { Payment } from "../payment.record.js";
import {
  PaymentAuthorizationPayload,
  PaymentAuthorizationType,
  PaymentMethodType,
  PaymentType,
  paymentAuthorizationLists,
  paymentChargeLists,
} from "../payment.type.js";
import { type ProviderSecrets, readSecret } from "../secrets/provider-secrets.js";

@Resolver(() => PaymentAuthorizationType)
export class PaymentAuthorizationResolver {
  constructor(
    private readonly service: PaymentAuthorizationService,
    private readonly lists: PaymentLists,
    private readonly relations: PaymentRelations,
    private readonly secrets: ProviderSecrets,
  ) {}

  @Query(() => PaymentAuthorizationType, {
    nullable: true,
    description:
      "Returns a payment authorization. Null if the merchant has none with this id. Scope: `PAYMENTS_READ`.",
  })
  @AllowScopes("PAYMENTS_READ")
  paymentAuthorization(
    @Arg("id", () => ID, {
      description: "The record's `id`, a UUIDv7. A string that is not a UUID matches no record.",
    })
    id: string,
    @Ctx() { caller }: Context,
  ): Promise<PaymentAuthorization | null> {
    return this.service.find(requireMerchant(caller), id);
  }

  @Query(() => paymentAuthorizationLists.Connection, {
    description:
      "Lists the merchant's payment authorizations in every status. Scope: `PAYMENTS_READ`.",
  })
  @AllowScopes("PAYMENTS_READ")
  paymentAuthorizations(
    @Args(() => paymentAuthorizationLists.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof paymentAuthorizationRecord> {
    return this.lists.authorizations.all(context, args);
  }

  @Mutation(() => PaymentAuthorizationPayload, {
    description:
      "Records an authorization of funds. Safe to retry with an `idempotencyKey`. Scope: `PAYMENTS_WRITE`.",
  })
  @AllowScopes("PAYMENTS_WRITE")
  async createPaymentAuthorization(
    @Arg("input", () => CreatePaymentAuthorizationInput, {
      description:
        "The authorization's amounts, mode, provider and relations. The mode and the amount are required.",
    })
    input: CreatePaymentAuthorizationInput,
    @Ctx() { caller }: Context,
  ): Promise<PaymentAuthorizationPayload> {
    const outcome = await this.service.create(requireMerchant(caller), input);
    return payloadOf("paymentAuthorization", outcome);
  }

  @Mutation(() => PaymentAuthorizationPayload, {
    description:
      "Updates an authorization. `NOT_FOUND` if the merchant has none with this id. Scope: `PAYMENTS_WRITE`.",
  })
  @AllowScopes("PAYMENTS_WRITE")
  async updatePaymentAuthorization(
    @Arg("id", () => ID, {
      description: "The record's `id`, a UUIDv7. A string that is not a UUID matches no record.",
    })
    id: string,
    @Arg("input", () => UpdatePaymentAuthorizationInput, {
      description: "The fields to change. Omitted fields keep their values.",
    })
    input: UpdatePaymentAuthorizationInput,
    @Ctx() { caller }: Context,
  ): Promise<PaymentAuthorizationPayload> {
    const outcome = await this.service.update(requireMerchant(caller), id, input);
    return payloadOf("paymentAuthorization", outcome);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      "The provider's secret. Null if there is none, or if the token lacks the scope `PROVIDER_SECRETS_READ`.",
  })
  providerSecret(
    @Root() authorization: PaymentAuthorization,
    @Ctx() { caller }: Context,
  ): string | null {
    return readSecret(caller, this.secrets, authorization);
  }

  @FieldResolver(() => PaymentType, {
    description: "The entry in the combined list of charges, refunds and authorizations.",
  })
  payment(@Root() authorization: PaymentAuthorization): Payment {
    return this.relations.payment(authorization, "PAYMENT_AUTHORIZATION");
  }

  @FieldResolver(() => CustomerType, {
    nullable: true,
    description: "The customer whose funds are held. Null if unknown.",
  })
  @AllowScopes("PAYMENTS_READ")
  customer(
    @Root() { customerId }: PaymentAuthorization,
    @Ctx() context: Context,
  ): Promise<Customer | null> {
    return this.relations.customers.load(context, customerId);
  }

  @FieldResolver(() => EmployeeType, {
    nullable: true,
    description:
      "The employee who created the authorization. Null if the token was tied to no employee.",
  })
  employee(
    @Root() { merchantId, employeeId }: PaymentAuthorization,
    @Ctx() context: Context,
  ): Promise<Employee | null> {
    return this.relations.employee(context, merchantId, employeeId);
  }

  @FieldResolver(() => OrderType, {
    nullable: true,
    description: "The order that the funds are held for. Null if there is none.",
  })
  @AllowScopes("PAYMENTS_READ")
  order(@Root() { orderId }: PaymentAuthorization, @Ctx() context: Context): Promise<Order | null> {
    return this.relations.orders.load(context, orderId);
  }

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
    return this.relations.payments.methods.load(context, paymentMethodId);
  }

  @FieldResolver(() => paymentChargeLists.Connection, {
    description:
      "The charges that refer to the authorization. At most one of them has captured it.",
  })
  @AllowScopes("PAYMENTS_READ")
  paymentCharges(
    @Root() { id }: PaymentAuthorization,
    @Args(() => paymentChargeLists.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof paymentChargeRecord> {
    return this.lists.charges.of("paymentAuthorization", [id], context, args);
  }
}
