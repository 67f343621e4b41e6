import { Arg, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from "type-graphql";
import type { Context } from "../graphql/context.js";
import { AllowScopes } from "../graphql/permission.js";
import { CreateApiTokenInput } from "./access.input.js";
import {
  ApiTokenPayload,
  ApiTokenType,
  CreateApiTokenPayload,
  EmployeeType,
} from "./access.type.js";
import type { ApiToken } from "./api-token.record.js";
import type { ApiTokenService } from "./api-token.service.js";
import { requireCaller } from "../callers/caller.js";
import type { EmployeeLoader } from "./employee.loader.js";
import type { Employee } from "./employee.record.js";

@Resolver(() => ApiTokenType)
export class ApiTokenResolver {
  constructor(
    private readonly apiTokens: ApiTokenService,
    private readonly employees: EmployeeLoader,
  ) {}

  @Mutation(() => CreateApiTokenPayload, {
    description: "Creates a token. Its secret is returned only in this response. Operators only.",
  })
  @AllowScopes("OPERATOR")
  async createApiToken(
    @Arg("input", () => CreateApiTokenInput, {
      description: "The token's name, owner, scopes and expiry.",
    })
    input: CreateApiTokenInput,
    @Ctx() { caller }: Context,
  ): Promise<CreateApiTokenPayload> {
    const outcome = await this.apiTokens.create(input, requireCaller(caller));
    return outcome.isDone
      ? { ...outcome.value, userErrors: [] }
      : { apiToken: null, secret: null, userErrors: outcome.userErrors };
  }

  @Mutation(() => ApiTokenPayload, {
    description:
      "Revokes a token permanently: requests with it are then `UNAUTHENTICATED`, on other servers within two seconds. Revoking it again has no effect. `NOT_FOUND` if the token does not exist. Operators only.",
  })
  @AllowScopes("OPERATOR")
  async revokeApiToken(
    @Arg("id", () => ID, {
      description: "The token's UUIDv7, as in `apiTokens`. Not its secret.",
    })
    id: string,
    @Ctx() { caller }: Context,
  ): Promise<ApiTokenPayload> {
    const apiToken = await this.apiTokens.revoke(id, requireCaller(caller));
    return { apiToken, userErrors: [] };
  }

  @FieldResolver(() => EmployeeType, {
    nullable: true,
    description:
      "The employee that the token is tied to. Records created with it carry the employee's id. Null if it is tied to no employee.",
  })
  async employee(
    @Root() { merchantId, employeeId }: ApiToken,
    @Ctx() context: Context,
  ): Promise<Employee | null> {
    if (merchantId === null || employeeId === null) return null;
    return this.employees.byKey(context).load({ merchantId, id: employeeId });
  }
}
