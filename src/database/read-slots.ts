import type pg from "pg";
import type { Deadline } from "../shared/deadline.js";
import { Slots } from "./slots.js";

/** The number of one request's statements that PostgreSQL executes simultaneously. Further ones wait. */
export const READS_PER_REQUEST = 2;

/**
 * The number of a pool's connections that lists and aggregates may use together. The others are reserved for charges
 * and look-ups, which are short: slow lists must never delay them.
 */
export function readSlotCount(poolSize: number): number {
  return Math.max(1, Math.floor(poolSize * 0.75));
}

const ofPools = new WeakMap<pg.Pool, Slots>();
const ofRequests = new WeakMap<Deadline, Slots>();

/** The slots for lists and aggregates on the connections of a pool. */
export function readSlotsOf(pool: pg.Pool): Slots {
  let slots = ofPools.get(pool);
  if (slots === undefined) {
    const { max, connectionTimeoutMillis } = pool.options;
    slots = new Slots(readSlotCount(max), connectionTimeoutMillis);
    ofPools.set(pool, slots);
  }
  return slots;
}

/** The slots of one request, which all of its reads share. */
export function requestSlotsOf(deadline: Deadline): Slots {
  let slots = ofRequests.get(deadline);
  if (slots === undefined) ofRequests.set(deadline, (slots = new Slots(READS_PER_REQUEST)));
  return slots;
}

/** A pool's statistics, in which tasks that wait for a slot count as waiting. */
export function poolStateOf(pool: pg.Pool) {
  return {
    get totalCount() {
      return pool.totalCount;
    },
    get idleCount() {
      return pool.idleCount;
    },
    get waitingCount() {
      return pool.waitingCount + readSlotsOf(pool).waitingCount;
    },
  };
}
