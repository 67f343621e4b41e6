import type { MerchantCaller } from "../../callers/caller.js";
import type { Database } from "../../database/database.js";
import {
  type LastStatement,
  RestartTransaction,
  inTransaction,
  limitLockWaits,
  waitForAll,
} from "../../database/transaction.js";
import { type Scope, currentScope, traceBatch } from "../../observability/tracing/scope.js";
import type { SharedLimit } from "../../rate-limits/shared-limit.js";
import { AppError } from "../../shared/errors.js";
import { MAX_ITEMS } from "../../shared/request-limits.js";
import { Batcher, type TaskResult, done, failed } from "./batcher.js";
import {
  type GroupLimits,
  type ItemRequest,
  type LedgerItem,
  type PocketOperation,
  phoneNumbersOf,
  wantedBy,
} from "./item.js";
import type { LedgerStore } from "./ledger.store.js";
import { type Run, committedResults } from "./committed-run.js";
import type { ItemResult } from "./item-result.js";
import type { Acting, LedgerGroups } from "./ledger-groups.service.js";
import type { Posting } from "./posting.js";
import { Settlement } from "./settlement.js";
import { splitOnFailure } from "./split-batch.service.js";

/** Changes pockets, now or at a time in the past. */
export interface PocketPoster {
  /** Settles 1 to 1,000 items in one group. Returns one result for each item, in the given order. */
  post(caller: MerchantCaller, pocketGroupSlug: string, posting: Posting): Promise<ItemResult[]>;
}

/** One merchant's request in a batch. */
interface BatchedRequest extends ItemRequest, Acting {
  /** The region of the group in which the items' phone numbers were read. */
  readonly phoneNumberRegion: string | null;
  readonly readIn: (region: string | null) => readonly LedgerItem[];
  /** What earlier runs have decided, if their commit was sent; see `committedResults`. */
  readonly runs: Run[];
  /** The request's trace; undefined when nothing is traced. */
  readonly scope: Scope | undefined;
}

type BatchResults = TaskResult<ItemResult[]>[];

/** The pockets that a request locks. */
const locksOf = ({ items }: ItemRequest): readonly string[] => phoneNumbersOf(items);

/**
 * Simultaneous requests of one group share a transaction, in order of arrival, with one lock, one write and one commit
 * for all. A group has one open transaction: requests that arrive meanwhile fill the next one, which costs less than two
 * at a time. If another server locks one of its pockets for a long time, the other pockets do not wait for it. A hundred
 * items per transaction are enough: the commit is then a small part of its time.
 */
const LIMITS = { maxWeight: 100, maxRuns: 1, maxFullRuns: 8, slowMs: 250, maxWaitMs: 10_000 };

/**
 * No two simultaneous transactions of this process change the same pocket. The most expensive case is that both create
 * it: one holds all its locks while it waits for the other's commit, and then starts again.
 */
const BATCHING = { ...LIMITS, maxSharedWeight: 1_000, locksOf };
const EACH_ALONE = { ...LIMITS, maxWeight: 0, maxRuns: Infinity, maxFullRuns: Infinity };

/** Counts what requests ask of pockets. */
export interface LedgerMetrics {
  /** @param results of one request, each `SUCCESS` or the code of a refusal. */
  settled(operation: PocketOperation, results: readonly string[]): void;
  transaction(requestCount: number): void;
}

export interface LedgerOptions {
  /** Whether simultaneous requests of a group share a transaction; otherwise each has its own. */
  readonly batches?: boolean | undefined;
  readonly metrics?: LedgerMetrics | undefined;
  /** The rate limit of items per token; unlimited by default. */
  readonly limit?: Pick<SharedLimit, "take"> | undefined;
}

/**
 * Changes pockets: charges, debits, reversals and holds, the main use cases of this product. Requests of all kinds are
 * batched together and settled in one transaction, and each returns its own results.
 */
export class PocketLedger implements PocketPoster {
  private readonly batcher: Batcher<BatchedRequest, ItemResult[]>;

  constructor(
    private readonly database: Database,
    private readonly groups: LedgerGroups,
    private readonly store: LedgerStore,
    private readonly options: LedgerOptions = {},
  ) {
    this.batcher = new Batcher(
      (pocketGroupId, requests) => this.runBatch(pocketGroupId, requests),
      (options.batches ?? true) ? BATCHING : EACH_ALONE,
    );
  }

  /**
   * Settles 1 to 1,000 items in one group in one transaction. Returns one result for each item, in the given order. A
   * refused item does not affect the others. When this returns, every SUCCESS is durable.
   *
   * @throws AppError BAD_USER_INPUT for no items or too many, NOT_FOUND for an unknown group, FORBIDDEN for a group that
   *   is not granted or not active, RATE_LIMITED above the token's rate limit. Then nothing is done.
   */
  async post(
    caller: MerchantCaller,
    pocketGroupSlug: string,
    posting: Posting,
  ): Promise<ItemResult[]> {
    const { limit, metrics } = this.options;
    const { operation, count } = posting;
    requireCount(posting);
    await limit?.take(caller.tokenId, count);
    const { id, phoneNumberRegion } = await this.groups.usable(pocketGroupSlug, caller);
    const readIn = await readerOf(this.store, id, posting);
    const { merchantId } = caller;
    const items = readIn(phoneNumberRegion);
    const request = {
      merchantId,
      pocketGroupSlug,
      phoneNumberRegion,
      items,
      readIn,
      runs: [],
      scope: currentScope(),
    };
    const results = await this.batcher.add(id, request, count);
    metrics?.settled(
      operation,
      results.map((one) => (one.status === "SUCCESS" ? "SUCCESS" : one.code)),
    );
    return results;
  }

