import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { present } from "../shared/assert.js";
import { type DatabaseOptions, openPool } from "./database.js";
import { leavesConnectionUsable } from "./failure.js";
import type { ReplicaChoice, ReplicaInUse } from "./request-reads.js";

export interface ReplicasOptions extends Omit<DatabaseOptions, "url"> {
  readonly primaryUrl: string;
  readonly urls: readonly string[];
  /** The maximum age of a replica's data, in milliseconds. */
  readonly maxLagMs: number;
  /** Called when a replica starts to serve, and when it stops, with the reason. */
  readonly onChange: (replica: number, serves: boolean, reason: unknown) => void;
}

/** The state of a replica, for operators. */
export interface ReplicaState {
  readonly serves: boolean;
  /** The maximum age of its data, in milliseconds; null if unknown. */
  readonly lagMs: number | null;
}

/** The primary's WAL position at a time of this process's clock. */
interface Mark {
  readonly at: number;
  readonly position: bigint;
}

interface ReplicationState {
  readonly isReplica: boolean;
  readonly position: string | null;
  /** Equal exactly for a database and its replicas. */
  readonly identity: string;
}

/** The age of a replica that lags further than this is unknown. */
const REMEMBERED_MS = 600_000;
const MAX_DELAY_MS = 1_000;

/**
 * Replicas of the primary that are fresh enough to be read. Each replica is polled for its replay position, which is
 * compared with the primary's recorded positions. This gives a replica's age even without writes, and only with this
 * process's clock.
 */
export class Replicas implements ReplicaChoice {
  private readonly replicas: Replica[];
  private readonly primary: pg.Pool;
  private readonly marks: Mark[] = [];
  private readonly chosen = new WeakMap<object, Replica>();
  private readonly closing = new AbortController();
  private readonly watches: Promise<void>[];
  private identity: string | undefined;
  private turn = 0;

  constructor(private readonly options: ReplicasOptions) {
    const { primaryUrl, urls } = options;
    // Use separate connections: polling must not wait for the requests that depend on its result.
    this.primary = openPool({ ...options, url: primaryUrl, poolSize: 1 });
    this.replicas = urls.map((url) => new Replica(options, url));
    const first = this.markPrimary();
    this.watches = [
      this.watch(() => this.markPrimary(), first),
      ...this.replicas.map((replica, index) =>
        this.watch(() => this.examine(replica, index), first),
      ),
    ];
  }

  /** The same replica for all reads of one request, as long as it is fresh, so that later reads are not older. */
  chooseFor(request: object): ReplicaInUse | undefined {
    const known = this.chosen.get(request);
    if (known?.isFresh === true) return known;
    const fresh = this.replicas.filter(({ isFresh }) => isFresh);
    const replica = fresh[this.turn++ % Math.max(fresh.length, 1)];
    if (replica !== undefined) this.chosen.set(request, replica);
    return replica;
  }

  get states(): ReplicaState[] {
    return this.replicas.map(({ isFresh, ageMs }) => ({
      serves: isFresh,
      lagMs: Number.isFinite(ageMs) ? ageMs : null,
    }));
  }

  async close(): Promise<void> {
    this.closing.abort();
    await Promise.all(this.watches);
    await Promise.all([this.primary, ...this.replicas.flatMap(poolsOf)].map((pool) => pool.end()));
  }

  private async watch(look: () => Promise<void>, after: Promise<void>): Promise<void> {
    await after;
    const delayMs = Math.min(this.options.maxLagMs / 4, MAX_DELAY_MS);
    const { signal } = this.closing;
    while (!signal.aborted) {
      await look();
      await sleep(delayMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** While the primary is unreachable, replicas become too old and stop serving. */
  private async markPrimary(): Promise<void> {
    // Take the time before the query: everything committed until then is before the returned position.
    const at = performance.now();
    const state = await readState(this.primary).catch(() => undefined);
    if (state?.position == null || state.isReplica) return;
    this.identity = state.identity;
    this.marks.push({ at, position: BigInt(state.position) });
    while ((this.marks[0]?.at ?? at) < at - REMEMBERED_MS) this.marks.shift();
  }

  private async examine(replica: Replica, index: number): Promise<void> {
    const served = replica.isServing;
    try {
      const state = await readState(replica.polling);
      if (!state.isReplica) throw new Error("it is not a replica: it accepts writes");
      if (this.identity === undefined) throw new Error("the primary has not been reached yet");
      if (state.identity !== this.identity) throw new Error("it is a replica of another database");
      const position = BigInt(state.position ?? 0);
      const reached = this.marks.findLast((mark) => mark.position <= position);
      // A restarted replica may be behind its earlier position.
      replica.freshAt = reached?.at ?? Number.NEGATIVE_INFINITY;
      replica.problem = undefined;
    } catch (error) {
      replica.problem = error;
    }
    replica.isServing = replica.isFresh;
    if (replica.isServing === served) return;
    const lag = new Error(`it lags more than ${String(this.options.maxLagMs)} ms behind`);
    this.options.onChange(index, replica.isServing, replica.problem ?? lag);
  }
}

class Replica implements ReplicaInUse {
  readonly pool: pg.Pool;
  /** The connections for polling its position. */
  readonly polling: pg.Pool;
  /** The replica has everything that was committed before this time. */
  freshAt = Number.NEGATIVE_INFINITY;
  /** The reason not to use it, regardless of its age. */
  problem: unknown;
  /** The last reported state. */
  isServing: boolean | undefined;

  constructor(
    private readonly options: ReplicasOptions,
    url: string,
  ) {
    const onIdleError = (error: Error): void => {
      this.failed(error);
    };
    this.pool = openPool({ ...options, url, onIdleError });
    this.polling = openPool({ ...options, url, onIdleError, poolSize: 1 });
  }

  get ageMs(): number {
    return performance.now() - this.freshAt;
  }

  get isFresh(): boolean {
    return this.problem === undefined && this.ageMs <= this.options.maxLagMs;
  }

  failed(error: unknown): void {
    // A refused statement is no reason to stop using the replica: any client can cause one.
    if (!leavesConnectionUsable(error)) this.problem = error;
  }
}

function poolsOf({ pool, polling }: Replica): pg.Pool[] {
  return [pool, polling];
}

/** Uses the written and not the inserted WAL position, which at a page's end is ahead of all replayable records. */
const REPLICATION_STATE = `select pg_is_in_recovery() as "isReplica",
  (case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end
   - '0/0')::text as position,
  (select system_identifier from pg_control_system()) || '/' || current_database() as identity`;

async function readState(on: pg.Pool): Promise<ReplicationState> {
  const { rows } = await on.query<ReplicationState>(REPLICATION_STATE);
  return present(rows[0], "the WAL position of the database");
}
