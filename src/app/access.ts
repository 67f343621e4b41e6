import { AccessReader } from "../access/access.reader.js";
import { ApiTokenResolver } from "../access/api-token.resolver.js";
import { ApiTokenService } from "../access/api-token.service.js";
import { ApiTokenStore } from "../access/api-token.store.js";
import { EmployeeLoader } from "../access/employee.loader.js";
import { EmployeeResolver } from "../access/employee.resolver.js";
import { EmployeeService } from "../access/employee.service.js";
import { EmployeeStore } from "../access/employee.store.js";
import { MerchantLoader } from "../access/merchant.loader.js";
import { MerchantResolver } from "../access/merchant.resolver.js";
import { MerchantService } from "../access/merchant.service.js";
import { MerchantStore } from "../access/merchant.store.js";
import { TOKEN_CACHE_MS, TokensInUse } from "../access/tokens-in-use.store.js";
import { ViewerResolver } from "../access/viewer.resolver.js";
import type { Database } from "../database/database.js";
import { type Clock } from "../shared/clock.js";

/** Merchants, employees and API tokens. */
export function composeAccess(database: Database, clock: Clock, onTokensChanged?: () => void) {
  const merchantStore = new MerchantStore(database);
  const employeeStore = new EmployeeStore(database);
  const apiTokenStore = new ApiTokenStore(database);
  const tokensInUse = new TokensInUse(apiTokenStore, TOKEN_CACHE_MS, onTokensChanged);
  const merchants = new MerchantService(merchantStore, tokensInUse);
  const employees = new EmployeeService(employeeStore, merchants, tokensInUse);
  const apiTokens = new ApiTokenService(apiTokenStore, merchants, employees, clock, tokensInUse);
  const merchantLoader = new MerchantLoader(merchantStore);
  const employeeLoader = new EmployeeLoader(employeeStore);
  const reader = new AccessReader(database, merchantLoader);
  return {
    services: { merchants, employees, apiTokens },
    loaders: { merchants: merchantLoader, employees: employeeLoader },
    apiTokenStore,
    tokensInUse,
    readers: [reader.merchants, reader.employees, reader.apiTokens],
    resolvers: [
      new ViewerResolver(merchantLoader, employeeLoader),
      new MerchantResolver(merchants, reader),
      new EmployeeResolver(employees, reader, merchantLoader),
      new ApiTokenResolver(apiTokens, employeeLoader),
    ],
  };
}

export type Access = ReturnType<typeof composeAccess>;
