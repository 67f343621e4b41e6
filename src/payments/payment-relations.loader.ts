import type { EmployeeLoader } from "../access/employee.loader.js";
import type { Employee } from "../access/employee.record.js";
import type { Customer } from "../customers/customer.record.js";
import type { Context } from "../graphql/context.js";
import type { RecordLoader } from "../listing/loader.js";
import type { Order } from "../orders/order.record.js";

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
