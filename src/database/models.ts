import type { Prisma } from "./generated/client.js";

type Models = Prisma.TypeMap["model"];

/** The models of schema.prisma, by name. */
export type ModelName = keyof Models;

type Scalars<M extends ModelName> = Models[M]["payload"]["scalars"];
type Operations<M extends ModelName> = Models[M]["operations"];
type Arguments<M extends ModelName, O extends "findMany" | "createMany"> = Operations<M>[O]["args"];

/** The condition that selects rows of a model. */
export type Where<M extends ModelName> = NonNullable<Arguments<M, "findMany">["where"]>;

/** The columns of a new row. Columns with a default may be left out. */
export type NewRow<M extends ModelName> = Exclude<
  Arguments<M, "createMany">["data"],
  readonly unknown[]
>;

/** The type of a column in schema.prisma. */
export type ColumnType =
  "Uuid" | "String" | "Int" | "BigInt" | "Boolean" | "DateTime" | "Bytes" | "Json" | "List";

/** The columns of a model: the type of each, and whether it can be null. */
export type ColumnsOf<M extends ModelName> = {
  readonly [K in keyof Scalars<M>]: ModelColumn<Scalars<M>[K], Filter<M, K>>;
};

export interface ModelColumn<Value, ColumnFilter = unknown> {
  readonly type: TypeOf<NonNullable<Value>, ColumnFilter>;
  readonly isNullable: null extends Value ? true : false;
  readonly value: Value;
}

/** The filter type of a column. The generated types of UUID and text columns differ only here. */
type Filter<M extends ModelName, K> = K extends keyof Where<M>
  ? Extract<Where<M>[K], { readonly equals?: unknown }>
  : never;

type TypeOf<Value, ColumnFilter> = [Value] extends [string]
  ? "contains" extends keyof ColumnFilter
    ? "String"
    : "Uuid"
  : [Value] extends [number]
    ? "Int"
    : [Value] extends [bigint]
      ? "BigInt"
      : [Value] extends [boolean]
        ? "Boolean"
        : [Value] extends [Date]
          ? "DateTime"
          : [Value] extends [Uint8Array]
            ? "Bytes"
            : [Value] extends [readonly string[]]
              ? "List"
              : "Json";
