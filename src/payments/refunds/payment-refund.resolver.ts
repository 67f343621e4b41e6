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
import type { PaymentCharge } from "../charges/payment-charge.record.js";
import { CreatePaymentRefundInput, UpdatePaymentRefundInput } from "./payment-refund.input.js";
import type { PaymentRefund, paymentRefundRecord } from "./payment-refund.record.js";
import type { PaymentRefundService } from "./payment-refund.service.js";
import type { PaymentRelations } from "../payment-relations.resolver.js";
import type { PaymentLists } from "../payment.lists.js";
import type { Payment } from "../payment.record.js";
import {
  PaymentChargeType,
  PaymentRefundPayload,
  PaymentRefundType,
  PaymentType,
  paymentRefundLists,
} from "../payment.type.js";

@Resolver(() => PaymentRefundType)
export class PaymentRefundResolver {
  constructor(
    private readonly service: PaymentRefundService,
    private readonly lists: PaymentLists,
    private readonly relations: PaymentRelations,
  ) {}

  @Query(() => PaymentRefundType, {
    nullable: true,
    description:
      "Returns a payment refund. Null if the merchant has none with this id. Scope: `PAYMENTS_READ`.",
  })
  @AllowScopes("PAYMENTS_READ")
  paymentRefund(
    @Arg("id", () => ID, {
      description: "The record's `id`, a UUIDv7. A string that is not a UUID matches no record.",
    })
    id: string,
    @Ctx() { caller }: Context,
  ): Promise<PaymentRefund | null> {
    return this.service.find(requireMerchant(caller), id);
  }

  @Query(() => paymentRefundLists.Connection, {
    description: "Lists the merchant's payment refunds in every status. Scope: `PAYMENTS_READ`.",
  })
  @AllowScopes("PAYMENTS_READ")
  paymentRefunds(
    @Args(() => paymentRefundLists.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof paymentRefundRecord> {
    return this.lists.refunds.all(context, args);
  }

  @Mutation(() => PaymentRefundPayload, {
    description:
      "Records a refund and reserves its amount on the charge, never more than is refundable. Safe to retry with an `idempotencyKey`. Scope: `PAYMENTS_WRITE`.",
  })
  @AllowScopes("PAYMENTS_WRITE")
  async createPaymentRefund(
    @Arg("input", () => CreatePaymentRefundInput, {
      description:
        "The charge to refund, and the amounts. Without a charge, the provider must be NONE.",
    })
    input: CreatePaymentRefundInput,
    @Ctx() { caller }: Context,
  ): Promise<PaymentRefundPayload> {
    return payloadOf("paymentRefund", await this.service.create(requireMerchant(caller), input));
  }

  @Mutation(() => PaymentRefundPayload, {
    description:
      "Updates a refund. `NOT_FOUND` if the merchant has none with this id. Scope: `PAYMENTS_WRITE`.",
  })
  @AllowScopes("PAYMENTS_WRITE")
  async updatePaymentRefund(
    @Arg("id", () => ID, {
      description: "The record's `id`, a UUIDv7. A string that is not a UUID matches no record.",
    })
    id: string,
    @Arg("input", () => UpdatePaymentRefundInput, {
      description: "The fields to change. Omitted fields keep their values.",
    })
    input: UpdatePaymentRefundInput,
    @Ctx() { caller }: Context,
  ): Promise<PaymentRefundPayload> {
    const outcome = await this.service.update(requireMerchant(caller), id, input);
    return payloadOf("paymentRefund", outcome);
  }

  @FieldResolver(() => PaymentChargeType, {
    nullable: true,
    description: "The refunded charge. Null for a payment that is not recorded here.",
  })
  @AllowScopes("PAYMENTS_READ")
  paymentCharge(
    @Root() { paymentChargeId }: PaymentRefund,
    @Ctx() context: Context,
  ): Promise<PaymentCharge | null> {
    return this.relations.payments.charges.load(context, paymentChargeId);
  }

  @FieldResolver(() => PaymentType, {
    description: "The entry in the combined list of charges, refunds and authorizations.",
  })
  payment(@Root() refund: PaymentRefund): Payment {
    return this.relations.payment(refund, "PAYMENT_REFUND");
  }

  @FieldResolver(() => CustomerType, {
    nullable: true,
    description: "The customer who is refunded. Null if unknown.",
  })
  @AllowScopes("PAYMENTS_READ")
  customer(
    @Root() { customerId }: PaymentRefund,
    @Ctx() context: Context,
  ): Promise<Customer | null> {
    return this.relations.customers.load(context, customerId);
  }

  @FieldResolver(() => EmployeeType, {
    nullable: true,
    description: "The employee who created the refund. Null if the token was tied to no employee.",
  })
  employee(
    @Root() { merchantId, employeeId }: PaymentRefund,
    @Ctx() context: Context,
  ): Promise<Employee | null> {
    return this.relations.employee(context, merchantId, employeeId);
  }

  @FieldResolver(() => OrderType, {
    nullable: true,
    description: "The order that was paid. Null if there is none.",
  })
  @AllowScopes("PAYMENTS_READ")
  order(@Root() { orderId }: PaymentRefund, @Ctx() context: Context): Promise<Order | null> {
    return this.relations.orders.load(context, orderId);
  }
}
