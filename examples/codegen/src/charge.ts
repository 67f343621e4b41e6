import { GraphQLClient } from "graphql-request";
import { graphql } from "./gql/index.js";

const CHARGE = graphql(`
  mutation Charge($input: ChargePocketsInput!) {
    chargePockets(input: $input) {
      results {
        code
        message
        pocketCharge {
          balanceAfter
          createdAt
        }
      }
    }
  }
`);

/** Charges one pocket. @returns its balance. @throws an error if the charge was not made. */
export async function charge(
  server: { url: string; token: string },
  pocketGroupSlug: string,
  { token, phoneNumber, amount }: { token: string; phoneNumber: string; amount: number },
): Promise<number> {
  const headers = { authorization: `Token ${server.token}` };
  const client = new GraphQLClient(server.url, { headers });
  const input = { pocketGroupSlug, charges: [{ token, phoneNumber, amount }] };
  const { results } = (await client.request(CHARGE, { input })).chargePockets;
  const [result] = results;
  if (!result?.pocketCharge) throw new Error(result?.message);
  // A repeated request returns the charge that the first one made.
  if (result.code !== null && result.code !== "DUPLICATE_TOKEN") throw new Error(result.message);
  return result.pocketCharge.balanceAfter;
}
