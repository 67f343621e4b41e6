import { type Database, readRows } from "../database/database.js";
import { foldedCase } from "../database/fold-case.js";
import { batchedLookUp } from "../database/look-ups.js";
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

/** The key of an employee. */
export interface EmployeeKey {
  readonly merchantId: string;
  readonly id: string;
}

export class EmployeeStore {
  constructor(private readonly database: Database) {}

  findByKeys(keys: readonly EmployeeKey[]): Promise<Employee[]> {
    return batchedLookUp<EmployeeKey, Employee>(
      this.database.pool,
      "employees",
      keys,
      ({ merchantId, id }) => `${merchantId} ${id}`,
      (wanted) => findRecords(this.database, employeeRecord, { OR: ofMerchants(wanted) }),
    );
  }

  /** Finds an employee of any merchant, for operators. */
  async findById(id: string): Promise<Employee | null> {
    const [found] = await batchedLookUp<string, Employee>(
      this.database.pool,
      "employees of any merchant",
      [id],
      (of) => (typeof of === "string" ? of : of.id),
      (ids) => findRecords(this.database, employeeRecord, { id: { in: [...ids] } }),
    );
    return found ?? null;
  }

  /**
   * @param employee with its address in the form that `findAddress` returns.
   * @throws a unique violation if another employee of the merchant has the address.
   */
  insert(employee: NewRow<"Employee">, audit: Audit): Promise<Employee> {
    return createRecord(this.database, employeeRecord, employee, audit);
  }

  /**
   * @returns null if there is no such employee.
   * @throws a unique violation if another employee of the merchant has the address.
   */
  update(
    { merchantId, id }: EmployeeKey,
    changes: EmployeeChanges,
    audit: Audit,
  ): Promise<Employee | null> {
    return changeRecord(this.database, employeeRecord, { merchantId, id }, () => changes, audit);
  }

  /**
   * The stored form of an address, with case folded, and whether another employee has it. Uses SQL because Prisma
   * Client cannot fold case as the database does.
   *
   * @param except the employee that may already have the address.
   */
  async findAddress(merchantId: string, email: string, except: string): Promise<Address> {
    const rows = await readRows(
      this.database.pool,
      ADDRESS,
      sql`select given.email, exists (
            select from employees e
            where e.merchant_id = ${merchantId}::uuid and e.email = given.email and e.id <> ${except}::uuid
          ) as "isTaken"
          from (select ${foldedCase(sql`v`)} as email from (select ${email}::text as v) as sent) as given`,
      "find_address_of_employee",
    );
    return present(rows[0], "the stored form of the address");
  }
}

/** The stored form of an e-mail address, and whether another employee of the merchant has it. */
type Address = RowIn<typeof ADDRESS>;

const ADDRESS = rowOf({ email: column.text(), isTaken: column.boolean() });

/** One condition per merchant, which starts with the merchant's id. */
function ofMerchants(keys: readonly EmployeeKey[]): Where<"Employee">[] {
  const ids = new Map<string, string[]>();
  for (const { merchantId, id } of keys) {
    const others = ids.get(merchantId);
    if (others) others.push(id);
    else ids.set(merchantId, [id]);
  }
  return [...ids].map(([merchantId, own]) => ({ merchantId, id: { in: own } }));
}
