import type { MerchantCaller } from "../callers/caller.js";
import type { Database } from "../database/database.js";
import { inTransaction, limitLockWaits, together } from "../database/transaction.js";
import { type Scope, currentScope, tracedTogether } from "../observability/tracing/scope.js";
import type { SharedLimit } from "../rate-limits/shared-limit.js";
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
import { type PocketChargeRequest, readChargeItem } from "./pocket-charge.js";
import type { PocketChargeStore } from "./pocket-charge.store.js";
import type { ChargePermits, PocketGroupService } from "./pocket-group.service.js";
import { splitOnFailure } from "./split-batch.service.js";

/** One merchant's request in a batch. */
interface BatchedRequest extends ChargeRequest {
  readonly pocketGroupSlug: string;
  /** The request's trace; undefined when nothing is traced. */
  readonly scope: Scope | undefined;
}

/**
 * The group of a transaction. Who may charge it, and within which limits, is read once: a run that is repeated
 * after a lost commit must come to the same results.
 */
interface ChargedGroup {
  readonly id: string;
  permits?: ChargePermits;
}

type BatchResults = TaskResult<ChargeResult[]>[];

/** The pockets that a request locks. */
const locksOf = ({ items }: ChargeRequest): readonly string[] => phoneNumbersOf(items);

/**
 * Requests of one group that arrive together share a transaction, in their order: one lock, one write and one
 * commit for all. Two transactions of a group are open at a time, so that one prepares while the other is made
 * durable. A hundred charges are enough for one: its commit is then a small part of it.
 */
const LIMITS = { maxWeight: 100, maxRuns: 2, maxFullRuns: 8, maxWaitMs: 10_000 };

/**
 * No two transactions of this process charge the same pocket. Two that create the same pocket cost most: one
 * waits for the other's commit, holding all its writes, and then starts again.
 */
const BATCHING = { ...LIMITS, maxSharedWeight: 1_000, locksOf };
const EACH_ALONE = { ...LIMITS, maxWeight: 0, maxRuns: Infinity };

/** Counts what is done. */
export interface ChargeMetrics {
  /** @param results of one request, each `SUCCESS` or the code of a refusal. */
  charged(results: readonly string[]): void;
  transaction(requestCount: number): void;
}

export interface ChargingOptions {
  /** Whether requests of a group that arrive together share a transaction; otherwise each has its own. */
  readonly batches?: boolean | undefined;
  readonly metrics?: ChargeMetrics | undefined;
  /** How many charges each token may make; unlimited without it. */
  readonly limit?: Pick<SharedLimit, "take"> | undefined;
}

/**
 * Adds amounts to pockets: the use case that this product exists for. A request is read, batched with others,
 * and settled with them in one transaction; each is answered on its own.
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
   * Charges 1 to 1,000 pockets of one group in one transaction. Each charge has its own result, in the order
   * given; a refused one affects no other. Once this returns, every SUCCESS is durable.
   *
   * @throws AppError BAD_USER_INPUT for no charge or too many, NOT_FOUND for an unknown group,
   *   FORBIDDEN for a group that is not granted or not active, RATE_LIMITED for more charges than the
   *   token may make. Nothing is charged then.
   */
  async charge(
    caller: MerchantCaller,
    pocketGroupSlug: string,
    charges: readonly PocketChargeRequest[],
  ): Promise<ChargeResult[]> {
    const { limit, metrics } = this.options;
    requireCount(charges.length);
    await limit?.take(caller.tokenId, charges.length);
    const pocketGroupId = await this.groups.idOfChargeable(pocketGroupSlug, caller);
    // The ids are made once, outside the transaction: a repeated run knows its own charges by them.
    const items = charges.map((charge) => readChargeItem(charge, newId()));
    const { merchantId } = caller;
    const request = { merchantId, pocketGroupSlug, items, scope: currentScope() };
    const results = await this.batcher.add(pocketGroupId, request, items.length);
    metrics?.charged(results.map((one) => (one.status === "SUCCESS" ? "SUCCESS" : one.code)));
    return results;
  }

  /** Charges requests in one transaction, or each in its own when that one fails. */
  private chargeBatch(
    pocketGroupId: string,
    requests: readonly BatchedRequest[],
  ): Promise<BatchResults> {
    const group: ChargedGroup = { id: pocketGroupId };
    const scopes = requests.flatMap(({ scope }) => scope ?? []);
    const sizes = {
      "pocketcharge.gathering.requests": requests.length,
      "pocketcharge.gathering.charges": requests.reduce((sum, { items }) => sum + items.length, 0),
    };
    return tracedTogether(scopes, "gathered charges", sizes, () =>
      splitOnFailure(requests, {
        locksOf,
        together: () => this.chargeInOneTransaction(group, requests),
        // A copy: what one merchant is permitted says nothing about another.
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
    const items = requests.flatMap((request) => request.items);
    const merchantIds = requests.map(({ merchantId }) => merchantId);
    return inTransaction(this.database.pool, async (tx) => {
      if (lockTimeoutMs !== undefined) await limitLockWaits(tx, lockTimeoutMs);
      const [permits, ledger] = await together(
        group.permits ?? this.groups.permitsToCharge(tx, group.id, merchantIds),
        this.store.lookUp(tx, group.id, phoneNumbersOf(items), tokensOf(items)),
      );
      group.permits = permits;
      const settlement = new ChargeSettlement(group.id, permits.limits, ledger, items);
      const results = requests.map((request) => {
        const refusal = permits.refusalOf(request);
        if (refusal === null) return done(settlement.settle(request));
        this.groups.forgetChargeable(request);
        return failed(refusal);
      });
      if (settlement.newCharges.length === 0) return results;
      return this.store.write(tx, group.id, ledger, settlement, results);
    });
  }
}

function requireCount(count: number): void {
  if (count >= 1 && count <= MAX_CHARGES) return;
  throw new AppError(
    "BAD_USER_INPUT",
    `input.charges has ${String(count)} items; from 1 to ${String(MAX_CHARGES)} are taken at a time.`,
  );
}
