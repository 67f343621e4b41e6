import type { MerchantCaller } from "../callers/caller.js";
import { type Database, execute } from "../database/database.js";
import { hasWaitedTooLong, isUnavailable } from "../database/failure.js";
import { type Sql, sql } from "../database/sql.js";
import { LastStatement, inTransaction, together } from "../database/transaction.js";
import type { SharedLimit } from "../rate-limits/shared-limit.js";
import { present } from "../shared/assert.js";
import { AppError } from "../shared/errors.js";
import { MAX_CHARGES } from "../shared/limits.js";
import type { Instant } from "../shared/instant.js";
import type { PhoneNumber } from "../shared/phone-number.js";
import { newId } from "../shared/uuid.js";
import { type Scope, currentScope, tracedTogether } from "../observability/tracing/scope.js";
import { type ChargeResult, resultsOf } from "./charge-result.js";
import { type PocketChargeRequest, readChargeItem } from "./pocket-charge.js";
import { momentOf, writeOnItsShard } from "./distributed-charge.store.js";
import type { PocketChargeStore } from "./pocket-charge.store.js";
import type { ChargePermits, PocketGroupService } from "./pocket-group.service.js";
import { Gatherer, type TaskResult } from "./gatherer.js";
import { type ChargeRequest, phoneNumbersOf, settleCharges, tokensOf } from "./settle-charges.js";

/** One merchant's request, ready to be settled beside others. */
interface ReadyRequest extends ChargeRequest {
  readonly pocketGroupSlug: string;
  /** Under what it is traced; undefined where nothing is. */
  readonly scope: Scope | undefined;
}

/**
 * The group of a transaction. Who may charge it, and within which limits, is read once: a run that is
 * repeated after a lost commit must come to the same answers.
 */
interface SharedGroup {
  readonly id: string;
  permits?: ChargePermits;
}

/**
 * Requests of one group that arrive together share a transaction, in their order: one lock, one write
 * and one commit for all. Two transactions of a group are under way, so that one prepares while the
 * other is made durable. A hundred charges are enough for one: its commit is then a small part of it,
 * and more are sooner done side by side.
 */
const LIMITS = { maxWeight: 100, maxRuns: 2, maxFullRuns: 8, maxWaitMs: 10_000 };

/**
 * No two transactions of this process charge the same pocket. Two that create the same pocket cost most: one
 * waits for the other's commit, holding all its writes, and then starts again.
 */
const GATHERING = {
  ...LIMITS,
  maxSharedWeight: 1_000,
  locksOf: ({ items }: ReadyRequest) => phoneNumbersOf(items),
};

const EACH_ALONE = { ...LIMITS, maxWeight: 0, maxRuns: Infinity };

/** Whoever is charged alone after a failure has waited for locks before; a hundred may be behind. */
const BRIEF_WAIT = sql`set local lock_timeout = '100ms'`;

/** Told what is done, to be counted. */
export interface ChargeMetrics {
  /** @param results of one request, each `SUCCESS` or the code of a refusal. */
  charged(results: readonly string[]): void;
  transaction(requestCount: number): void;
}

export interface ChargingOptions {
  /** Whether requests of a group that arrive together share a transaction; else each has its own. */
  readonly gathers?: boolean | undefined;
  readonly metrics?: ChargeMetrics | undefined;
  /** How many charges each token may make; without it as many as come. */
  readonly limit?: Pick<SharedLimit, "take"> | undefined;
}

/** Adds amounts to pockets: the use case that this product exists for. */
export class ChargePockets {
  private readonly gatherer: Gatherer<ReadyRequest, ChargeResult[]>;
  private readonly metrics: ChargeMetrics | undefined;
  private readonly limit: ChargingOptions["limit"];

  constructor(
    private readonly database: Database,
    private readonly groups: PocketGroupService,
    private readonly store: PocketChargeStore,
    { gathers = true, metrics, limit }: ChargingOptions = {},
  ) {
    this.metrics = metrics;
    this.limit = limit;
    this.gatherer = new Gatherer(
      (pocketGroupId, requests) => this.chargeTraced(pocketGroupId, requests),
      gathers ? GATHERING : EACH_ALONE,
    );
  }

