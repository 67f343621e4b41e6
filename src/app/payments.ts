import { CustomerLists } from "../customers/customer.lists.js";
import { CustomerResolver } from "../customers/customer.resolver.js";
import { CustomerService } from "../customers/customer.service.js";
import { CustomerStore } from "../customers/customer.store.js";
import type { Database } from "../database/database.js";
import { RecordLoader } from "../listing/loader.js";
import { OrderLists } from "../orders/order.lists.js";
import { OrderResolver } from "../orders/order.resolver.js";
import { OrderService } from "../orders/order.service.js";
import { OrderStore } from "../orders/order.store.js";
import {
  CustomerPaymentsResolver,
  OrderPaymentsResolver,
} from "../payments/paying-party.resolver.js";
import { PaymentAuthorizationResolver } from "../payments/authorizations/payment-authorization.resolver.js";
import { PaymentAuthorizationService } from "../payments/authorizations/payment-authorization.service.js";
import { PaymentAuthorizationStore } from "../payments/authorizations/payment-authorization.store.js";
import { PaymentChargeResolver } from "../payments/charges/payment-charge.resolver.js";
import { PaymentChargeService } from "../payments/charges/payment-charge.service.js";
import { PaymentChargeStore } from "../payments/charges/payment-charge.store.js";
import { PaymentChargeGroupingResolver } from "../payments/payment-grouping.resolver.js";
import { PaymentHoldResolver } from "../payments/authorizations/payment-hold.resolver.js";
import { PaymentMethodResolver } from "../payments/methods/payment-method.resolver.js";
import { PaymentMethodService } from "../payments/methods/payment-method.service.js";
import { PaymentMethodStore } from "../payments/methods/payment-method.store.js";
import { PaymentRefundResolver } from "../payments/refunds/payment-refund.resolver.js";
import { PaymentRefundService } from "../payments/refunds/payment-refund.service.js";
import { PaymentRefundStore } from "../payments/refunds/payment-refund.store.js";
import { PaymentRelations } from "../payments/payment-relations.resolver.js";
import { PaymentLists } from "../payments/payment.lists.js";
import { PaymentLoaders } from "../payments/payment.loader.js";
import { PaymentResolver } from "../payments/payment.resolver.js";
import { PaymentService } from "../payments/payment.service.js";
import { ProviderSecretStore } from "../payments/secrets/provider-secret.store.js";
import { ProviderSecrets } from "../payments/secrets/provider-secrets.js";
import { RotateProviderSecrets } from "../payments/secrets/rotate-provider-secrets.service.js";
import { HISTORY_RESOLVERS, STATUS_CHANGE_RESOLVERS } from "../payments/status-history.resolver.js";
import { type Clock } from "../shared/clock.js";
import type { SecretKeySource } from "../shared/secret-key.js";
import type { Access } from "./access.js";

/** Customers, orders, and their payments. */
export function composePayments(
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
  const lists = new PaymentLists(database, payments, secrets);
  return {
    services: { customers, orders, charges, refunds, authorizations, methods },
    rest: { paymentCharges: charges, lists, relations, secrets },
    rotateProviderSecrets: new RotateProviderSecrets(new ProviderSecretStore(database), secrets),
    resolvers: [
      new CustomerResolver(customers, new CustomerLists(database, customerLoader)),
      new OrderResolver(orders, new OrderLists(database, orderLoader), customerLoader),
      new PaymentChargeResolver(charges, lists, relations, secrets),
      new PaymentRefundResolver(refunds, lists, relations),
      new PaymentAuthorizationResolver(authorizations, lists, relations, secrets),
      new PaymentHoldResolver(clock),
      ...HISTORY_RESOLVERS.map((Of) => new Of(lists)),
      ...STATUS_CHANGE_RESOLVERS.map((Of) => new Of(relations)),
      new PaymentMethodResolver(methods, lists, customerLoader),
      new PaymentResolver(new PaymentService(database), lists, relations),
      new PaymentChargeGroupingResolver(relations),
      new CustomerPaymentsResolver(lists),
      new OrderPaymentsResolver(lists, payments),
    ],
  };
}
