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
import { TOKEN_KEPT_MS, TokensInUse } from "./access/tokens-in-use.js";
import { ViewerResolver } from "./access/viewer.resolver.js";
import { CustomerLists } from "./customers/customer.lists.js";
import { CustomerResolver } from "./customers/customer.resolver.js";
import { CustomerService } from "./customers/customer.service.js";
import { CustomerStore } from "./customers/customer.store.js";
import type { Database } from "./database/database.js";
import { buildGraphqlSchema } from "./graphql/schema.js";
import { type HttpServerOptions, createHttpServer } from "./http/server.js";
import { RecordLoader } from "./listing/loader.js";
import { OrderLists } from "./orders/order.lists.js";
import { OrderResolver } from "./orders/order.resolver.js";
import { OrderService } from "./orders/order.service.js";
import { OrderStore } from "./orders/order.store.js";
import {
  CustomerPaymentsResolver,
  OrderPaymentsResolver,
} from "./payments/paying-party.resolver.js";
import { PaymentAuthorizationResolver } from "./payments/payment-authorization.resolver.js";
import { PaymentAuthorizationService } from "./payments/payment-authorization.service.js";
import { PaymentAuthorizationStore } from "./payments/payment-authorization.store.js";
import { PaymentChargeResolver } from "./payments/payment-charge.resolver.js";
import { PaymentChargeService } from "./payments/payment-charge.service.js";
import { PaymentChargeStore } from "./payments/payment-charge.store.js";
import { PaymentChargeGroupingResolver } from "./payments/payment-grouping.resolver.js";
import { PaymentHoldResolver } from "./payments/payment-hold.resolver.js";
import { PaymentMethodResolver } from "./payments/payment-method.resolver.js";
import { PaymentMethodService } from "./payments/payment-method.service.js";
import { PaymentMethodStore } from "./payments/payment-method.store.js";
import { PaymentRefundResolver } from "./payments/payment-refund.resolver.js";
import { PaymentRefundService } from "./payments/payment-refund.service.js";
import { PaymentRefundStore } from "./payments/payment-refund.store.js";
import { PaymentRelations } from "./payments/payment-relations.js";
import { PaymentLists } from "./payments/payment.lists.js";
import { PaymentLoaders } from "./payments/payment.loader.js";
import { PaymentResolver } from "./payments/payment.resolver.js";
import { PaymentService } from "./payments/payment.service.js";
import { ProviderSecretStore } from "./payments/provider-secret.store.js";
import { ProviderSecrets } from "./payments/provider-secrets.js";
import { RotateProviderSecrets } from "./payments/rotate-provider-secrets.service.js";
import { type ChargeMetrics, ChargePockets } from "./pockets/charge-pockets.js";
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
import type { SecretKeySource } from "./shared/secret-key.js";

export interface AppOptions extends Omit<HttpServerOptions, "schema" | "authenticator" | "rest"> {
  readonly database: Database;
  readonly log: Logger;
  /** The keys of provider secrets; without any, secrets are refused. */
  readonly secretKeys?: SecretKeySource;
  readonly clock?: Clock;
  /** Told when tokens that other workers keep in memory may not be good any more. */
  readonly onTokensChanged?: (() => void) | undefined;
}

/** The program, put together and not listening yet. */
export interface App {
  readonly http: FastifyInstance;
  readonly services: Services;
  readonly authenticator: Authenticator;
  readonly rotateProviderSecrets: RotateProviderSecrets;
  /** To be called when another worker was told so by its `onTokensChanged`. */
  forgetTokens(): void;
  /** Stops taking requests, lets the running ones answer, writes what was kept in memory. */
  close(): Promise<void>;
}

/** What the demo and commands call without HTTP. */
type Services = Pick<Access["services"], "merchants" | "employees" | "apiTokens"> &
  ReturnType<typeof composePockets>["services"] &
  ReturnType<typeof composePayments>["services"];

/** The composition root: everything that lives as long as the process is made in this file. */
export async function createApp(options: AppOptions): Promise<App> {
  const { database, log, secretKeys = () => [], clock = systemClock } = options;
  const access = composeAccess(database, clock, options.onTokensChanged);
  const pockets = composePockets(database, access, options.metrics?.counted);
  const payments = composePayments(database, access, secretKeys, clock);
  const resolvers = new Map<unknown, object>(
    [...access.resolvers, ...pockets.resolvers, ...payments.resolvers].map((resolver) => [
      resolver.constructor,
      resolver,
    ]),
  );
  const schema = buildGraphqlSchema(RESOLVERS, (resolver) => resolvers.get(resolver));

  const lastUses = new LastUseRecorder(access.apiTokenStore, (err) => {
    log.warn({ err }, "the tokens' last use could not be written; it is tried again");
  });
  const authenticator = new Authenticator(access.tokensInUse, lastUses, clock);
  const rest = { ...pockets.rest, ...payments.rest };
  const http = await createHttpServer({ ...options, schema, authenticator, rest });
  return {
    http,
    authenticator,
    services: { ...access.services, ...pockets.services, ...payments.services },
    rotateProviderSecrets: payments.rotateProviderSecrets,
    forgetTokens: access.tokensInUse.hearOfChange.bind(access.tokensInUse),
    close: async () => {
      await http.close();
      await lastUses.close();
    },
  };
}

