import "reflect-metadata";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { AccessLists } from "./access/access.lists.js";
import { ApiTokenLoader } from "./access/api-token.loader.js";
import { ApiTokenResolver } from "./access/api-token.resolver.js";
import { ApiTokenService } from "./access/api-token.service.js";
import { ApiTokenStore } from "./access/api-token.store.js";
import { Authenticator } from "./access/authenticator.js";
import { EmployeeLoader } from "./access/employee.loader.js";
import { EmployeeResolver } from "./access/employee.resolver.js";
import { EmployeeService } from "./access/employee.service.js";
import { EmployeeStore } from "./access/employee.store.js";
import { LastUseRecorder } from "./access/last-use-recorder.js";
import { MerchantLoader } from "./access/merchant.loader.js";
import { MerchantResolver } from "./access/merchant.resolver.js";
import { MerchantService } from "./access/merchant.service.js";
import { MerchantStore } from "./access/merchant.store.js";
import { ViewerResolver } from "./access/viewer.resolver.js";
import type { Database } from "./database/database.js";
import { buildGraphqlSchema } from "./graphql/schema.js";
import { createHttpServer } from "./http/server.js";
import { ChargePockets } from "./pockets/charge-pockets.js";
import { ChargePocketsResolver } from "./pockets/charge-pockets.resolver.js";
import { MerchantPocketGroupsResolver } from "./pockets/merchant-pocket-groups.resolver.js";
import { PocketChargeResolver } from "./pockets/pocket-charge.resolver.js";
import { PocketChargeService } from "./pockets/pocket-charge.service.js";
import { PocketChargeStore } from "./pockets/pocket-charge.store.js";
import { PocketGroupLoader } from "./pockets/pocket-group.loader.js";
import { PocketGroupResolver } from "./pockets/pocket-group.resolver.js";
import { PocketGroupService } from "./pockets/pocket-group.service.js";
import { PocketGroupStore } from "./pockets/pocket-group.store.js";
import {
  PocketChargeGroupingResolver,
  PocketGroupingResolver,
} from "./pockets/pocket-grouping.resolver.js";
import { PocketLists } from "./pockets/pocket.lists.js";
import { PocketLoader } from "./pockets/pocket.loader.js";
import { PocketResolver } from "./pockets/pocket.resolver.js";
import { PocketService } from "./pockets/pocket.service.js";
import { PocketStore } from "./pockets/pocket.store.js";
import { RESOLVERS } from "./resolvers.js";
import { type Clock, systemClock } from "./shared/clock.js";

export interface AppOptions {
  readonly database: Database;
  readonly log: Logger;
  readonly introspection: boolean;
  readonly clock?: Clock;
}

/** The program, put together and not listening yet. */
export interface App {
  readonly http: FastifyInstance;
  readonly services: {
    readonly merchants: MerchantService;
    readonly employees: EmployeeService;
    readonly apiTokens: ApiTokenService;
    readonly pocketGroups: PocketGroupService;
  };
  readonly authenticator: Authenticator;
  /** Stops taking requests, lets the running ones answer, writes what was kept in memory. */
  close(): Promise<void>;
}

/** The composition root: everything that lives as long as the process is made here. */
export async function createApp({
  database,
  log,
  introspection,
  clock = systemClock,
}: AppOptions): Promise<App> {
  const merchantStore = new MerchantStore(database);
  const employeeStore = new EmployeeStore(database);
  const apiTokenStore = new ApiTokenStore(database);
  const pocketGroupStore = new PocketGroupStore(database);
  const pocketStore = new PocketStore(database);
  const pocketChargeStore = new PocketChargeStore(database);

  const merchants = new MerchantService(merchantStore);
  const employees = new EmployeeService(employeeStore, merchants);
  const apiTokens = new ApiTokenService(apiTokenStore, merchants, employees, clock);
  const pocketGroups = new PocketGroupService(database, pocketGroupStore, merchants);
  const pockets = new PocketService(pocketStore, pocketGroups);
  const pocketCharges = new PocketChargeService(pocketChargeStore, pocketGroups);
  const chargePockets = new ChargePockets(database, pocketGroups, pocketChargeStore);

  const merchantLoader = new MerchantLoader(merchantStore);
  const employeeLoader = new EmployeeLoader(employeeStore);
  const apiTokenLoader = new ApiTokenLoader(apiTokenStore);
  const pocketGroupLoader = new PocketGroupLoader(pocketGroupStore);
  const pocketLoader = new PocketLoader(pocketStore);

  const accessLists = new AccessLists(database.pool, merchantLoader);
  const pocketLists = new PocketLists(database.pool, pocketGroupLoader, pocketLoader);

  const resolvers = new Map<unknown, object>(
    [
      new ViewerResolver(merchantLoader, employeeLoader),
      new MerchantResolver(merchants, accessLists, apiTokenLoader),
      new EmployeeResolver(employees, accessLists, merchantLoader),
      new ApiTokenResolver(apiTokens, employeeLoader),
      new PocketGroupResolver(pocketGroups, pocketLists, pocketGroupLoader, merchantLoader),
      new PocketResolver(pockets, pocketLists, pocketGroupLoader),
      new PocketChargeResolver(
        pocketCharges,
        pocketLists,
        pocketGroupLoader,
        pocketLoader,
        merchantLoader,
      ),
      new PocketGroupingResolver(pocketGroupLoader),
      new PocketChargeGroupingResolver(pocketGroupLoader, merchantLoader),
      new MerchantPocketGroupsResolver(pocketLists),
      new ChargePocketsResolver(chargePockets),
    ].map((resolver) => [resolver.constructor, resolver]),
  );
  const schema = buildGraphqlSchema(RESOLVERS, (resolver) => resolvers.get(resolver));

  const lastUses = new LastUseRecorder(apiTokenStore, (err) => {
    log.warn({ err }, "the tokens' last use could not be written; it is tried again");
  });
  const authenticator = new Authenticator(apiTokenStore, lastUses, clock);
  const http = await createHttpServer({ schema, authenticator, log, introspection });
  return {
    http,
    authenticator,
    services: { merchants, employees, apiTokens, pocketGroups },
    close: async () => {
      await http.close();
      await lastUses.close();
    },
  };
}
