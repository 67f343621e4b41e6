import type { Enumeration } from "../shared/enumeration.js";
import type { Instant } from "../shared/instant.js";
import type { Metadata } from "../shared/merchant-data.js";
import type { ColumnType } from "../database/models.js";
import type { Sql } from "../database/sql.js";
import type { IdDerivation } from "../shared/uuid.js";

/** The kind of a field's values, which determines its GraphQL type, its operators, and how its column is read. */
export type FieldKind =
  | "id"
  | "uuid"
  | "text"
  | "phoneNumber"
  | "currency"
  | "amount"
  | "integer"
  | "boolean"
  | "dateTime"
  | "bytes"
  | "json"
  | "metadata"
  | EnumKind
  | EnumListKind;

/** A name of an enumeration, stored as text. */
export interface EnumKind {
  readonly enumeration: Enumeration;
}

export interface EnumListKind {
  readonly enumList: Enumeration;
}

/** What lists can do with a field. Every use is off by default. */
export interface FieldUses {
  /** Filter by it, with the operators of its kind. */
  readonly filter?: boolean;
  readonly sort?: boolean;
  readonly sum?: boolean;
  readonly average?: boolean;
  /** Return its minimum and maximum. */
  readonly extremes?: boolean;
  /** Group by it; a time is grouped by buckets. */
  readonly group?: boolean;
  /**
   * The letters that a string can contain, enforced by a check constraint: folded letters, ASCII capitals, or none.
   * Such a column needs no folding to ignore case, so comparisons use its index. A column without letters can also be
   * sorted by its index, because every collation sorts digits in the same order.
   */
  readonly letters?: "lower" | "upper" | "none";
  /** The value is unique within a merchant or a pocket group. */
  readonly unique?: boolean;
  /** The id of a derived entry, stored as the id of the record that it is derived from. */
  readonly derivation?: IdDerivation;
  /** A phone number that is stored as entered, and compared by its digits. */
  readonly asWritten?: true;
  /** A string that every operator compares exactly, without ignoring case. */
  readonly isExact?: true;
}

/** A column of another table, found by a key of this record. */
export interface JoinedColumn {
  readonly key: string;
  readonly table: string;
  readonly column: string;
}

declare const value: unique symbol;
declare const column: unique symbol;

/** One field of a record, of the TypeScript type `T`, in a column of the type `C`. */
export interface Field<T, C extends ColumnType = ColumnType> {
  readonly kind: FieldKind;
  readonly description: string;
  readonly isNullable: boolean;
  /**
   * `shown`: in the GraphQL type. `hidden`: read from the database, but not shown. `virtual`: not read, only for
   * filters and groups.
   */
  readonly role: "shown" | "hidden" | "virtual";
  /** The id of another record. Grouping by it groups by the relation. */
  readonly isReference?: true;
  readonly uses: FieldUses;
  readonly through?: JoinedColumn;
  /** The field's value as an expression of the columns of a row, whose alias it receives; by default, its column. */
  readonly expression?: (row: Sql) => Sql;
  readonly [value]?: T;
  readonly [column]?: C;
}

function shown<T, C extends ColumnType>(
  kind: FieldKind,
  description: string,
  uses: FieldUses = {},
): Field<T, C> {
  return { kind, description, isNullable: false, role: "shown", uses };
}

export const id = (description: string, uses?: FieldUses): Field<string, "Uuid"> =>
  shown("id", description, { filter: true, unique: true, ...uses });
/** The id of an entry that a view derives from a record. The column has the record's id, and filters accept both ids. */
export const derivedId = (description: string): Field<string, "Uuid"> =>
  shown("id", description, { filter: true, unique: true, derivation: "version" });
export const uuid = (description: string, uses?: FieldUses): Field<string, "Uuid"> =>
  shown("uuid", description, uses);
export const text = (description: string, uses?: FieldUses): Field<string, "String"> =>
  shown("text", description, uses);
/** A string whose filters accept phone numbers in every form that charges of any region accept. */
export const phoneNumber = (description: string, uses?: FieldUses): Field<string, "String"> =>
  shown("phoneNumber", description, { letters: "lower", ...uses });
export const currency = (description: string, uses?: FieldUses): Field<string, "String"> =>
  shown("currency", description, { letters: "upper", ...uses });
export const amount = (description: string, uses?: FieldUses): Field<number, "BigInt"> =>
  shown("amount", description, uses);
export const integer = (description: string, uses?: FieldUses): Field<number, "Int"> =>
  shown("integer", description, uses);
export const boolean = (description: string, uses?: FieldUses): Field<boolean, "Boolean"> =>
  shown("boolean", description, uses);
export const dateTime = (description: string, uses?: FieldUses): Field<Instant, "DateTime"> =>
  shown("dateTime", description, uses);
/** The merchant's own texts by key. Lists filter and group by the value of a key. */
export const metadata = (description: string, uses?: FieldUses): Field<Metadata, "Json"> =>
  shown("metadata", description, uses);
/** Names of an enumeration, each at most once, stored as an array. */
export const enumList = <V extends string>(
  of: Enumeration<V>,
  description: string,
): Field<readonly V[], "List"> => shown({ enumList: of }, description);

export const enumeration = <V extends string>(
  of: Enumeration<V>,
  description: string,
  uses?: FieldUses,
): Field<V, "String"> => shown({ enumeration: of }, description, uses);

/** The id of another record, shown in addition to the relation and available to filters. */
export const reference = (description: string, uses?: FieldUses): Field<string, "Uuid"> => ({
  ...shown<string, "Uuid">("id", description, { filter: true, ...uses }),
  isReference: true,
});

/** Bytes are never shown. */
export const bytes = (description: string): Field<Buffer, "Bytes"> =>
  hidden(shown("bytes", description));

/** A JSON document, never shown directly: the record's type has a separate field for it. */
export const json = <T>(description: string): Field<T, "Json"> =>
  hidden(shown<T, "Json">("json", description));

/** A field that may be null. */
export function nullable<T, C extends ColumnType>(of: Field<T, C>): Field<T | null, C> {
  return { ...(of as Field<T | null, C>), isNullable: true };
}

/** A field that is computed from the columns of its row. It need not be a column itself. */
export interface ComputedField<T = unknown, C extends ColumnType = ColumnType> extends Field<T, C> {
  readonly expression: (row: Sql) => Sql;
}

export function computed<T, C extends ColumnType>(
  of: Field<T, C>,
  expression: (row: Sql) => Sql,
): ComputedField<T, C> {
  return { ...of, expression };
}

/** A field for internal use that the API does not show. */
export function hidden<T, C extends ColumnType>(of: Field<T, C>): Field<T, C> {
  return { ...of, role: "hidden" };
}

/** The id of another record. The API shows the relation instead. */
export function key(description: string, uses: FieldUses = {}): Field<string, "Uuid"> {
  return hidden({ ...shown<string, "Uuid">("uuid", description, uses), isReference: true });
}

/** A field for filters and groups that is not a column of the record. */
export interface VirtualField extends Field<never> {
  readonly role: "virtual";
}

/** @param through the location of its column; omitted if the list translates the filter itself. */
export function virtual(of: Field<unknown>, through?: JoinedColumn): VirtualField {
  return { ...(of as Field<never>), role: "virtual", ...(through ? { through } : {}) };
}
