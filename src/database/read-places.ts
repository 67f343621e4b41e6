import type pg from "pg";
import type { Deadline } from "../shared/deadline.js";
import { Places } from "./places.js";

/** How many statements of one request PostgreSQL works on at once; the others wait for them. */
export const READS_PER_REQUEST = 2;

/**
 * How many connections of a pool lists and figures may hold together. The others are for charges and
 * look-ups, which are short: slow lists must never make them wait.
 */
export function readPlaceCount(poolSize: number): number {
  return Math.max(1, Math.floor(poolSize * 0.75));
}

const ofPools = new WeakMap<pg.Pool, Places>();
const ofRequests = new WeakMap<Deadline, Places>();

/** The places of lists and figures on the connections of a pool. */
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

/** What a pool reports of itself, with those that wait for a place counted as waiting. */
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
