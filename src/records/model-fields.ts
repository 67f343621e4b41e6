import type { ColumnType, ColumnsOf, ModelName } from "../database/models.js";
import type { ComputedField, Field, VirtualField } from "./field.js";

/** The fields, with the model's column in place of each field that does not match it, so that the compiler shows it. */
export type Described<M extends string, F> = M extends ModelName
  ? {
      readonly [K in keyof F]: F[K] extends VirtualField
        ? F[K]
        : K extends keyof ColumnsOf<M>
          ? Fits<F[K], ColumnsOf<M>[K]> extends true
            ? F[K]
            : ColumnsOf<M>[K]
          : F[K] extends ComputedField
            ? F[K]
            : `${M} has no such column`;
    }
  : F;

interface AnyColumn {
  readonly type: ColumnType;
  readonly isNullable: boolean;
  readonly value: unknown;
}

/** Whether a field matches a column: its type, whether it can be null, and the elements of a list. */
type Fits<F, C> = C extends AnyColumn
  ? F extends Field<infer T, C["type"]>
    ? C["type"] extends "Json"
      ? true
      : C["type"] extends "List"
        ? AreSame<T, Readonly<C["value"]>> extends true
          ? true
          : // A list of names is an array of an enum of PostgreSQL, or of texts.
            AreSame<C["value"], string[]>
        : AreSame<null extends T ? true : false, C["isNullable"]>
    : false
  : false;

type AreSame<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
