import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { EmployeeType } from "../../access/access.type.js";
import { requireMerchant } from "../../callers/caller.js";
import type { Employee } from "../../access/employee.record.js";
import type { Customer } from "../../customers/customer.record.js";
import { CustomerType } from "../../customers/customer.type.js";
import type { Context } from "../../graphql/context.js";
import type { Order } from "../../orders/order.record.js";
import { OrderType } from "../../orders/order.type.js";
import type { PaymentRelations } from "../payment-relations.loader.js";
import { paymentChargeListTypes } from "./payment-charge.type.js";

/** The keys of a group that are relations. The charges are grouped by their ids. */
interface GroupingValues {
  readonly customerId?: string | null;
  readonly orderId?: string | null;
  readonly employeeId?: string | null;
}

@Resolver(() => paymentChargeListTypes.GroupingValues)
export class PaymentChargeGroupingResolver {
  constructor(private readonly relations: PaymentRelations) {}

  @FieldResolver(() => CustomerType, {
    nullable: true,
    description:
      "The customer who pays. Null for charges without a customer, or if it is not a grouping key.",
  })
  customer(
    @Root() { customerId = null }: GroupingValues,
    @Ctx() context: Context,
  ): Promise<Customer | null> {
    return this.relations.customers.load(context, customerId);
  }

  @FieldResolver(() => OrderType, {
    nullable: true,
    description:
      "The order that is paid. Null for charges without an order, or if it is not a grouping key.",
  })
  order(
    @Root() { orderId = null }: GroupingValues,
    @Ctx() context: Context,
  ): Promise<Order | null> {
    return this.relations.orders.load(context, orderId);
  }

  @FieldResolver(() => EmployeeType, {
    nullable: true,
    description:
      "The employee who created the charges. Null for tokens that were tied to no employee, or if it is not a grouping key.",
  })
  employee(
    @Root() { employeeId = null }: GroupingValues,
    @Ctx() context: Context,
  ): Promise<Employee | null> {
    const { merchantId } = requireMerchant(context.caller);
    return this.relations.employee(context, merchantId, employeeId);
  }
}
