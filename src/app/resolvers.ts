import { ApiTokenResolver } from "../access/api-token.resolver.js";
import { EmployeeResolver } from "../access/employee.resolver.js";
import { MerchantResolver } from "../access/merchant.resolver.js";
import { ViewerResolver } from "../access/viewer.resolver.js";
import { AuditEntryResolver } from "../audit-log/audit-entry.resolver.js";
import { CustomerResolver } from "../customers/customer.resolver.js";
import { OrderResolver } from "../orders/order.resolver.js";
import { PaidAmountResolver } from "../payments/all/paid-amount.resolver.js";
import { PAYMENT_OWNER_RESOLVERS } from "../payments/all/payment-owner.resolver.js";
import { PaymentResolver } from "../payments/all/payment.resolver.js";
import { STATUS_CHANGE_RESOLVERS } from "../payments/all/status-change.resolver.js";
import {
  AuthorizedMethodResolver,
  PaymentAuthorizationResolver,
  PaymentAuthorizationSecretResolver,
} from "../payments/authorizations/payment-authorization.resolver.js";
import { PaymentHoldResolver } from "../payments/authorizations/payment-hold.resolver.js";
import { CHARGES_OF_PARENT_RESOLVERS } from "../payments/charges/charges-of-parent.resolver.js";
import { PaymentChargeGroupingResolver } from "../payments/charges/payment-charge-grouping.resolver.js";
import {
  PaymentChargeRelationsResolver,
  PaymentChargeResolver,
  PaymentChargeSecretResolver,
} from "../payments/charges/payment-charge.resolver.js";
import { PaymentMethodResolver } from "../payments/methods/payment-method.resolver.js";
import {
  PaymentRefundResolver,
  RefundedChargeResolver,
  RefundsOfChargeResolver,
} from "../payments/refunds/payment-refund.resolver.js";
import { ChargePocketsResolver } from "../pockets/charge-pockets.resolver.js";
import { MerchantPocketGroupsResolver } from "../pockets/merchant-pocket-groups.resolver.js";
import { PocketChargeResolver } from "../pockets/pocket-charge.resolver.js";
import { PocketGroupResolver } from "../pockets/pocket-group.resolver.js";
import {
  PocketChargeGroupingResolver,
  PocketGroupingResolver,
} from "../pockets/pocket-grouping.resolver.js";
import { PocketResolver } from "../pockets/pocket.resolver.js";

/** Every resolver class: together they are the schema. */
export const RESOLVERS = [
  ViewerResolver,
  MerchantResolver,
  EmployeeResolver,
  ApiTokenResolver,
  PocketGroupResolver,
  PocketResolver,
  PocketChargeResolver,
  ChargePocketsResolver,
  PocketGroupingResolver,
  PocketChargeGroupingResolver,
  MerchantPocketGroupsResolver,
  PaymentChargeResolver,
  PaymentChargeSecretResolver,
  PaymentChargeRelationsResolver,
  PaymentChargeGroupingResolver,
  ...CHARGES_OF_PARENT_RESOLVERS,
  PaymentRefundResolver,
  RefundedChargeResolver,
  RefundsOfChargeResolver,
  PaymentAuthorizationResolver,
  PaymentAuthorizationSecretResolver,
  AuthorizedMethodResolver,
  PaymentHoldResolver,
  PaymentMethodResolver,
  PaymentResolver,
  ...PAYMENT_OWNER_RESOLVERS,
  ...STATUS_CHANGE_RESOLVERS,
  CustomerResolver,
  OrderResolver,
  PaidAmountResolver,
  AuditEntryResolver,
] as const;
