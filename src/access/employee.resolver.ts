import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";
import type { Context } from "../graphql/context.js";
import { AllowScopes } from "../graphql/permission.js";
import { payloadOf } from "../graphql/user-error.type.js";
import type { Connection } from "../listing/connection.js";
import type { ListArguments } from "../listing/list-query.js";
import type { AccessReader } from "./access.reader.js";
import { CreateEmployeeInput, UpdateEmployeeInput } from "./access.input.js";
import { EmployeePayload, EmployeeType, MerchantType, employeeListTypes } from "./access.type.js";
import { requireCaller } from "../callers/caller.js";
import type { Employee, employeeRecord } from "./employee.record.js";
import type { EmployeeService } from "./employee.service.js";
import type { MerchantLoader } from "./merchant.loader.js";
import type { Merchant } from "./merchant.record.js";

@Resolver(() => EmployeeType)
export class EmployeeResolver {
  constructor(
    private readonly service: EmployeeService,
    private readonly reader: AccessReader,
    private readonly merchants: MerchantLoader,
  ) {}

  @Query(() => EmployeeType, {
    nullable: true,
    description:
      "Returns an employee of the caller's merchant; operators can query any employee. Null if the employee does not exist. Any valid token is accepted.",
  })
  @AllowScopes()
  employee(
    @Arg("id", () => ID, {
      description: "The record's `id`, a UUIDv7. A string that is not a UUID matches no record.",
    })
    id: string,
    @Ctx() { caller }: Context,
  ): Promise<Employee | null> {
    return this.service.find(id, requireCaller(caller));
  }

  @Query(() => employeeListTypes.Connection, {
    description:
      "Lists the employees of the caller's merchant; operators see those of every merchant. Any valid token is accepted.",
  })
  @AllowScopes()
  employees(
    @Args(() => employeeListTypes.Arguments) args: ListArguments,
    @Ctx() context: Context,
  ): Connection<typeof employeeRecord> {
    return this.reader.employees.all(context, args);
  }

  @Mutation(() => EmployeePayload, {
    description: "Creates an employee of a merchant, who is active immediately. Operators only.",
  })
  @AllowScopes("OPERATOR")
  async createEmployee(
    @Arg("input", () => CreateEmployeeInput, {
      description: "The employee's merchant, name and e-mail address. Every field is required.",
    })
    input: CreateEmployeeInput,
    @Ctx() { caller }: Context,
  ): Promise<EmployeePayload> {
    return payloadOf("employee", await this.service.create(input, requireCaller(caller)));
  }

  @Mutation(() => EmployeePayload, {
    description: "Updates an employee. `NOT_FOUND` if the employee does not exist. Operators only.",
  })
  @AllowScopes("OPERATOR")
  async updateEmployee(
    @Arg("id", () => ID, {
      description: "The record's `id`, a UUIDv7. A string that is not a UUID matches no record.",
    })
    id: string,
    @Arg("input", () => UpdateEmployeeInput, {
      description: "The fields to change. Omitted fields keep their values.",
    })
    input: UpdateEmployeeInput,
    @Ctx() { caller }: Context,
  ): Promise<EmployeePayload> {
    return payloadOf("employee", await this.service.update(id, input, requireCaller(caller)));
  }

  @FieldResolver(() => MerchantType, {
    description: "The merchant that the employee works for. Never changes.",
  })
  merchant(@Root() { merchantId }: Employee, @Ctx() context: Context): Promise<Merchant | null> {
    return this.merchants.byId(context).load(merchantId);
  }
}
