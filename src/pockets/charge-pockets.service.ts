import type { MerchantCaller } from "../callers/caller.js";
import type { Database } from "../database/database.js";
import {
  RestartTransaction,
  inTransaction,
  limitLockWaits,
  waitForAll,
} from "../database/transaction.js";
import { type Scope, currentScope, traceBatch } from "../observability/tracing/scope.js";
import type { SharedLimit } from "../rate-limits/shared-limit.js";
import { present } from "../shared/assert.js";
import { AppError } from "../shared/errors.js";
import { MAX_CHARGES } from "../shared/request-limits.js";
import { newId } from "../shared/uuid.js";
import { Batcher, type TaskResult, done, failed } from "./batcher.js";
import {
  type ChargeRequest,
  type ChargeResult,
  ChargeSettlement,
  phoneNumbersOf,
  tokensOf,
} from "./charge-settlement.js";
import { type ChargeLimits, type PocketChargeRequest, readChargeItem } from "./pocket-charge.js";
import type { PocketChargeStore } from "./pocket-charge.store.js";
import type { ChargePermits, PocketGroupService } from "./pocket-group.service.js";
import { splitOnFailure } from "./split-batch.service.js";

/** One merchant's request in a batch. */
interface BatchedRequest extends ChargeRequest {
  readonly pocketGroupSlug: string;
  readonly charges: readonly PocketChargeRequest[];
  /** The region of the group in which the items' phone numbers were read. */
  readonly phoneNumberRegion: string | null;
  /** The request's trace; undefined when nothing is traced. */
  readonly scope: Scope | undefined;
}

/**
 * The group of a transaction. Its permissions and limits are read once, so that a retry after a lost commit returns the
 * same results.
 */
interface ChargedGroup {
  readonly id: string;
  permits?: ChargePermits;
}

type BatchResults = TaskResult<ChargeResult[]>[];

/** The pockets that a request locks. */
const locksOf = ({ items }: ChargeRequest): readonly string[] => phoneNumbersOf(items);

/**
 * Simultaneous requests of one group share a transaction, in order of arrival, with one lock, one write and one commit
 * for all. A group has two open transactions, so that one prepares while the other commits. A hundred charges per
 * transaction are enough: the commit is then a small part of its time.
 */
const LIMITS = { maxWeight: 100, maxRuns: 2, maxFullRuns: 8, maxWaitMs: 10_000 };

/**
 * No two simultaneous transactions of this process charge the same pocket. The most expensive case is that both create
 * it: one holds all its locks while it waits for the other's commit, and then starts again.
 */
const BATCHING = { ...LIMITS, maxSharedWeight: 1_000, locksOf };
const EACH_ALONE = { ...LIMITS, maxWeight: 0, maxRuns: Infinity };

/** Counts the results of charges. */
export interface ChargeMetrics {
  /** @param results of one request, each `SUCCESS` or the code of a refusal. */
  charged(results: readonly string[]): void;
  transaction(requestCount: number): void;
}

export interface ChargingOptions {
  /** Whether simultaneous requests of a group share a transaction; otherwise each has its own. */
  readonly batches?: boolean | undefined;
  readonly metrics?: ChargeMetrics | undefined;
  /** The rate limit of charges per token; unlimited by default. */
  readonly limit?: Pick<SharedLimit, "take"> | undefined;
}

/**
 * Adds amounts to pockets, the main use case of this product. Requests are batched and settled in one transaction, and
 * each returns its own results.
 */
export class ChargePockets {
  private readonly batcher: Batcher<BatchedRequest, ChargeResult[]>;

  constructor(
    private readonly database: Database,
    private readonly groups: PocketGroupService,
    private readonly store: PocketChargeStore,
    private readonly options: ChargingOptions = {},
  ) {
    this.batcher = new Batcher(
      (pocketGroupId, requests) => this.chargeBatch(pocketGroupId, requests),
      (options.batches ?? true) ? BATCHING : EACH_ALONE,
    );
  }

