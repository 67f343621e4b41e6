import type pg from "pg";
import type { Deadline } from "../shared/deadline.js";
import { Places } from "./places.js";

/** The number of one request's statements that PostgreSQL executes simultaneously. Further ones wait. */
export const READS_PER_REQUEST = 2;

/**
 * The number of a pool's connections that lists and aggregates may use together. The others are reserved for charges
 * and look-ups, which are short: slow lists must never delay them.
 */
export function readPlaceCount(poolSize: number): number {
  return Math.max(1, Math.floor(poolSize * 0.75));
}

const ofPools = new WeakMap<pg.Pool, Places>();
const ofRequests = new WeakMap<Deadline, Places>();

/** The places for lists and aggregates on the connections of a pool. */
export function readPlacesOf(pool: pg.Pool): Places {
  let places = ofPools.get(pool);
  if (places === undefined) {
    const { max, connectionTimeoutMillis } = pool.options;
    places = new Places(readPlaceCount(max), connectionTimeoutMillis);
    ofPools.set(pool, places);
  }
  return places;
}

/** The places of one request, which all of its reads share. */
export function requestPlacesOf(deadline: Deadline): Places {
  let places = ofRequests.get(deadline);
  if (places === undefined) ofRequests.set(deadline, (places = new Places(READS_PER_REQUEST)));
  return places;
}

/** A pool's statistics, in which tasks that wait for a place count as waiting. */
export function poolStateOf(pool: pg.Pool) {
  return {
    get totalCount() {
      return pool.totalCount;
    },
    get idleCount() {
      return pool.idleCount;
    },
    get waitingCount() {
      return pool.waitingCount + readPlacesOf(pool).waitingCount;
    },
  };
}
