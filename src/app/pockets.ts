import type { Database } from "../database/database.js";
import { ChargePockets } from "../pockets/charge-pockets.service.js";
import { ChargePocketsResolver } from "../pockets/charge-pockets.resolver.js";
import { ExpireHolds } from "../pockets/ledger/expire-holds.service.js";
import { LedgerStore } from "../pockets/ledger/ledger.store.js";
import { PastLedger } from "../pockets/ledger/past-ledger.service.js";
import { PreviewLedger } from "../pockets/ledger/preview-ledger.service.js";
import { type LedgerOptions, PocketLedger } from "../pockets/ledger/pocket-ledger.service.js";
import { RollUpEntries } from "../pockets/ledger/roll-up-entries.service.js";
import { MerchantPocketGroupsResolver } from "../pockets/merchant-pocket-groups.resolver.js";
import { PocketChargeResolver } from "../pockets/pocket-charge.resolver.js";
import { pocketChargeRecord } from "../pockets/pocket-charge.record.js";
import { PocketEntryLoader } from "../pockets/pocket-entry.loader.js";
import { pocketEntryRecord } from "../pockets/pocket-entry.record.js";
import { PocketEntryResolver } from "../pockets/pocket-entry.resolver.js";
import { PocketEntryStore } from "../pockets/pocket-entry.store.js";
import { PocketGroupLoader } from "../pockets/pocket-group.loader.js";
import { PocketGroupResolver } from "../pockets/pocket-group.resolver.js";
import { PocketGroupService } from "../pockets/pocket-group.service.js";
import { PocketGroupStore } from "../pockets/pocket-group.store.js";
import {
  OWN_GROUPING_RESOLVERS,
  PocketGroupingResolver,
} from "../pockets/pocket-grouping.resolver.js";
import { pocketHoldRecord } from "../pockets/pocket-hold.record.js";
import { PocketHoldResolver } from "../pockets/pocket-hold.resolver.js";
import { PeriodLimitResolver } from "../pockets/period-limit.resolver.js";
import { PocketBalanceResolver } from "../pockets/pocket-balance.resolver.js";
import { PocketStatementLoader } from "../pockets/pocket-statement.loader.js";
import { PocketStatementResolver } from "../pockets/pocket-statement.resolver.js";
import { PocketStatementStore } from "../pockets/pocket-statement.store.js";
import { PocketReader } from "../pockets/pocket.reader.js";
import { PocketLoader } from "../pockets/pocket.loader.js";
import { PocketResolver } from "../pockets/pocket.resolver.js";
import { PocketService } from "../pockets/pocket.service.js";
import { PocketStore } from "../pockets/pocket.store.js";
import { SpendPocketsResolver } from "../pockets/spend-pockets.resolver.js";
import { SpendPockets } from "../pockets/spend-pockets.service.js";
import { TraceByToken } from "../pockets/trace.service.js";
import { TraceStore } from "../pockets/trace.store.js";
import type { RecordDefinition } from "../records/record.js";
import type { Instant } from "../shared/instant.js";
import type { Access } from "./access.js";

/** Pocket groups, pockets, and what moves and holds their amounts. */
export function composePockets(database: Database, access: Access, options: LedgerOptions) {
  const { merchants } = access.services;
  const groupStore = new PocketGroupStore(database);
  const pocketStore = new PocketStore(database);
  const ledgerStore = new LedgerStore(database);
  const pocketGroups = new PocketGroupService(groupStore, merchants);
  const pockets = new PocketService(pocketStore, pocketGroups);
  const traces = <R extends RecordDefinition>(record: R) =>
    new TraceByToken(new TraceStore(database, record), pocketGroups);
  const charges = traces(pocketChargeRecord);
  const entries = traces(pocketEntryRecord);
  const ledger = new PocketLedger(database, pocketGroups, ledgerStore, options);
  const chargePockets = new ChargePockets(ledger);
  const spendPockets = new SpendPockets(ledger);
  const pocketsAt = (at: Instant) => {
    const past = new PastLedger(database, pocketGroups, ledgerStore, at);
    return { chargePockets: new ChargePockets(past), spendPockets: new SpendPockets(past) };
  };
  /** Changes nothing, and reports what would happen. Each preview remembers its earlier requests. */
  const previewOf = (kind: "CHARGE" | "DEBIT") => {
    const preview = new PreviewLedger(database, pocketGroups, ledgerStore, kind);
    return { chargePockets: new ChargePockets(preview), spendPockets: new SpendPockets(preview) };
  };
  const entryLoader = new PocketEntryLoader(new PocketEntryStore(database));
  const groupLoader = new PocketGroupLoader(groupStore);
  const pocketLoader = new PocketLoader(pocketStore);
  const statements = new PocketStatementLoader(new PocketStatementStore(database));
  const reader = new PocketReader(database, groupLoader, pocketLoader);
  return {
    expireHolds: new ExpireHolds(database, ledgerStore),
    rollUpEntries: new RollUpEntries(database),
    previewOf,
    services: {
      pocketGroups,
      pockets,
      chargePockets,
      spendPockets,
      /** Changes pockets at a time in the past, for sample records. */
      pocketsAt,
    },
    rest: {
      ...{ chargePockets, spendPockets, pocketCharges: charges, pocketEntries: entries },
      pocketEntryLoader: entryLoader,
    },
    readers: [reader.groups, reader.pockets, reader.charges, reader.entries, reader.holds],
    resolvers: [
      new PocketGroupResolver(pocketGroups, reader, groupLoader, access.loaders.merchants),
      new PeriodLimitResolver(),
      new PocketResolver(pockets, reader, groupLoader),
      new PocketBalanceResolver(statements),
      new PocketStatementResolver(statements, reader),
      new PocketChargeResolver(
        charges,
        reader,
        groupLoader,
        pocketLoader,
        access.loaders.merchants,
      ),
      new PocketEntryResolver(
        entries,
        reader,
        entryLoader,
        groupLoader,
        pocketLoader,
        access.loaders.merchants,
      ),
      new PocketHoldResolver(
        traces(pocketHoldRecord),
        reader,
        groupLoader,
        pocketLoader,
        access.loaders.merchants,
      ),
      new PocketGroupingResolver(groupLoader),
      ...OWN_GROUPING_RESOLVERS.map(
        (GroupingResolver) => new GroupingResolver(groupLoader, access.loaders.merchants),
      ),
      new MerchantPocketGroupsResolver(reader),
      new ChargePocketsResolver(chargePockets),
      new SpendPocketsResolver(spendPockets),
    ],
  };
}
