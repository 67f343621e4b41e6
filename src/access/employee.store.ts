import { type Audit, enterMade } from "../records/audit.js";
import { type Database, readRows } from "../database/database.js";
import { foldedCase } from "../database/fold-case.js";
import { lookUpTogether } from "../database/look-ups.js";
import { type RowIn, column, rowOf } from "../database/row.js";
import { sql } from "../database/sql.js";
import { findByKeys, findRows } from "../records/record.js";
import { updateOwned } from "../records/write-row.js";
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
      (wanted) => this.readByKeys(wanted),
    );
  }

  private readByKeys(keys: readonly EmployeeKey[]): Promise<Employee[]> {
    const merchantIds = keys.map(({ merchantId }) => merchantId);
    const ids = keys.map(({ id }) => id);
    return findByKeys(
      this.database.pool,
      employeeRecord,
      [],
      [
        { column: "merchant_id", type: "uuid", values: merchantIds },
        { column: "id", type: "uuid", values: ids },
      ],
      "find_employees",
    );
  }

  /** For operators, who address an employee of any merchant by its id alone. */
  async findById(id: string): Promise<Employee | undefined> {
    const { pool } = this.database;
    const found = await lookUpTogether<string, Employee>(
      pool,
      "employees of any merchant",
      [id],
      (of) => (typeof of === "string" ? of : of.id),
      (ids) => {
        const condition = sql`id = any(${ids}::uuid[])`;
        return findRows(pool, employeeRecord, condition, "find_employees_of_any");
      },
    );
    return found[0];
  }

  /**
   * @param employee with its address as `findAddress` returns it.
   * @throws a unique violation when another employee of the merchant has the address.
   */
  async insert(
    employee: EmployeeKey & { name: string; email: string },
    audit: Audit,
  ): Promise<void> {
    const { prisma } = this.database;
    const { merchantId, id } = employee;
    const isIt = sql`merchant_id = ${merchantId}::uuid and id = ${id}::uuid`;
    await prisma.$transaction([
      prisma.employee.create({ data: employee, select: { id: true } }),
      prisma.$executeRaw(enterMade(audit, employeeRecord, isIt)),
    ]);
  }

  /** @throws a unique violation when the merchant has another employee of that address. */
  async update(key: EmployeeKey, changes: EmployeeChanges, audit: Audit): Promise<void> {
    await updateOwned(this.database.pool, employeeRecord, key, { ...changes }, audit);
  }

  /**
   * An address in its stored form, with its case folded, and whether another employee has it.
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
