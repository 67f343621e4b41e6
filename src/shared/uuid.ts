import { randomFillSync } from "node:crypto";
import { V7Generator } from "uuidv7";

declare const uuid: unique symbol;
declare const version7: unique symbol;

/** A UUID of any version in canonical lower case. */
export type Uuid = string & { readonly [uuid]: true };

/** A UUID of version 7 (RFC 9562), lower case. */
export type UuidV7 = Uuid & { readonly [version7]: true };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** @returns the UUID in lower case, or null if the string is not a UUID. */
export function parseUuid(text: string): Uuid | null {
  const lower = text.toLowerCase();
  return UUID.test(lower) ? (lower as Uuid) : null;
}

/** @returns the UUID in lower case, or null if the string is not a UUID of version 7. */
export function parseUuidV7(text: string): UuidV7 | null {
  const lower = text.toLowerCase();
  return UUID_V7.test(lower) ? (lower as UuidV7) : null;
}

/**
 * The id of the entry that is derived from a record, such as a payment, by the record's id, and the other way round.
 * It is the same UUID with the bits of its version inverted: the version 7 of records' ids becomes 8 (RFC 9562), which
 * no record has. Both ids sort in the same order.
 */
export function invertVersion(id: string): string {
  const version = 15 - Number.parseInt(id.charAt(VERSION_AT), 16);
  return id.slice(0, VERSION_AT) + version.toString(16) + id.slice(VERSION_AT + 1);
}

/**
 * The id of the event that a row is, by the row's id, and the other way round: the same UUID with the bits of its last
 * digit inverted. The row has its own type and id, because clients such as Relay keep records by their ids alone.
 */
export function invertLastDigit(id: string): string {
  return id.slice(0, -1) + (15 - Number.parseInt(id.slice(-1), 16)).toString(16);
}

/** How the id of an entry that a view derives from a record differs from the record's id, which is stored. */
export type IdDerivation = "version" | "lastDigit";

const DERIVED = { version: invertVersion, lastDigit: invertLastDigit };

/** The shown id of a stored one, and the other way round. */
export function deriveId(id: string, derivation: IdDerivation | undefined): string {
  return derivation === undefined ? id : DERIVED[derivation](id);
}

/** Whether a UUID, in lower case, is an id with an inverted version. */
export function isDerivedId(id: string): boolean {
  return id.charAt(VERSION_AT) >= "8";
}

/** The position of the version digit. */
const VERSION_AT = 14;

/** Random numbers, drawn for many ids at once, which is faster than for each. */
const random = new Uint32Array(1_024);
let drawn = random.length;

const ids = new V7Generator({
  nextUint32: () => {
    if (drawn === random.length) {
      randomFillSync(random);
      drawn = 0;
    }
    return random[drawn++] ?? 0;
  },
});

/** A new id. It is a UUIDv7, so that rows created together are adjacent in an index. */
export function newId(): UuidV7 {
  return ids.generate().toString() as UuidV7;
}
