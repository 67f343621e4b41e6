import { DEMO_GROUP_SLUG } from "../../dist/demo/demo.js";

const CHARGE = `mutation ($input: ChargePocketsInput!) { chargePockets(input: $input) {
  results { token phoneNumber amount status message pocketCharge { balanceAfter } } } }`;
const TRACE = `query ($token: UUID!) { pocketCharge(pocketGroupSlug: "${DEMO_GROUP_SLUG}", token: $token) {
  id token phoneNumber amount balanceAfter createdAt } }`;
const CHARGES = `{ pocketCharges(first: 50) { nodes {
  id token phoneNumber amount balanceAfter createdAt pocket { balance } merchant { name } } } }`;
const PAYMENTS = `{ paymentCharges(first: 50) { nodes {
  id status totalInCents currency createdAt order { id number } customer { id name } } } }`;

/** The request to the bare server, which is measured next to each of the others. */
export const BARE = { name: "bare HTTP server, 8 clients", kind: "bare", clientCount: 8 };

/**
 * The measured requests. `most` is the highest cost that the product aims for, as a multiple of the bare server's.
 *
 * @type {readonly { name: string, kind: string, clientCount: number, most?: number, query?: string, size?: number }[]}
 */
export const CASES = [
  {
    ...{ name: "`{ __typename }`, 8 clients", kind: "read", clientCount: 8, most: 3 },
    query: "{ __typename }",
  },
  {
    ...{ name: "single charge, 64 clients", kind: "charge", clientCount: 64, most: 6 },
    ...{ query: CHARGE, size: 1 },
  },
  {
    ...{ name: "batch of 100 charges, 8 clients", kind: "charge", clientCount: 8, most: 55 },
    ...{ query: CHARGE, size: 100 },
  },
  {
    ...{ name: "trace, 8 clients", kind: "trace", clientCount: 8, most: 6.5 },
    query: TRACE,
  },
  {
    ...{ name: "trace, 64 clients", kind: "trace", clientCount: 64, most: 4 },
    query: TRACE,
  },
  {
    name: "list of 50 charges with two relations, 8 clients",
    ...{ kind: "read", clientCount: 8, most: 35, query: CHARGES },
  },
  {
    name: "list of 50 payments with order and customer, 8 clients",
    ...{ kind: "read", clientCount: 8, most: 40, query: PAYMENTS },
  },
];
