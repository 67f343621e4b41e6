import { type Author, auditOf } from "../records/audit.js";
import type { Clock } from "../shared/clock.js";
import { AppError } from "../shared/errors.js";
import type { Instant } from "../shared/instant.js";
import { type Outcome, UserErrors, done, refused } from "../shared/user-error.js";
import { newId, parseUuid } from "../shared/uuid.js";
import type { ApiScope } from "../callers/api-scope.js";
import {
  type ApiTokenSecret,
  hashOf,
  newApiTokenSecret,
  shownPrefixOf,
} from "./api-token-secret.js";
import type { ApiToken } from "./api-token.record.js";
import type { ApiTokenStore } from "./api-token.store.js";
import type { EmployeeService } from "./employee.service.js";
import type { MerchantService } from "./merchant.service.js";
import type { TokensInUse } from "./tokens-in-use.store.js";

export interface CreateApiToken {
  readonly merchantId?: string | null | undefined;
  readonly employeeId?: string | null | undefined;
  readonly name: string;
  readonly scopes: readonly ApiScope[];
  readonly expiresAt?: Instant | null | undefined;
}

export class ApiTokenService {
  constructor(
    private readonly store: ApiTokenStore,
    private readonly merchants: MerchantService,
    private readonly employees: EmployeeService,
    private readonly clock: Clock,
    private readonly tokensInUse: TokensInUse,
  ) {}

  /**
   * Creates a token for a merchant, or for an operator if the input names no merchant. Only this result contains the
   * secret: the database stores its hash.
   *
   * @param by the caller; null for the program itself.
   */
  async create(
    input: CreateApiToken,
    by: Author = null,
  ): Promise<Outcome<{ apiToken: ApiToken; secret: ApiTokenSecret }>> {
    const { merchantId = null, employeeId = null } = input;
    const scopes = [...new Set(input.scopes)];
    const errors = this.check({ ...input, merchantId }, scopes);
    const merchant = merchantId === null ? null : await this.merchants.find(merchantId);
    if (merchantId !== null && merchant === null) {
      errors.add("NOT_FOUND", "merchantId", `There is no merchant with the id ${merchantId}.`);
    }
    const employee =
      employeeId !== null && merchant !== null
        ? await this.employees.findByKey({ merchantId: merchant.id, id: employeeId })
        : null;
    if (employeeId !== null && employee === null) {
      const message = `The merchant of the token has no employee with the id ${employeeId}.`;
      errors.add("NOT_FOUND", "employeeId", message);
    }
    if (errors.all.length > 0) return refused(...errors.all);

    const secret = newApiTokenSecret();
    const token = {
      id: newId(),
      merchantId: merchant?.id ?? null,
      employeeId: employee?.id ?? null,
      name: input.name,
      prefix: shownPrefixOf(secret),
      secretHash: new Uint8Array(hashOf(secret)),
      scopes,
      // Truncated to milliseconds, so that no token is valid longer than requested.
      expiresAt: input.expiresAt ? new Date(input.expiresAt) : null,
    };
    const apiToken = await this.store.insert(token, auditOf(by, "createApiToken"));
    return done({ apiToken, secret });
  }

  /**
   * Revokes a token. This process refuses it immediately, the server's other workers as soon as they receive the
   * message, and other servers within two seconds.
   *
   * @param by the caller; null for the program itself.
   * @throws AppError NOT_FOUND.
   */
  async revoke(id: string, by: Author = null): Promise<ApiToken> {
    const uuid = parseUuid(id);
    const audit = auditOf(by, "revokeApiToken");
    const token = uuid === null ? null : await this.store.revoke(uuid, audit);
    if (token === null) {
      throw new AppError("NOT_FOUND", `There is no API token with the id ${id}.`);
    }
    this.tokensInUse.forget();
    return token;
  }

  private check(
    { merchantId, name, expiresAt }: CreateApiToken,
    scopes: readonly ApiScope[],
  ): UserErrors {
    const errors = new UserErrors();
    errors.checkName("name", name);
    const isForOperator = scopes.includes("OPERATOR");
    if (scopes.length === 0) {
      errors.add("REQUIRED", "scopes", "scopes must contain at least one scope.");
    } else if (isForOperator && scopes.length > 1) {
      const message = "OPERATOR cannot be combined with other scopes.";
      errors.add("INVALID", "scopes", message);
    } else if (isForOperator && merchantId !== null) {
      errors.add("INVALID", "scopes", "A merchant's token cannot have the scope OPERATOR.");
    } else if (!isForOperator && merchantId === null) {
      errors.add(
        "REQUIRED",
        "merchantId",
        "merchantId is required, except for an operator's token.",
      );
    }
    if (expiresAt && expiresAt <= this.clock.now()) {
      errors.add("OUT_OF_RANGE", "expiresAt", "expiresAt must be in the future.");
    }
    return errors;
  }
}
