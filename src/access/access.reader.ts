import type { ReadSource } from "../database/request-reads.js";
import { sql } from "../database/sql.js";
import type { Context } from "../graphql/context.js";
import { Connection } from "../listing/connection.js";
import { ListReader } from "../listing/list-reader.js";
import { type PageArguments, numberedPage } from "../listing/page.js";
import { byColumn } from "../listing/parent.js";
import { EVERYTHING, rowsWith } from "../listing/visible.js";
import { employeeListTypes, merchantListTypes } from "./access.type.js";
import { type ApiToken, apiTokenRecord } from "./api-token.record.js";
import { type Caller, isOperator } from "../callers/caller.js";
import { employeeRecord } from "./employee.record.js";
import type { MerchantLoader } from "./merchant.loader.js";
import { merchantRecord } from "./merchant.record.js";

const merchantListDefinition = {
  record: merchantRecord,
  /** A merchant sees only itself. Only operators may list merchants. */
  visibleTo: (caller: Caller) =>
    isOperator(caller) ? EVERYTHING : rowsWith(sql`merchants.id`, caller.merchantId),
  scopes: [],
  parents: {},
} as const;

const employeeListDefinition = {
  record: employeeRecord,
  visibleTo: (caller: Caller) =>
    isOperator(caller) ? EVERYTHING : rowsWith(sql`employees.merchant_id`, caller.merchantId),
  scopes: [],
  parents: { merchant: byColumn(sql`employees.merchant_id`) },
} as const;

const apiTokenListDefinition = {
  record: apiTokenRecord,
  visibleTo: (caller: Caller) =>
    isOperator(caller) ? EVERYTHING : rowsWith(sql`api_tokens.merchant_id`, caller.merchantId),
  scopes: [],
  parents: { merchant: byColumn(sql`api_tokens.merchant_id`) },
} as const;

const OLDEST_FIRST = [{ field: "createdAt", direction: "ASC" }] as const;

/** The lists of merchants, employees and tokens. */
export class AccessReader {
  readonly merchants;
  readonly employees;
  readonly apiTokens;

  constructor(source: ReadSource, merchantLoader: MerchantLoader) {
    this.merchants = new ListReader(
      source,
      merchantListDefinition,
      merchantListTypes,
      (context, rows) => {
        merchantLoader.prime(context, rows);
      },
    );
    this.employees = new ListReader(source, employeeListDefinition, employeeListTypes);
    // Read from the primary, so that a revoked token is shown as revoked immediately.
    this.apiTokens = new ListReader({ pool: source.pool }, apiTokenListDefinition, { Connection });
  }

  /** One page of a merchant's tokens, oldest first. */
  apiTokensOf(
    merchantId: string,
    context: Context,
    { page }: PageArguments,
  ): Promise<readonly ApiToken[]> {
    const args = { page: numberedPage(page), sort: OLDEST_FIRST };
    return this.apiTokens.of("merchant", [merchantId], context, args).nodes();
  }
}
