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
import type { PaymentAuthorization } from "../authorizations/payment-authorization.record.js";
import { CreatePaymentChargeInput, UpdatePaymentChargeInput } from "./payment-charge.input.js";
import type { PaymentCharge, paymentChargeRecord } from "./payment-charge.record.js";
import type { PaymentChargeService } from "./payment-charge.service.js";
import type { PaymentMethod } from "../methods/payment-method.record.js";
import type { paymentRefundRecord } from "../refunds/payment-refund.record.js";
import type { PaymentRelations } from "../payment-relations.resolver.js";
import type { PaymentLists } from "../payment.lists.js";
import type { Payment } from "../payment.record.js";
import {
  PaymentAuthorizationType,
  PaymentChargePayload,
  PaymentChargeType,
  PaymentMethodType,
  PaymentType,
  paymentChargeLists,
  paymentRefundLists,
} from "../payment.type.js";
import { type ProviderSecrets, readSecret } from "../secrets/provider-secrets.js";

@Resolver(() => PaymentChargeType)
export class PaymentChargeResolver {
  constructor(
    private readonly service: PaymentChargeService,
    private readonly lists: PaymentLists,
    private readonly relations: PaymentRelations,
    private readonly secrets: ProviderSecrets,
  ) {}

  @Query(() => PaymentChargeType, {
    nullable: true,
    description:
      "Returns a payment charge. Null if the merchant has none with this id. Scope: `PAYMENTS_READ`.",
  })
  @AllowScopes("PAYMENTS_READ")
  paymentCharge(
    @Arg("id", () => ID, {
      description: "The record's `id`, a UUIDv7. A string that is not a UUID matches no record.",
    })
    id: string,
    @Ctx() { caller }: Context,
  ): Promise<PaymentCharge | null> {
    return this.service.find(requireMerchant(caller), id);
  }

  @Query(() => paymentChargeLists.Connection, {
    description: "Lists the merchant's payment charges in every status. Scope: `PAYMENTS_READ`.",
  })
  @AllowScopes("PAYMENTS_READ")
  paymentCharges(
    @Args(() => paymentChargeLists.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof paymentChargeRecord> {
    return this.lists.charges.all(context, args);
  }

  @Mutation(() => PaymentChargePayload, {
    description:
      "Records a payment. Safe to retry with an `idempotencyKey`. Scope: `PAYMENTS_WRITE`.",
  })
  @AllowScopes("PAYMENTS_WRITE")
  async createPaymentCharge(
    @Arg("input", () => CreatePaymentChargeInput, {
      description:
        "The charge's amounts, mode, provider and relations. Only the amount is required.",
    })
    input: CreatePaymentChargeInput,
    @Ctx() { caller }: Context,
  ): Promise<PaymentChargePayload> {
    return payloadOf("paymentCharge", await this.service.create(requireMerchant(caller), input));
  }

  @Mutation(() => PaymentChargePayload, {
    description:
      "Updates a payment charge. `NOT_FOUND` if the merchant has none with this id. Scope: `PAYMENTS_WRITE`.",
  })
  @AllowScopes("PAYMENTS_WRITE")
  async updatePaymentCharge(
    @Arg("id", () => ID, {
      description: "The record's `id`, a UUIDv7. A string that is not a UUID matches no record.",
    })
    id: string,
    @Arg("input", () => UpdatePaymentChargeInput, {
      description: "The fields to change. Omitted fields keep their values.",
    })
    input: UpdatePaymentChargeInput,
    @Ctx() { caller }: Context,
  ): Promise<PaymentChargePayload> {
    const outcome = await this.service.update(requireMerchant(caller), id, input);
    return payloadOf("paymentCharge", outcome);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      "The provider's secret. Null if there is none, or if the token lacks the scope `PROVIDER_SECRETS_READ`.",
  })
  providerSecret(@Root() charge: PaymentCharge, @Ctx() { caller }: Context): string | null {
    return readSecret(caller, this.secrets, charge);
  }

  @FieldResolver(() => CustomerType, {
    nullable: true,
    description: "The customer who pays. Null if unknown.",
  })
  @AllowScopes("PAYMENTS_READ")
  customer(
    @Root() { customerId }: PaymentCharge,
    @Ctx() context: Context,
  ): Promise<Customer | null> {
    return this.relations.customers.load(context, customerId);
  }

  @FieldResolver(() => EmployeeType, {
    nullable: true,
    description: "The employee who created the charge. Null if the token was tied to no employee.",
  })
  employee(
    @Root() { merchantId, employeeId }: PaymentCharge,
    @Ctx() context: Context,
  ): Promise<Employee | null> {
    return this.relations.employee(context, merchantId, employeeId);
  }

  @FieldResolver(() => OrderType, {
    nullable: true,
    description: "The order that is paid. Null if there is none.",
  })
  @AllowScopes("PAYMENTS_READ")
  order(@Root() { orderId }: PaymentCharge, @Ctx() context: Context): Promise<Order | null> {
    return this.relations.orders.load(context, orderId);
  }

  @FieldResolver(() => PaymentType, {
    description: "The entry in the combined list of charges, refunds and authorizations.",
  })
  payment(@Root() charge: PaymentCharge): Payment {
    return this.relations.payment(charge, "PAYMENT_CHARGE");
  }

  @FieldResolver(() => PaymentAuthorizationType, {
    nullable: true,
    description: "The authorization that the charge captures. Null if there is none.",
  })
  @AllowScopes("PAYMENTS_READ")
  paymentAuthorization(
    @Root() { paymentAuthorizationId }: PaymentCharge,
    @Ctx() context: Context,
  ): Promise<PaymentAuthorization | null> {
    return this.relations.payments.authorizations.load(context, paymentAuthorizationId);
  }

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
    return this.relations.payments.methods.load(context, paymentMethodId);
  }

  @FieldResolver(() => paymentRefundLists.Connection, {
    description: "The refunds of the charge, including pending, failed and canceled ones.",
  })
  @AllowScopes("PAYMENTS_READ")
  paymentRefunds(
    @Root() { id }: PaymentCharge,
    @Args(() => paymentRefundLists.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof paymentRefundRecord> {
    return this.lists.refunds.of("paymentCharge", [id], context, args);
  }
}
