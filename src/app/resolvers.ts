import { ApiTokenResolver } from "../access/api-token.resolver.js";
import { EmployeeResolver } from "../access/employee.resolver.js";
import { MerchantResolver } from "../access/merchant.resolver.js";
import { ViewerResolver } from "../access/viewer.resolver.js";
import { AuditEntryResolver } from "../audit-log/audit-entry.resolver.js";
import { CustomerResolver } from "../customers/customer.resolver.js";
import { OrderResolver } from "../orders/order.resolver.js";
import {
  CustomerPaymentsResolver,
  OrderPaymentsResolver,
} from "../payments/paying-party.resolver.js";
import { PaymentAuthorizationResolver } from "../payments/authorizations/payment-authorization.resolver.js";
import { PaymentChargeResolver } from "../payments/charges/payment-charge.resolver.js";
import { PaymentChargeGroupingResolver } from "../payments/payment-grouping.resolver.js";
import { PaymentHoldResolver } from "../payments/authorizations/payment-hold.resolver.js";
import { PaymentMethodResolver } from "../payments/methods/payment-method.resolver.js";
import { PaymentRefundResolver } from "../payments/refunds/payment-refund.resolver.js";
import { PaymentResolver } from "../payments/payment.resolver.js";
import { HISTORY_RESOLVERS, STATUS_CHANGE_RESOLVERS } from "../payments/status-history.resolver.js";
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
  PaymentRefundResolver,
  PaymentAuthorizationResolver,
  PaymentHoldResolver,
  ...HISTORY_RESOLVERS,
  ...STATUS_CHANGE_RESOLVERS,
  PaymentMethodResolver,
  PaymentResolver,
  PaymentChargeGroupingResolver,
  CustomerResolver,
  CustomerPaymentsResolver,
  OrderResolver,
  OrderPaymentsResolver,
  AuditEntryResolver,
] as const;
