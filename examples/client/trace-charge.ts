import type { ResultOf } from "gql.tada";
import { graphql } from "./graphql.js";
import { type Server, request } from "./request.js";

const TRACE = graphql(`
  query TraceCharge($pocketGroupSlug: String!, $token: UUID!) {
    pocketCharge(pocketGroupSlug: $pocketGroupSlug, token: $token) {
      id
      phoneNumber
      amount
      balanceAfter
      createdAt
    }
  }
`);

export type TracedCharge = NonNullable<ResultOf<typeof TRACE>["pocketCharge"]>;

/**
 * Finds the charge that was made with a token. Null means that it does not exist yet: a request that is still running
 * may make it. To be sure, send the same charge again, and never one with a new token.
 */
export async function traceCharge(
  server: Server,
  pocketGroupSlug: string,
  token: string,
): Promise<TracedCharge | null> {
  return (await request(server, TRACE, { pocketGroupSlug, token })).pocketCharge;
}
