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
      "Looks up a payment charge: null when the merchant has none with this id. Scope: `PAYMENTS_READ`.",
  })
  @AllowScopes("PAYMENTS_READ")
  paymentCharge(
    @Arg("id", () => ID, {
      description: "The UUIDv7 that answers show as `id`. A text that is no UUID finds nothing.",
    })
    id: string,
    @Ctx() { caller }: Context,
  ): Promise<PaymentCharge | null> {
    return this.service.find(requireMerchant(caller), id);
  }

  @Query(() => paymentChargeLists.Connection, {
    description:
      "Lists the merchant's payment charges, in whatever status they are. Scope: `PAYMENTS_READ`.",
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
      "Records a payment. Safe to repeat with an `idempotencyKey`. Scope: `PAYMENTS_WRITE`.",
  })
  @AllowScopes("PAYMENTS_WRITE")
  async createPaymentCharge(
    @Arg("input", () => CreatePaymentChargeInput, {
      description: "What is paid, how and by whom; the amount alone is required.",
    })
    input: CreatePaymentChargeInput,
    @Ctx() { caller }: Context,
  ): Promise<PaymentChargePayload> {
    return payloadOf("paymentCharge", await this.service.create(requireMerchant(caller), input));
  }

  @Mutation(() => PaymentChargePayload, {
    description:
      "Changes a payment charge, field by field; `NOT_FOUND` when the merchant has none with this id. Scope: `PAYMENTS_WRITE`.",
  })
  @AllowScopes("PAYMENTS_WRITE")
  async updatePaymentCharge(
    @Arg("id", () => ID, {
      description: "The UUIDv7 that answers show as `id`. A text that is no UUID finds nothing.",
    })
    id: string,
    @Arg("input", () => UpdatePaymentChargeInput, {
      description: "The fields to change; those left out stay as they are.",
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
      "What the provider gave to be kept secret. Null when there is none, and without the scope `PROVIDER_SECRETS_READ`.",
  })
  providerSecret(@Root() charge: PaymentCharge, @Ctx() { caller }: Context): string | null {
    return readSecret(caller, this.secrets, charge);
  }

  @FieldResolver(() => CustomerType, {
    nullable: true,
    description: "Who pays; null when that is not known.",
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
    description: "Whose token recorded the charge; null for a token of no employee.",
  })
  employee(
    @Root() { merchantId, employeeId }: PaymentCharge,
    @Ctx() context: Context,
  ): Promise<Employee | null> {
    return this.relations.employee(context, merchantId, employeeId);
  }

  @FieldResolver(() => OrderType, {
    nullable: true,
    description: "What is paid for; null when there is no order.",
  })
  @AllowScopes("PAYMENTS_READ")
  order(@Root() { orderId }: PaymentCharge, @Ctx() context: Context): Promise<Order | null> {
    return this.relations.orders.load(context, orderId);
  }

  @FieldResolver(() => PaymentType, {
    description: "Its entry in the one list of charges, refunds and authorizations.",
  })
  payment(@Root() charge: PaymentCharge): Payment {
    return this.relations.payment(charge, "PAYMENT_CHARGE");
  }

  @FieldResolver(() => PaymentAuthorizationType, {
    nullable: true,
    description: "The held funds that it is taken from; null when it is paid otherwise.",
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
    description: "What is charged, detached or not; null when nothing stored is.",
  })
  @AllowScopes("PAYMENTS_READ")
  paymentMethod(
    @Root() { paymentMethodId }: PaymentCharge,
    @Ctx() context: Context,
  ): Promise<PaymentMethod | null> {
    return this.relations.payments.methods.load(context, paymentMethodId);
  }

  @FieldResolver(() => paymentRefundLists.Connection, {
    description: "What went back of it or is about to, in whatever status.",
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