  /**
   * Charges 1 to 1,000 pockets of one group in one transaction. Each request is answered on its own
   * and in its place; a refused one affects no other. Once this returns, every SUCCESS is durable.
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
    if (charges.length === 0 || charges.length > MAX_CHARGES) {
      throw new AppError(
        "BAD_USER_INPUT",
        `input.charges has ${String(charges.length)} items; from 1 to ${String(MAX_CHARGES)} are taken at a time.`,
      );
    }
    await this.limit?.take(caller.tokenId, charges.length);
    const pocketGroupId = await this.groups.idOfChargeable(pocketGroupSlug, caller);
    // The ids are made once, outside the transaction: a repeated run knows its own charges by them.
    const items = charges.map((charge) => readChargeItem(charge, newId()));
    const scope = currentScope();
    const request = { merchantId: caller.merchantId, pocketGroupSlug, items, scope };
    const results = await this.gatherer.add(pocketGroupId, request, items.length);
    this.metrics?.charged(results.map((one) => (one.status === "SUCCESS" ? "SUCCESS" : one.code)));
    return results;
  }

  private chargeTraced(
    pocketGroupId: string,
    requests: readonly ReadyRequest[],
  ): Promise<TaskResult<ChargeResult[]>[]> {
    const charge = () => this.chargeTogether(pocketGroupId, requests);
    const scopes = requests.flatMap(({ scope }) => scope ?? []);
    if (scopes.length === 0) return charge();
    const sizes = {
      "pocketcharge.gathering.requests": requests.length,
      "pocketcharge.gathering.charges": requests.reduce((sum, { items }) => sum + items.length, 0),
    };
    return tracedTogether(scopes, "gathered charges", sizes, charge);
  }

  /** Takes a failed transaction apart, so that each request fails only by its own fault. */
  private async chargeTogether(
    pocketGroupId: string,
    requests: readonly ReadyRequest[],
  ): Promise<TaskResult<ChargeResult[]>[]> {
    const group: SharedGroup = { id: pocketGroupId };
    try {
      return await this.inOneTransaction(group, requests);
    } catch (error) {
      if (requests.length === 1 || concernsAll(error)) throw error;
      return this.chargeOneByOne(group, requests);
    }
  }

  /** On one connection, as together: the pool must not run dry because many wait for one pocket. */
  private async chargeOneByOne(
    group: SharedGroup,
    requests: readonly ReadyRequest[],
  ): Promise<TaskResult<ChargeResult[]>[]> {
    const results: TaskResult<ChargeResult[]>[] = [];
    /** Pockets that somebody else locks, each with what a request of it alone has met. */
    const locked = new Map<PhoneNumber, unknown>();
    for (const request of requests) {
      const numbers = phoneNumbersOf(request.items);
      const waitedFor = numbers.find((number) => locked.has(number));
      if (waitedFor !== undefined) {
        results.push(failed(locked.get(waitedFor)));
        continue;
      }
      try {
        // A copy: what one merchant is permitted says nothing of another.
        results.push(...(await this.inOneTransaction({ ...group }, [request], BRIEF_WAIT)));
      } catch (error) {
        if (concernsAll(error)) return requests.map((_, index) => results[index] ?? failed(error));
        const [number] = numbers;
        if (number !== undefined && numbers.length === 1 && hasWaitedTooLong(error)) {
          locked.set(number, error);
        }
        results.push(failed(error));
      }
    }
    return results;
  }

  private inOneTransaction(
    group: SharedGroup,
    requests: readonly ReadyRequest[],
    lockTimeout?: Sql,
  ): Promise<TaskResult<ChargeResult[]>[]> {
    this.metrics?.transaction(requests.length);
    return inTransaction(this.database.pool, async (tx) => {
      if (lockTimeout !== undefined) await execute(tx, lockTimeout);
      const items = requests.flatMap((request) => request.items);
      const merchantIds = requests.map(({ merchantId }) => merchantId);
      // Sent at once, and run one after the other: what is found is found after the locks are held.
      const [permits, locked, charges, moment] = await together(
        group.permits ?? this.groups.permitsToCharge(tx, group.id, merchantIds),
        this.store.lockPockets(tx, group.id, phoneNumbersOf(items)),
        this.store.findByTokens(tx, group.id, tokensOf(items)),
        tx.isDistributed === true ? momentOf(tx) : null,
      );
      group.permits = permits;
      const refusals = requests.map((request) => permits.refusalOf(request));
      const allowed = requests.filter((_, index) => refusals[index] === null);
      const ledger = { charges, balances: locked };
      const settled = settleCharges(allowed, group.id, permits.limits, ledger);
      const { newCharges, balances } = settled;

      const answerFrom = (createdAt: Instant | null): TaskResult<ChargeResult[]>[] => {
        const results = resultsOf(settled, createdAt).values();
        return refusals.map((refusal) =>
          refusal === null ? done(results.next().value) : failed(refusal),
        );
      };
      if (newCharges.length === 0) return answerFrom(null);
      if (moment !== null) {
        await writeOnItsShard(tx, group.id, newCharges, balances, locked, moment);
        return answerFrom(moment);
      }
      return new LastStatement(async () =>
        answerFrom(await this.store.write(tx, group.id, newCharges, balances, locked)),
      );
    });
  }
}

/** True when each would fail for the same reason, and only later. */
function concernsAll(error: unknown): boolean {
  return isUnavailable(error) && !hasWaitedTooLong(error);
}

function done<R>(value: R | undefined): TaskResult<R> {
  return { isDone: true, value: present(value, "the results of a request") };
}

function failed(error: unknown): TaskResult<never> {
  return { isDone: false, error };
}