  /**
   * Makes 1 to 1,000 charges in one group in one transaction. Returns one result for each charge, in the given order. A
   * refused charge does not affect the others. When this returns, every SUCCESS is durable.
   *
   * @throws AppError BAD_USER_INPUT for no charges or too many, NOT_FOUND for an unknown group, FORBIDDEN for a group
   *   that is not granted or not active, RATE_LIMITED above the token's rate limit. Then nothing is charged.
   */
  async charge(
    caller: MerchantCaller,
    pocketGroupSlug: string,
    charges: readonly PocketChargeRequest[],
  ): Promise<ChargeResult[]> {
    const { limit, metrics } = this.options;
    requireCount(charges.length);
    await limit?.take(caller.tokenId, charges.length);
    const { id, phoneNumberRegion } = await this.groups.chargeable(pocketGroupSlug, caller);
    // Create the ids once, outside the transaction: a retry recognizes its own charges by them.
    const items = charges.map((charge) => readChargeItem(charge, newId(), phoneNumberRegion));
    const { merchantId } = caller;
    const scope = currentScope();
    const request = { merchantId, pocketGroupSlug, charges, phoneNumberRegion, items, scope };
    const results = await this.batcher.add(id, request, items.length);
    metrics?.charged(results.map((one) => (one.status === "SUCCESS" ? "SUCCESS" : one.code)));
    return results;
  }

  /** Charges requests in one transaction or, if that fails, each in its own transaction. */
  private chargeBatch(
    pocketGroupId: string,
    requests: readonly BatchedRequest[],
  ): Promise<BatchResults> {
    const group: ChargedGroup = { id: pocketGroupId };
    const scopes = requests.flatMap(({ scope }) => scope ?? []);
    const sizes = {
      "pocketcharge.batch.requests": requests.length,
      "pocketcharge.batch.charges": requests.reduce((sum, { items }) => sum + items.length, 0),
    };
    return traceBatch(scopes, "batched charges", sizes, () =>
      splitOnFailure(requests, {
        locksOf,
        together: () => this.chargeInOneTransaction(group, requests),
        // Use a copy of the group, because each merchant has its own permissions.
        alone: (request, timeoutMs) =>
          this.chargeInOneTransaction({ ...group }, [request], timeoutMs),
      }),
    );
  }

  private chargeInOneTransaction(
    group: ChargedGroup,
    requests: readonly BatchedRequest[],
    lockTimeoutMs?: number,
  ): Promise<BatchResults> {
    this.options.metrics?.transaction(requests.length);
    const merchantIds = requests.map(({ merchantId }) => merchantId);
    return inTransaction(this.database.pool, async (tx) => {
      if (lockTimeoutMs !== undefined) await limitLockWaits(tx, lockTimeoutMs);
      const read = requests.map((request) => readIn(request, group.permits?.limits));
      const items = read.flatMap((request) => request.items);
      const [permits, ledger] = await waitForAll(
        group.permits ?? this.groups.permitsToCharge(tx, group.id, merchantIds),
        this.store.lookUp(tx, group.id, phoneNumbersOf(items), tokensOf(items)),
      );
      group.permits = permits;
      this.requireRegion(read, permits.limits);
      const settlement = new ChargeSettlement(group.id, permits.limits, ledger, items);
      const results = read.map((request) => {
        const refusal = permits.refusalOf(request);
        if (refusal === null) return done(settlement.settle(request));
        this.groups.forgetChargeable(request);
        return failed(refusal);
      });
      if (settlement.newCharges.length === 0) return results;
      return this.store.write(tx, group.id, ledger, settlement, results);
    });
  }

  /**
   * @throws RestartTransaction if the group has another region since a request was read. The transaction has then locked
   *   the wrong pockets.
   */
  private requireRegion(
    requests: readonly BatchedRequest[],
    { phoneNumberRegion }: ChargeLimits,
  ): void {
    const outdated = requests.filter((one) => one.phoneNumberRegion !== phoneNumberRegion);
    if (outdated.length === 0) return;
    for (const { pocketGroupSlug } of outdated) this.groups.forget(pocketGroupSlug);
    throw new RestartTransaction("the group's region has changed");
  }
}

/** A request whose phone numbers are read in the region of the limits, if these are known. */
function readIn(request: BatchedRequest, limits: ChargeLimits | undefined): BatchedRequest {
  if (limits === undefined || limits.phoneNumberRegion === request.phoneNumberRegion)
    return request;
  const { phoneNumberRegion } = limits;
  const items = request.charges.map((charge, index) =>
    readChargeItem(charge, present(request.items[index], "an item").id, phoneNumberRegion),
  );
  return { ...request, phoneNumberRegion, items };
}

function requireCount(count: number): void {
  if (count >= 1 && count <= MAX_CHARGES) return;
  throw new AppError(
    "BAD_USER_INPUT",
    `input.charges has ${String(count)} items; from 1 to ${String(MAX_CHARGES)} are taken at a time.`,
    { argument: "input.charges" },
  );
}
