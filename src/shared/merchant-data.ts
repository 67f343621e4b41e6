import { shown } from "./shown-text.js";
import type { UserErrors } from "./user-error.js";

/** A text of a record's metadata, with its key. */
export interface MetadataEntry {
  readonly key: string;
  readonly value: string;
}

/** The metadata of a record: a text for each key. */
export type Metadata = Readonly<Record<string, string>>;

/** The merchant's own data in an input: a reference, and texts by key. */
export interface MerchantData {
  readonly reference?: string | null | undefined;
  readonly metadata?: readonly MetadataEntry[] | null | undefined;
}

export const NO_METADATA: Metadata = {};

export const MAX_METADATA_KEYS = 20;
const MAX_REFERENCE_LENGTH = 200;
const MAX_KEY_LENGTH = 40;
const MAX_VALUE_LENGTH = 500;
/** Prisma Client and parsers of JSON drop a property of this name. */
const RESERVED_KEY = "__proto__";
/** Long enough to recognize a key in a message. */
const SHOWN_KEY_LENGTH = 60;

/** Checks the reference, the number of metadata keys, each key and value, and that no key is repeated. */
export function checkMerchantData(
  errors: UserErrors,
  { reference, metadata: entries }: MerchantData,
): void {
  errors.checkLength("reference", reference, MAX_REFERENCE_LENGTH);
  if (entries == null) return;
  if (entries.length > MAX_METADATA_KEYS) {
    const message = `metadata has ${String(entries.length)} keys; at most ${String(MAX_METADATA_KEYS)} are allowed.`;
    errors.add("TOO_LONG", "metadata", message);
  }
  const known = new Set<string>();
  for (const [index, { key, value }] of entries.slice(0, MAX_METADATA_KEYS).entries()) {
    const name = JSON.stringify(shown(key, SHOWN_KEY_LENGTH));
    const path = (member: keyof MetadataEntry): string[] => ["metadata", String(index), member];
    errors.checkText(path("key"), key, MAX_KEY_LENGTH, `The metadata key ${name}`);
    errors.checkLength(path("value"), value, MAX_VALUE_LENGTH, `The metadata value of ${name}`);
    if (key === RESERVED_KEY) {
      errors.add("INVALID", path("key"), `The metadata key ${name} is reserved.`);
    }
    if (known.has(key)) {
      errors.add("INVALID", path("key"), `The metadata key ${name} is repeated.`);
    }
    known.add(key);
  }
}

/** The values of a new record. */
export function newMerchantData({ reference, metadata }: MerchantData): {
  readonly reference: string | null;
  readonly metadata: Metadata;
} {
  return { reference: reference ?? null, metadata: storedMetadata(metadata ?? []) };
}

/** The values that an update sets. Omitted fields change nothing; null removes the reference or every key. */
export function givenMerchantData({ reference, metadata }: MerchantData): {
  readonly reference?: string | null;
  readonly metadata?: Metadata;
} {
  return {
    ...(reference === undefined ? {} : { reference }),
    ...(metadata === undefined ? {} : { metadata: storedMetadata(metadata ?? []) }),
  };
}

function storedMetadata(entries: readonly MetadataEntry[]): Metadata {
  return Object.fromEntries(entries.map(({ key, value }) => [key, value]));
}

/** The entries of stored metadata, sorted by key, so that their order is the same in every response. */
export function metadataEntries(metadata: Metadata): MetadataEntry[] {
  return sortedByKey(Object.entries(metadata).map(([key, value]) => ({ key, value })));
}

/** Sorts entries by key, in the order of UTF-16 code units. */
export function sortedByKey(entries: readonly MetadataEntry[]): MetadataEntry[] {
  return entries.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}
