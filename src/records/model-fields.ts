import type { ColumnType, ColumnsOf, ModelName } from "../database/models.js";
import type { Field, VirtualField } from "./field.js";

/** The fields as they are; in place of one that the model does not have so, the column that it has. */
export type Described<M extends string, F> = M extends ModelName
  ? {
      readonly [K in keyof F]: F[K] extends VirtualField
        ? F[K]
        : K extends keyof ColumnsOf<M>
          ? Fits<F[K], ColumnsOf<M>[K]> extends true
            ? F[K]
            : ColumnsOf<M>[K]
          : `${M} has no such column`;
    }
  : F;

interface AnyColumn {
  readonly type: ColumnType;
  readonly isNullable: boolean;
  readonly value: unknown;
}

/** Whether a field has the type of the column, can be null when it can, and has the elements of its list. */
type Fits<F, C> = C extends AnyColumn
  ? F extends Field<infer T, C["type"]>
    ? C["type"] extends "Json"
      ? true
      : C["type"] extends "List"
        ? AreSame<T, Readonly<C["value"]>>
        : AreSame<null extends T ? true : false, C["isNullable"]>
    : false
  : false;

type AreSame<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