  /** Settles requests in one transaction or, if that fails, each in its own transaction. */
  private runBatch(
    pocketGroupId: string,
    requests: readonly BatchedRequest[],
  ): Promise<BatchResults> {
    const scopes = requests.flatMap(({ scope }) => scope ?? []);
    const sizes = {
      "pocketcharge.batch.requests": requests.length,
      "pocketcharge.batch.charges": requests.reduce((sum, { items }) => sum + items.length, 0),
    };
    return traceBatch(scopes, "batched charges", sizes, () =>
      splitOnFailure(requests, {
        locksOf,
        together: () => this.runInOneTransaction(pocketGroupId, requests),
        alone: (request, timeoutMs) =>
          this.runInOneTransaction(pocketGroupId, [request], timeoutMs),
      }),
    );
  }

  private runInOneTransaction(
    pocketGroupId: string,
    requests: readonly BatchedRequest[],
    lockTimeoutMs?: number,
  ): Promise<BatchResults> {
    this.options.metrics?.transaction(requests.length);
    const merchantIds = requests.map(({ merchantId }) => merchantId);
    let region: string | null | undefined;
    return inTransaction(
      this.database.pool,
      async (tx): Promise<BatchResults | LastStatement<BatchResults>> => {
        if (lockTimeoutMs !== undefined) await limitLockWaits(tx, lockTimeoutMs);
        const read = requests.map((request) => readAgain(request, region));
        const wanted = wantedBy(read);
        const [permits, ledger] = await waitForAll(
          this.groups.permitsFor(tx, pocketGroupId, merchantIds),
          this.store.lookUp(tx, pocketGroupId, wanted),
        );
        region = permits.limits.phoneNumberRegion;
        this.requireRegion(read, permits.limits);
        const { limits } = permits;
        const items = read.flatMap((request) => request.items);
        const { now } = ledger;
        const usage = await this.store.periodUsage(tx, pocketGroupId, limits, items, now);
        const settlement = new Settlement(pocketGroupId, limits, usage, ledger);
        const results = read.map((request) => {
          const committed = committedResults(request.runs, ledger);
          if (committed !== null) return done(committed);
          const refusal = permits.refusalOf(request);
          if (refusal === null) return done(settleOne(settlement, request));
          this.groups.forgetUsable(request);
          return failed(refusal);
        });
        if (!settlement.hasChanges) return results;
        return this.store.write(tx, pocketGroupId, ledger, settlement.changes, results);
      },
    );
  }

  /**
   * @throws RestartTransaction if the group has another region since a request was read. The transaction has then locked
   *   the wrong pockets.
   */
  private requireRegion(
    requests: readonly BatchedRequest[],
    { phoneNumberRegion }: GroupLimits,
  ): void {
    const outdated = requests.filter((one) => one.phoneNumberRegion !== phoneNumberRegion);
    if (outdated.length === 0) return;
    for (const { pocketGroupSlug } of outdated) this.groups.forget(pocketGroupSlug);
    throw new RestartTransaction("the group's region has changed");
  }
}

/** Finds the pockets of the tokens that the items refer to, which determine what to lock. */
export async function readerOf(
  store: LedgerStore,
  pocketGroupId: string,
  { refersTo, read }: Posting,
): Promise<(region: string | null) => readonly LedgerItem[]> {
  if (refersTo.length === 0) return (region) => read(region, () => null);
  const phoneNumbers = await store.phoneNumbersOf(pocketGroupId, refersTo);
  return (region) => read(region, (token) => phoneNumbers.get(token) ?? null);
}

/** Settles a request, and remembers the results in case the response to the commit is lost. */
function settleOne(settlement: Settlement, request: BatchedRequest): ItemResult[] {
  const results = settlement.settle(request);
  const written = results.find((result) => result.status === "SUCCESS");
  request.runs.push({ results, written });
  return results;
}

/** A request whose phone numbers are read in another region, if that is known. */
function readAgain(request: BatchedRequest, region: string | null | undefined): BatchedRequest {
  if (region === undefined || region === request.phoneNumberRegion) return request;
  return { ...request, phoneNumberRegion: region, items: request.readIn(region) };
}

function requireCount({ count, argument }: Posting): void {
  if (count >= 1 && count <= MAX_ITEMS) return;
  throw new AppError(
    "BAD_USER_INPUT",
    `${argument} has ${String(count)} items; from 1 to ${String(MAX_ITEMS)} are taken at a time.`,
    { argument },
  );
}
