import { ApiTokenResolver } from "./access/api-token.resolver.js";
import { EmployeeResolver } from "./access/employee.resolver.js";
import { MerchantResolver } from "./access/merchant.resolver.js";
import { ViewerResolver } from "./access/viewer.resolver.js";
import { ChargePocketsResolver } from "./pockets/charge-pockets.resolver.js";
import { MerchantPocketGroupsResolver } from "./pockets/merchant-pocket-groups.resolver.js";
import { PocketChargeResolver } from "./pockets/pocket-charge.resolver.js";
import { PocketGroupResolver } from "./pockets/pocket-group.resolver.js";
import {
  PocketChargeGroupingResolver,
  PocketGroupingResolver,
} from "./pockets/pocket-grouping.resolver.js";
import { PocketResolver } from "./pockets/pocket.resolver.js";

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
] as const;
