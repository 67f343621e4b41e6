import { type Author, auditOf } from "../records/audit.js";
import { isUniqueViolation } from "../database/failure.js";
import { present } from "../shared/assert.js";
import { AppError } from "../shared/errors.js";
import {
  type Outcome,
  UserErrors,
  changedValues,
  done,
  given,
  refused,
} from "../shared/user-error.js";
import { newId, parseUuid } from "../shared/uuid.js";
import { type Caller, isOperator } from "../callers/caller.js";
import type { Employee } from "./employee.record.js";
import type { EmployeeKey, EmployeeStore } from "./employee.store.js";
import type { MerchantService } from "./merchant.service.js";
import type { TokensInUse } from "./tokens-in-use.store.js";

export interface CreateEmployee {
  readonly merchantId: string;
  readonly name: string;
  readonly email: string;
}

export interface UpdateEmployee {
  readonly name?: string | null | undefined;
  readonly email?: string | null | undefined;
  readonly isActive?: boolean | null | undefined;
}

const EMAIL_TAKEN = "Another employee of the merchant has this e-mail address.";

export class EmployeeService {
  constructor(
    private readonly store: EmployeeStore,
    private readonly merchants: MerchantService,
    private readonly tokensInUse: TokensInUse,
  ) {}

  /** @returns null for an unknown id, and for another merchant's employee. */
  async find(id: string, caller: Caller): Promise<Employee | null> {
    const uuid = parseUuid(id);
    if (uuid === null) return null;
    if (isOperator(caller)) return this.store.findById(uuid);
    return caller.merchantId === null
      ? null
      : this.findByKey({ merchantId: caller.merchantId, id: uuid });
  }

  async findByKey(key: EmployeeKey): Promise<Employee | null> {
    const uuid = parseUuid(key.id);
    return uuid === null
      ? null
      : ((await this.store.findByKeys([{ ...key, id: uuid }]))[0] ?? null);
  }

  /** @param by the caller; null for the program itself. */
  async create(
    input: CreateEmployee,
    by: Author = null,
    id: string = newId(),
  ): Promise<Outcome<Employee>> {
    const errors = checkEmployee(input);
    const merchant = await this.merchants.find(input.merchantId);
    if (merchant === null) {
      const message = `There is no merchant with the id ${input.merchantId}.`;
      errors.add("NOT_FOUND", "merchantId", message);
      return refused(...errors.all);
    }
    const key = { merchantId: merchant.id, id };
    const audit = auditOf(by, "createEmployee");
    return this.write(key, input.email, errors, (email) =>
      this.store.insert({ ...key, name: input.name, email }, audit),
    );
  }

  /**
   * Updates an employee of any merchant.
   *
   * @param by the caller, an operator; null for the program itself.
   * @throws AppError NOT_FOUND.
   */
  async update(id: string, input: UpdateEmployee, by: Author = null): Promise<Outcome<Employee>> {
    const uuid = parseUuid(id);
    const employee = uuid === null ? null : await this.store.findById(uuid);
    if (employee === null) {
      throw new AppError("NOT_FOUND", `There is no employee with the id ${id}.`);
    }
    const errors = checkEmployee(input);
    for (const [field, value] of Object.entries(input)) errors.refuseNull(field, value);
    const audit = auditOf(by, "updateEmployee");
    const outcome = await this.write(employee, input.email ?? undefined, errors, async (email) => {
      const changes = changedValues(employee, given({ ...input, email }));
      const updated = await this.store.update(employee, changes, audit);
      return present(updated, "the updated employee");
    });
    this.tokensInUse.forget();
    return outcome;
  }

  /**
   * @param email as the client sent it; undefined if an update leaves it unchanged.
   * @param write receives the address in stored form.
   */
  private async write<E extends string | undefined>(
    key: EmployeeKey,
    email: E,
    errors: UserErrors,
    write: (email: E) => Promise<Employee>,
  ): Promise<Outcome<Employee>> {
    let stored = email;
    if (email !== undefined && !errors.has("email")) {
      const address = await this.store.findAddress(key.merchantId, email, key.id);
      // Folding can turn one character into two.
      errors.checkEmail("email", address.email);
      if (address.isTaken) errors.add("TAKEN", "email", EMAIL_TAKEN);
      stored = address.email as E;
    }
    if (errors.all.length > 0) return refused(...errors.all);
    try {
      return done(await write(stored));
    } catch (error) {
      // Another request took the address after the check.
      if (!isUniqueViolation(error)) throw error;
      return refused({ code: "TAKEN", message: EMAIL_TAKEN, field: ["email"] });
    }
  }
}

function checkEmployee({ name, email }: UpdateEmployee): UserErrors {
  const errors = new UserErrors();
  errors.checkName("name", name);
  errors.checkEmail("email", email);
  return errors;
}
