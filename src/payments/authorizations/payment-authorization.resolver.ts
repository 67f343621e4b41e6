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
      "Looks up a payment authorization: null when the merchant has none with this id. Scope: `PAYMENTS_READ`.",
  })
  @AllowScopes("PAYMENTS_READ")
  paymentAuthorization(
    @Arg("id", () => ID, {
      description: "The UUIDv7 that answers show as `id`. A text that is no UUID finds nothing.",
    })
    id: string,
    @Ctx() { caller }: Context,
  ): Promise<PaymentAuthorization | null> {
    return this.service.find(requireMerchant(caller), id);
  }

  @Query(() => paymentAuthorizationLists.Connection, {
    description:
      "Lists the merchant's payment authorizations, in whatever status they are. Scope: `PAYMENTS_READ`.",
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
      "Records funds that are held. Safe to repeat with an `idempotencyKey`. Scope: `PAYMENTS_WRITE`.",
  })
  @AllowScopes("PAYMENTS_WRITE")
  async createPaymentAuthorization(
    @Arg("input", () => CreatePaymentAuthorizationInput, {
      description: "What is held, how and for whom; mode and amount are required.",
    })
    input: CreatePaymentAuthorizationInput,
    @Ctx() { caller }: Context,
  ): Promise<PaymentAuthorizationPayload> {
    const outcome = await this.service.create(requireMerchant(caller), input);
    return payloadOf("paymentAuthorization", outcome);
  }

  @Mutation(() => PaymentAuthorizationPayload, {
    description:
      "Changes an authorization, field by field; `NOT_FOUND` when the merchant has none with this id. Scope: `PAYMENTS_WRITE`.",
  })
  @AllowScopes("PAYMENTS_WRITE")
  async updatePaymentAuthorization(
    @Arg("id", () => ID, {
      description: "The UUIDv7 that answers show as `id`. A text that is no UUID finds nothing.",
    })
    id: string,
    @Arg("input", () => UpdatePaymentAuthorizationInput, {
      description: "The fields to change; those left out stay as they are.",
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
      "What the provider gave to be kept secret. Null when there is none, and without the scope `PROVIDER_SECRETS_READ`.",
  })
  providerSecret(
    @Root() authorization: PaymentAuthorization,
    @Ctx() { caller }: Context,
  ): string | null {
    return readSecret(caller, this.secrets, authorization);
  }

  @FieldResolver(() => PaymentType, {
    description: "Its entry in the one list of charges, refunds and authorizations.",
  })
  payment(@Root() authorization: PaymentAuthorization): Payment {
    return this.relations.payment(authorization, "PAYMENT_AUTHORIZATION");
  }

  @FieldResolver(() => CustomerType, {
    nullable: true,
    description: "Whose funds are held; null when that is not known.",
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
    description: "Whose token recorded it; null for a token of no employee.",
  })
  employee(
    @Root() { merchantId, employeeId }: PaymentAuthorization,
    @Ctx() context: Context,
  ): Promise<Employee | null> {
    return this.relations.employee(context, merchantId, employeeId);
  }

  @FieldResolver(() => OrderType, {
    nullable: true,
    description: "What the funds are held for; null when there is no order.",
  })
  @AllowScopes("PAYMENTS_READ")
  order(@Root() { orderId }: PaymentAuthorization, @Ctx() context: Context): Promise<Order | null> {
    return this.relations.orders.load(context, orderId);
  }

  @FieldResolver(() => PaymentMethodType, {
    nullable: true,
    description: "What the funds are held on, detached or not; null when nothing stored is.",
  })
  @AllowScopes("PAYMENTS_READ")
  paymentMethod(
    @Root() { paymentMethodId }: PaymentAuthorization,
    @Ctx() context: Context,
  ): Promise<PaymentMethod | null> {
    return this.relations.payments.methods.load(context, paymentMethodId);
  }

  @FieldResolver(() => paymentChargeLists.Connection, {
    description: "The charges that refer to the authorization. At most one of them captured it.",
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
