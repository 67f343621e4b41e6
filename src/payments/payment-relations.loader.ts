import type { EmployeeLoader } from "../access/employee.loader.js";
import type { Employee } from "../access/employee.record.js";
import { employeeRecord } from "../access/employee.record.js";
import { type Customer, customerRecord } from "../customers/customer.record.js";
import type { Context } from "../graphql/context.js";
import type { RecordLoader } from "../listing/loader.js";
import { ownedBy } from "../listing/to-one.js";
import { type Order, orderRecord } from "../orders/order.record.js";

/** The relations that lists of charges, refunds and authorizations can read with their rows. */
export const PAYMENT_RELATIONS = {
  customer: ownedBy(customerRecord, "customerId"),
  employee: ownedBy(employeeRecord, "employeeId"),
  order: ownedBy(orderRecord, "orderId"),
};

/** Loads the relations that charges, refunds and authorizations share. */
export class PaymentRelations {
  constructor(
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
}
