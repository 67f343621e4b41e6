import { ApiTokenStore } from "../../src/access/api-token.store.js";
import { TokensInUse } from "../../src/access/tokens-in-use.store.js";
import { MerchantService } from "../../src/access/merchant.service.js";
import { MerchantStore } from "../../src/access/merchant.store.js";
import type { MerchantCaller } from "../../src/callers/caller.js";
import type { Database } from "../../src/database/database.js";
import { ChargePockets } from "../../src/pockets/charge-pockets.service.js";
import { LedgerStore } from "../../src/pockets/ledger/ledger.store.js";
import { PocketLedger } from "../../src/pockets/ledger/pocket-ledger.service.js";
import { SpendPockets } from "../../src/pockets/spend-pockets.service.js";
import type { CreatePocketGroup } from "../../src/pockets/pocket-group-input.js";
import { PocketGroupService } from "../../src/pockets/pocket-group.service.js";
import { PocketGroupStore } from "../../src/pockets/pocket-group.store.js";
import { newId } from "../../src/shared/uuid.js";
import { made } from "./server.js";

/** The charging use case on a database, for tests that do not need HTTP. */
export class Charging {
  private readonly merchants: MerchantService;
  private readonly groups: PocketGroupService;
  readonly chargePockets: ChargePockets;
  readonly spendPockets: SpendPockets;

  constructor(database: Database) {
    const tokensInUse = new TokensInUse(new ApiTokenStore(database));
    this.merchants = new MerchantService(new MerchantStore(database), tokensInUse);
    this.groups = new PocketGroupService(new PocketGroupStore(database), this.merchants);
    const ledger = new PocketLedger(database, this.groups, new LedgerStore(database));
    this.chargePockets = new ChargePockets(ledger);
    this.spendPockets = new SpendPockets(ledger);
  }

  async createMerchant(): Promise<MerchantCaller> {
    const { id: merchantId } = made(await this.merchants.create({ name: "A merchant" }));
    return { tokenId: newId(), merchantId, employeeId: null, scopes: ["POCKETS_CHARGE"] };
  }

  /** Creates a group and grants it to the merchants. @returns its slug. */
  async createGroup(
    limits: Partial<CreatePocketGroup>,
    ...grantedTo: MerchantCaller[]
  ): Promise<string> {
    const slug = `group-${newId()}`;
    made(await this.groups.create({ name: "A group", ...limits, slug }));
    for (const { merchantId } of grantedTo) await this.groups.grant(slug, merchantId);
    return slug;
  }

  /** Sets the limits over time of a group. */
  async limit(slug: string, periodLimits: CreatePocketGroup["periodLimits"]): Promise<void> {
    made(await this.groups.update(slug, { periodLimits }));
  }
}
