import type { ReadSource } from "../database/request-reads.js";
import { type Sql, sql } from "../database/sql.js";
import { Lists } from "../listing/lists.js";
import { EVERYTHING, type Visible } from "../listing/visible.js";
import { employeeLists, merchantLists } from "./access.type.js";
import { type Caller, isOperator } from "./caller.js";
import { employeeRecord } from "./employee.record.js";
import type { MerchantLoader } from "./merchant.loader.js";
import { merchantRecord } from "./merchant.record.js";

function only(column: Sql, merchantId: string | null): Visible {
  return { fixed: [{ column, value: sql`${merchantId}::uuid` }] };
}

const merchantList = {
  record: merchantRecord,
  /** A merchant sees itself; only operators may ask for the list. */
  visibleTo: (caller: Caller) =>
    isOperator(caller) ? EVERYTHING : only(sql`merchants.id`, caller.merchantId),
  parents: {},
} as const;

const employeeList = {
  record: employeeRecord,
  visibleTo: (caller: Caller) =>
    isOperator(caller) ? EVERYTHING : only(sql`employees.merchant_id`, caller.merchantId),
  parents: {},
} as const;

/** The lists of merchants and employees. */
export class AccessLists {
  readonly merchants;
  readonly employees;

  constructor(source: ReadSource, merchantLoader: MerchantLoader) {
    this.merchants = new Lists(source, merchantList, merchantLists, (context, rows) => {
      merchantLoader.prime(context, rows);
    });
    this.employees = new Lists(source, employeeList, employeeLists);
  }
}
