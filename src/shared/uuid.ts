import { uuidv7 } from "uuidv7";

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

/** A new id. It is a UUIDv7, so that rows created together are adjacent in an index. */
export function newId(): UuidV7 {
  return uuidv7() as UuidV7;
}
