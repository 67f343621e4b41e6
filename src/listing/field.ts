import type { Instant } from "../shared/instant.js";

/** What a field holds, which decides its GraphQL type and how its column is read. */
export type FieldKind =
  "id" | "uuid" | "text" | "currency" | "amount" | "boolean" | "dateTime" | EnumListKind;

export interface EnumListKind {
  readonly enumList: object;
}

declare const value: unique symbol;

/** One field of a record, of the TypeScript type `T`. */
export interface Field<T> {
  readonly kind: FieldKind;
  /** Shown in the schema; a field without one is internal and not part of the schema. */
  readonly description: string | undefined;
  readonly isNullable: boolean;
  readonly [value]?: T;
}

function field<T>(kind: FieldKind, description: string): Field<T> {
  return { kind, description, isNullable: false };
}

export const id = (description: string): Field<string> => field("id", description);
export const uuid = (description: string): Field<string> => field("uuid", description);
export const text = (description: string): Field<string> => field("text", description);
export const currency = (description: string): Field<string> => field("currency", description);
export const amount = (description: string): Field<number> => field("amount", description);
export const boolean = (description: string): Field<boolean> => field("boolean", description);
export const dateTime = (description: string): Field<Instant> => field("dateTime", description);
export const enumList = <T extends object>(
  of: T,
  description: string,
): Field<readonly (keyof T)[]> => field({ enumList: of }, description);

/** A field that may be null. */
export function nullable<T>(of: Field<T>): Field<T | null> {
  return { kind: of.kind, description: of.description, isNullable: true };
}

/** A key that relations are followed by and that the schema does not show. */
export const internalKey: Field<string> = {
  kind: "uuid",
  description: undefined,
  isNullable: false,
};
