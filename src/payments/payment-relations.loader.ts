import type { EmployeeLoader } from "../access/employee.loader.js";
import type { Employee } from "../access/employee.record.js";
import { type Customer, customerRecord } from "../customers/customer.record.js";
import type { Context } from "../graphql/context.js";
import type { RecordLoader } from "../listing/loader.js";
import type { ToOne } from "../listing/to-one.js";
import { type Order, orderRecord } from "../orders/order.record.js";
import { owned } from "./merchant.reader.js";

/** Loads the relations that charges, refunds and authorizations share. */
export class PaymentRelations {
  constructor(
    readonly customers: RecordLoader<Customer>,
    readonly orders: RecordLoader<Order>,
    private readonly employees: EmployeeLoader,
  ) {}

  /** The relations that a list reads with its rows. */
  get ofRows(): Readonly<Record<string, ToOne>> {
    return {
      customer: owned("customer", customerRecord, this.customers),
      order: owned("order", orderRecord, this.orders),
    };
  }

  employee(
    context: Context,
    merchantId: string,
    employeeId: string | null,
  ): Promise<Employee | null> {
    if (employeeId === null) return Promise.resolve(null);
    return this.employees.byKey(context).load({ merchantId, id: employeeId });
  }
}