type Access = ReturnType<typeof composeAccess>;

function composeAccess(database: Database, clock: Clock, onTokensChanged?: () => void) {
  const merchantStore = new MerchantStore(database);
  const employeeStore = new EmployeeStore(database);
  const apiTokenStore = new ApiTokenStore(database);
  const tokensInUse = new TokensInUse(apiTokenStore, TOKEN_KEPT_MS, onTokensChanged);
  const merchants = new MerchantService(merchantStore, tokensInUse);
  const employees = new EmployeeService(employeeStore, merchants, tokensInUse);
  const apiTokens = new ApiTokenService(apiTokenStore, merchants, employees, clock, tokensInUse);
  const merchantLoader = new MerchantLoader(merchantStore);
  const employeeLoader = new EmployeeLoader(employeeStore);
  const apiTokenLoader = new ApiTokenLoader(apiTokenStore);
  const lists = new AccessLists(database.pool, merchantLoader);
  return {
    services: { merchants, employees, apiTokens },
    loaders: { merchants: merchantLoader, employees: employeeLoader },
    apiTokenStore,
    tokensInUse,
    resolvers: [
      new ViewerResolver(merchantLoader, employeeLoader),
      new MerchantResolver(merchants, lists, apiTokenLoader),
      new EmployeeResolver(employees, lists, merchantLoader),
      new ApiTokenResolver(apiTokens, employeeLoader),
    ],
  };
}

function composePockets(database: Database, access: Access, metrics?: ChargeMetrics) {
  const { merchants } = access.services;
  const { loaders } = access;
  const groupStore = new PocketGroupStore(database);
  const pocketStore = new PocketStore(database);
  const chargeStore = new PocketChargeStore(database);
  const pocketGroups = new PocketGroupService(database, groupStore, merchants);
  const pockets = new PocketService(pocketStore, pocketGroups);
  const charges = new PocketChargeService(chargeStore, pocketGroups);
  const chargePockets = new ChargePockets(database, pocketGroups, chargeStore, metrics);
  const groupLoader = new PocketGroupLoader(groupStore);
  const pocketLoader = new PocketLoader(pocketStore);
  const lists = new PocketLists(database.pool, groupLoader, pocketLoader);
  return {
    services: { pocketGroups, chargePockets },
    rest: { chargePockets, pocketCharges: charges },
    resolvers: [
      new PocketGroupResolver(pocketGroups, lists, groupLoader, loaders.merchants),
      new PocketResolver(pockets, lists, groupLoader),
      new PocketChargeResolver(charges, lists, groupLoader, pocketLoader, loaders.merchants),
      new PocketGroupingResolver(groupLoader),
      new PocketChargeGroupingResolver(groupLoader, loaders.merchants),
      new MerchantPocketGroupsResolver(lists),
      new ChargePocketsResolver(chargePockets),
    ],
  };
}

function composePayments(
  database: Database,
  { services: { merchants }, loaders }: Access,
  secretKeys: SecretKeySource,
  clock: Clock,
) {
  const customerStore = new CustomerStore(database);
  const orderStore = new OrderStore(database);
  const stores = {
    charges: new PaymentChargeStore(database),
    refunds: new PaymentRefundStore(database),
    authorizations: new PaymentAuthorizationStore(database),
    methods: new PaymentMethodStore(database),
  };
  const secrets = new ProviderSecrets(secretKeys);
  const customers = new CustomerService(customerStore);
  const orders = new OrderService(orderStore, customers, merchants);
  const charges = new PaymentChargeService(
    database,
    stores.charges,
    stores.authorizations,
    secrets,
    clock,
  );
  const refunds = new PaymentRefundService(database, stores.refunds, stores.charges);
  const authorizations = new PaymentAuthorizationService(database, stores.authorizations, secrets);
  const methods = new PaymentMethodService(stores.methods, customers);

  const customerLoader = new RecordLoader(customerStore.findByIds.bind(customerStore));
  const orderLoader = new RecordLoader(orderStore.findByIds.bind(orderStore));
  const payments = new PaymentLoaders(database, stores);
  const relations = new PaymentRelations(payments, customerLoader, orderLoader, loaders.employees);
  const lists = new PaymentLists(database.pool, payments, secrets);
  return {
    services: { customers, orders, charges, refunds, authorizations, methods },
    rest: { paymentCharges: charges, lists, relations, secrets },
    rotateProviderSecrets: new RotateProviderSecrets(new ProviderSecretStore(database), secrets),
    resolvers: [
      new CustomerResolver(customers, new CustomerLists(database.pool, customerLoader)),
      new OrderResolver(orders, new OrderLists(database.pool, orderLoader), customerLoader),
      new PaymentChargeResolver(charges, lists, relations, secrets),
      new PaymentRefundResolver(refunds, lists, relations),
      new PaymentAuthorizationResolver(authorizations, lists, relations, secrets),
      new PaymentHoldResolver(clock),
      new PaymentMethodResolver(methods, lists, customerLoader),
      new PaymentResolver(new PaymentService(database), lists, relations),
      new PaymentChargeGroupingResolver(relations),
      new CustomerPaymentsResolver(lists),
      new OrderPaymentsResolver(lists, payments),
    ],
  };
}
