import { initGraphQLTada } from "gql.tada";
import type { introspection } from "../generated/graphql-env.js";

/** Types a GraphQL document by the server's schema. A field that does not exist does not compile. */
export const graphql = initGraphQLTada<{
  introspection: introspection;
  // Components read the fields of fragments directly.
  disableMasking: true;
  scalars: {
    /** In minor units, such as cents. At most 2^53-1, so a number is exact. */
    Amount: number;
    /** A sum of amounts in digits, which may exceed 2^53-1: parse it with `BigInt`. */
    BigInt: string;
    Currency: string;
    /** Exact to the microsecond; a `Date` would truncate it to milliseconds. */
    DateTime: string;
    Decimal: string;
    UUID: string;
  };
}>();

export type { ResultOf, VariablesOf } from "gql.tada";

/** The names of an enum of the schema, such as `EnumOf<"PaymentProvider">`. */
export type EnumOf<Name extends keyof introspection["types"]> =
  introspection["types"][Name] extends { readonly enumValues: infer Values extends string }
    ? Values
    : never;

/** An input of the schema, for code that makes variables. */
export type InputOf<Name extends string> = ReturnType<typeof graphql.scalar<Name>>;
