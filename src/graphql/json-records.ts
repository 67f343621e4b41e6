import type { GraphQLField } from "graphql";
import { Extensions } from "type-graphql";

/** Declares a field that shows the column of its record with the same name. */
export function ColumnValue(): PropertyDecorator {
  return Extensions({ isColumnValue: true });
}

/** Whether a field shows a column, and no resolver changes what it shows. */
export function isColumnValue({ extensions, resolve }: GraphQLField<unknown, unknown>): boolean {
  return extensions["isColumnValue"] === true && resolve === undefined;
}

/**
 * Declares a method with records. A second method, named by `asJson`, returns them as a `RawJson`.
 *
 * @param other a field that would read them once more, so that neither is read as JSON if both are selected.
 */
export function ReadableAsJson(other: string): PropertyDecorator {
  return Extensions({ readableAsJsonWithout: other });
}

/** The field without which a field is readable as JSON; undefined if it never is. */
export function readableWithout({
  extensions,
}: GraphQLField<unknown, unknown>): string | undefined {
  return extensions["readableAsJsonWithout"] as string | undefined;
}

/** The name of the field with the records of another field as JSON. Clients cannot select it. */
export function asJson(field: string): string {
  return `${field}AsJson`;
}
