import { type Database, readRows } from "../database/database.js";
import { foldedCase } from "../database/fold-case.js";
import { lookUpTogether } from "../database/look-ups.js";
import type { NewRow, Where } from "../database/models.js";
import { type RowIn, column, rowOf } from "../database/row.js";
import { sql } from "../database/sql.js";
import type { Audit } from "../records/audit.js";
import { findRecords } from "../records/find-record.js";
import { changeRecord, createRecord } from "../records/write-record.js";
import { present } from "../shared/assert.js";
import { type Employee, employeeRecord } from "./employee.record.js";

export interface EmployeeChanges {
  readonly name?: string;
  readonly email?: string;
  readonly isActive?: boolean;
}

/** Merchant and employee: an employee's whole key. */
export interface EmployeeKey {
  readonly merchantId: string;
  readonly id: string;
}

export class EmployeeStore {
  constructor(private readonly database: Database) {}

  findByKeys(keys: readonly EmployeeKey[]): Promise<Employee[]> {
    return lookUpTogether<EmployeeKey, Employee>(
      this.database.pool,
      "employees",
      keys,
      ({ merchantId, id }) => `${merchantId} ${id}`,
      (wanted) => findRecords(this.database, employeeRecord, { OR: ofMerchants(wanted) }),
    );
  }

  /** For operators, who address an employee of any merchant by its id alone. */
  async findById(id: string): Promise<Employee | null> {
    const [found] = await lookUpTogether<string, Employee>(
      this.database.pool,
      "employees of any merchant",
      [id],
      (of) => (typeof of === "string" ? of : of.id),
      (ids) => findRecords(this.database, employeeRecord, { id: { in: [...ids] } }),
    );
    return found ?? null;
  }

  /**
   * @param employee with its address as `findAddress` returns it.
   * @throws a unique violation when another employee of the merchant has the address.
   */
  insert(employee: NewRow<"Employee">, audit: Audit): Promise<Employee> {
    return createRecord(this.database, employeeRecord, employee, audit);
  }

  /**
   * @returns null when there is no such employee.
   * @throws a unique violation when another employee of the merchant has the address.
   */
  update(
    { merchantId, id }: EmployeeKey,
    changes: EmployeeChanges,
    audit: Audit,
  ): Promise<Employee | null> {
    return changeRecord(this.database, employeeRecord, { merchantId, id }, () => changes, audit);
  }

  /**
   * An address in its stored form, with its case folded, and whether another employee has it. SQL, since Prisma
   * Client cannot fold case as the database does.
   *
   * @param except the employee who may already have the address.
   */
  async findAddress(merchantId: string, email: string, except: string): Promise<Address> {
    const rows = await readRows(
      this.database.pool,
      ADDRESS,
      sql`select given.email, exists (
            select from employees e
            where e.merchant_id = ${merchantId}::uuid and e.email = given.email and e.id <> ${except}::uuid
          ) as "isTaken"
          from (select ${foldedCase(sql`v`)} as email from unnest(${[email]}::text[]) as v) as given`,
      "find_address_of_employee",
    );
    return present(rows[0], "the address in its stored form");
  }
}

/** An e-mail address of one merchant's employees. */
type Address = RowIn<typeof ADDRESS>;

const ADDRESS = rowOf({ email: column.text(), isTaken: column.boolean() });

/** One condition for each merchant, led by it. */
function ofMerchants(keys: readonly EmployeeKey[]): Where<"Employee">[] {
  const ids = new Map<string, string[]>();
  for (const { merchantId, id } of keys) {
    const others = ids.get(merchantId);
    if (others) others.push(id);
    else ids.set(merchantId, [id]);
  }
  return [...ids].map(([merchantId, own]) => ({ merchantId, id: { in: own } }));
}
