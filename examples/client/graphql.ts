import { initGraphQLTada } from "gql.tada";
import type { introspection } from "./graphql-env.js";

/**
 * A document as text, with the types of its variables and of its answer: TypeScript reads them out of
 * the schema, and a field that is not there does not compile.
 */
export const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: {
    /** In minor units, such as cents; exact, since no amount is beyond 2^53-1. */
    Amount: number;
    /** A sum of amounts, which may be: digits, to be read by `BigInt`. */
    BigInt: string;
    Currency: string;
    /** To the microsecond, which a `Date` would cut off. */
    DateTime: string;
    Decimal: string;
    UUID: string;
  };
}>();
