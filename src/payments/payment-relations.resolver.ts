import type { EmployeeLoader } from "../access/employee.loader.js";
import type { Employee } from "../access/employee.record.js";
import type { Customer } from "../customers/customer.record.js";
import type { Context } from "../graphql/context.js";
import type { RecordLoader } from "../listing/loader.js";
import type { Order } from "../orders/order.record.js";
import type { PaymentOwnerType } from "./payment-enums.js";
import type { PaymentLoaders } from "./payment.loader.js";
import type { Payment } from "./payment.record.js";
import type { PaymentOwner } from "./payment.type.js";

/** The relations that charges, refunds and authorizations have in common. */
export class PaymentRelations {
  constructor(
    readonly payments: PaymentLoaders,
    readonly customers: RecordLoader<Customer>,
    readonly orders: RecordLoader<Order>,
    private readonly employees: EmployeeLoader,
  ) {}

  employee(
    context: Context,
    merchantId: string,
    employeeId: string | null,
  ): Promise<Employee | null> {
    if (employeeId === null) return Promise.resolve(null);
    return this.employees.byKey(context).load({ merchantId, id: employeeId });
  }

  /** The entry of a record in the list of all payments. The record need not be read again. */
  payment(owner: PaymentOwner, ownerType: PaymentOwnerType): Payment {
    const { merchantId, id, createdAt, updatedAt, status, orderId } = owner;
    const { amountInCents, depositInCents, totalInCents, currency } = owner;
    const amounts = { amountInCents, depositInCents, totalInCents, currency };
    return { merchantId, id, createdAt, updatedAt, status, ...amounts, orderId, ownerType };
  }

  owner(context: Context, { id, ownerType }: Payment): Promise<PaymentOwner | null> {
    switch (ownerType) {
      case "PAYMENT_CHARGE":
        return this.payments.charges.load(context, id);
      case "PAYMENT_REFUND":
        return this.payments.refunds.load(context, id);
      case "PAYMENT_AUTHORIZATION":
        return this.payments.authorizations.load(context, id);
    }
  }
}
