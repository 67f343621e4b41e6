import { customerRecord } from "../customers/customer.record.js";
import { CustomerReader } from "../customers/customer.reader.js";
import { CustomerResolver } from "../customers/customer.resolver.js";
import { CustomerService } from "../customers/customer.service.js";
import { CustomerStore } from "../customers/customer.store.js";
import type { Database } from "../database/database.js";
import { RecordLoader } from "../listing/loader.js";
import { ownedBy } from "../listing/to-one.js";
import { OrderReader } from "../orders/order.reader.js";
import { OrderResolver } from "../orders/order.resolver.js";
import { OrderService } from "../orders/order.service.js";
import { OrderStore } from "../orders/order.store.js";
import { PaidAmountLoader } from "../payments/all/paid-amount.loader.js";
import { PaidAmountResolver } from "../payments/all/paid-amount.resolver.js";
import { PAYMENT_OWNER_RESOLVERS } from "../payments/all/payment-owner.resolver.js";
import { PaymentReader } from "../payments/all/payment.reader.js";
import { PaymentResolver } from "../payments/all/payment.resolver.js";
import { PaymentService } from "../payments/all/payment.service.js";
import { STATUS_CHANGE_RESOLVERS } from "../payments/all/status-change.resolver.js";
import { paymentAuthorizationRecord } from "../payments/authorizations/payment-authorization.record.js";
import {
  AuthorizedMethodResolver,
  PaymentAuthorizationResolver,
  PaymentAuthorizationSecretResolver,
} from "../payments/authorizations/payment-authorization.resolver.js";
import { PaymentAuthorizationService } from "../payments/authorizations/payment-authorization.service.js";
import { PaymentAuthorizationStore } from "../payments/authorizations/payment-authorization.store.js";
import { paymentAuthorizationListTypes } from "../payments/authorizations/payment-authorization.type.js";
import { PaymentHoldResolver } from "../payments/authorizations/payment-hold.resolver.js";
import { CHARGES_OF_PARENT_RESOLVERS } from "../payments/charges/charges-of-parent.resolver.js";
import { PaymentChargeGroupingResolver } from "../payments/charges/payment-charge-grouping.resolver.js";
import { readPaymentCharges } from "../payments/charges/payment-charge.reader.js";
import {
  PaymentChargeRelationsResolver,
  PaymentChargeResolver,
  PaymentChargeSecretResolver,
} from "../payments/charges/payment-charge.resolver.js";
import { PaymentChargeService } from "../payments/charges/payment-charge.service.js";
import { PaymentChargeStore } from "../payments/charges/payment-charge.store.js";
import { readerForMerchant } from "../payments/merchant.reader.js";
import { paymentMethodRecord } from "../payments/methods/payment-method.record.js";
import { PaymentMethodResolver } from "../payments/methods/payment-method.resolver.js";
import { PaymentMethodService } from "../payments/methods/payment-method.service.js";
import { PaymentMethodStore } from "../payments/methods/payment-method.store.js";
import { paymentMethodListTypes } from "../payments/methods/payment-method.type.js";
import { PaymentKindStore } from "../payments/payment-kind.store.js";
import { PAYMENT_RELATIONS, PaymentRelations } from "../payments/payment-relations.loader.js";
import { readPaymentRefunds } from "../payments/refunds/payment-refund.reader.js";
import { paymentRefundRecord } from "../payments/refunds/payment-refund.record.js";
import {
  PaymentRefundResolver,
  RefundedChargeResolver,
  RefundsOfChargeResolver,
} from "../payments/refunds/payment-refund.resolver.js";
import { PaymentRefundService } from "../payments/refunds/payment-refund.service.js";
import { providerSecretColumns } from "../payments/secrets/provider-secret-columns.store.js";
import { ProviderSecrets } from "../payments/secrets/provider-secrets.js";
import type { SecretBox } from "../shared/secret-box.js";
import { type Clock } from "../shared/clock.js";
import type { Access } from "./access.js";

