import type { Database } from "../database/database.js";
import { ChargeInThePast } from "../pockets/charge-in-the-past.service.js";
import { ChargePockets, type ChargingOptions } from "../pockets/charge-pockets.service.js";
import { ChargePocketsResolver } from "../pockets/charge-pockets.resolver.js";
import { MerchantPocketGroupsResolver } from "../pockets/merchant-pocket-groups.resolver.js";
import { PocketChargeResolver } from "../pockets/pocket-charge.resolver.js";
import { PocketChargeService } from "../pockets/pocket-charge.service.js";
import { PocketChargeStore } from "../pockets/pocket-charge.store.js";
import { PocketGroupLoader } from "../pockets/pocket-group.loader.js";
import { PocketGroupResolver } from "../pockets/pocket-group.resolver.js";
import { PocketGroupService } from "../pockets/pocket-group.service.js";
import { PocketGroupStore } from "../pockets/pocket-group.store.js";
import {
  PocketChargeGroupingResolver,
  PocketGroupingResolver,
} from "../pockets/pocket-grouping.resolver.js";
import { PocketReader } from "../pockets/pocket.reader.js";
import { PocketLoader } from "../pockets/pocket.loader.js";
import { PocketResolver } from "../pockets/pocket.resolver.js";
import { PocketService } from "../pockets/pocket.service.js";
import { PocketStore } from "../pockets/pocket.store.js";
import type { Access } from "./access.js";

/** Pocket groups, pockets and pocket charges. */
export function composePockets(database: Database, access: Access, charging: ChargingOptions) {
  const { merchants } = access.services;
  const groupStore = new PocketGroupStore(database);
  const pocketStore = new PocketStore(database);
  const chargeStore = new PocketChargeStore(database);
  const pocketGroups = new PocketGroupService(groupStore, merchants);
  const pockets = new PocketService(pocketStore, pocketGroups);
  const charges = new PocketChargeService(chargeStore, pocketGroups);
  const chargePockets = new ChargePockets(database, pocketGroups, chargeStore, charging);
  const groupLoader = new PocketGroupLoader(groupStore);
  const pocketLoader = new PocketLoader(pocketStore);
  const reader = new PocketReader(database, groupLoader, pocketLoader);
  return {
    services: {
      pocketGroups,
      chargePockets,
      chargeInThePast: new ChargeInThePast(database, pocketGroups, chargeStore),
    },
    rest: { chargePockets, pocketCharges: charges },
    readers: [reader.groups, reader.pockets, reader.charges],
    resolvers: [
      new PocketGroupResolver(pocketGroups, reader, groupLoader, access.loaders.merchants),
      new PocketResolver(pockets, reader, groupLoader),
      new PocketChargeResolver(
        charges,
        reader,
        groupLoader,
        pocketLoader,
        access.loaders.merchants,
      ),
      new PocketGroupingResolver(groupLoader),
      new PocketChargeGroupingResolver(groupLoader, access.loaders.merchants),
      new MerchantPocketGroupsResolver(reader),
      new ChargePocketsResolver(chargePockets),
    ],
  };
}