/** Customers, orders and payments. */
export function composePayments(database: Database, access: Access, box: SecretBox, clock: Clock) {
  const stores = createStores(database);
  const secrets = new ProviderSecrets(box);
  const services = composeServices(database, stores, access, secrets, clock);
  const loaders = {
    customers: new RecordLoader(stores.customers.findByIds.bind(stores.customers)),
    orders: new RecordLoader(stores.orders.findByIds.bind(stores.orders)),
    charges: new RecordLoader(stores.charges.findByIds.bind(stores.charges)),
    refunds: new RecordLoader(stores.refunds.findByIds.bind(stores.refunds)),
    authorizations: new RecordLoader(stores.authorizations.findByIds.bind(stores.authorizations)),
    methods: new RecordLoader(stores.methods.findByIds.bind(stores.methods)),
  };
  const { customers, orders } = loaders;
  const relations = new PaymentRelations(customers, orders, access.loaders.employees);
  const charges = readPaymentCharges(database, loaders.charges, secrets);
  const refunds = readPaymentRefunds(database, loaders.refunds);
  const authorizations = readerForMerchant(
    database,
    paymentAuthorizationRecord,
    paymentAuthorizationListTypes,
    {
      loader: loaders.authorizations,
      toOne: {
        ...PAYMENT_RELATIONS,
        paymentMethod: ownedBy(paymentMethodRecord, "paymentMethodId"),
      },
      parents: {},
    },
  );
  const methods = readerForMerchant(database, paymentMethodRecord, paymentMethodListTypes, {
    loader: loaders.methods,
    toOne: { customer: ownedBy(customerRecord, "customerId") },
    parents: {},
  });
  const reader = new PaymentReader(database);
  const customerReader = new CustomerReader(database, customers);
  const orderReader = new OrderReader(database, orders);
  return {
    services,
    readers: [
      ...[customerReader.customers, orderReader.orders, methods],
      ...[charges, refunds, authorizations, reader.payments],
    ],
    lists: { charges, refunds, authorizations },
    rest: {
      paymentCharges: services.charges,
      paymentChargeReader: charges,
      relations,
      secrets,
    },
    secretColumns: providerSecretColumns(secrets),
    resolvers: [
      new CustomerResolver(services.customers, customerReader),
      new OrderResolver(services.orders, orderReader, customers),
      new PaymentChargeResolver(services.charges, charges, relations),
      new PaymentChargeSecretResolver(secrets),
      new PaymentChargeRelationsResolver(loaders.authorizations, loaders.methods),
      new PaymentChargeGroupingResolver(relations),
      ...CHARGES_OF_PARENT_RESOLVERS.map((Of) => new Of(charges)),
      new PaymentRefundResolver(services.refunds, refunds, relations),
      new RefundedChargeResolver(loaders.charges),
      new RefundsOfChargeResolver(refunds),
      new PaymentAuthorizationResolver(services.authorizations, authorizations, relations),
      new PaymentAuthorizationSecretResolver(secrets),
      new AuthorizedMethodResolver(loaders.methods),
      new PaymentHoldResolver(clock),
      new PaymentMethodResolver(services.methods, methods, customers),
      new PaymentResolver(new PaymentService(database), reader, orders, {
        PAYMENT_CHARGE: loaders.charges,
        PAYMENT_REFUND: loaders.refunds,
        PAYMENT_AUTHORIZATION: loaders.authorizations,
      }),
      ...PAYMENT_OWNER_RESOLVERS.map((Of) => new Of(reader)),
      ...STATUS_CHANGE_RESOLVERS.map((Of) => new Of(relations)),
      new PaidAmountResolver(new PaidAmountLoader(database)),
    ],
  };
}

function composeServices(
  database: Database,
  stores: ReturnType<typeof createStores>,
  { services: { merchants } }: Access,
  secrets: ProviderSecrets,
  clock: Clock,
) {
  const { charges, refunds, authorizations } = stores;
  const customers = new CustomerService(stores.customers);
  return {
    customers,
    orders: new OrderService(stores.orders, customers, merchants),
    charges: new PaymentChargeService(database, charges, authorizations, secrets, clock),
    refunds: new PaymentRefundService(database, refunds, charges, secrets),
    authorizations: new PaymentAuthorizationService(database, authorizations, secrets),
    methods: new PaymentMethodService(stores.methods, customers),
  };
}

function createStores(database: Database) {
  return {
    customers: new CustomerStore(database),
    orders: new OrderStore(database),
    charges: new PaymentChargeStore(database),
    refunds: new PaymentKindStore(database, paymentRefundRecord),
    authorizations: new PaymentAuthorizationStore(database),
    methods: new PaymentMethodStore(database),
  };
}
